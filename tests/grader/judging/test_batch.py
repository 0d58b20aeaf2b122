"""Tests of judging a class: verdicts do not depend on the number of judges."""

import os
from concurrent.futures import Future
from dataclasses import replace

import pytest
from small_class import ATTEMPT, HALF, TWICE, judged, judges, linux, outcomes, verdicts

from grader.judging.batch import judge_all, judge_distinct
from grader.judging.judgement import Judgement, judge_one
from grader.judging.pool import Pool
from grader.verdicts.verdict import Outcome


@pytest.mark.thorough
def test_any_number_of_judges_finds_the_same(settings_of, submit):
    """For full, wrong, raising, looping, crashing, printing, empty and unreadable submissions."""
    submissions = [
        submit("full"),
        submit("wrong", "def twice(x):\n    return 3 * x\n"),
        submit("raises", "def twice(x):\n    raise ValueError('no')\n"),
        submit("loops", "def twice(x):\n    while True: pass\n"),
        submit("exits", "import os\ndef twice(x):\n    os._exit(3)\n"),
        submit("prints", "print('\\udc80 hello')\n" + TWICE),
        replace(submit("unreadable"), sources={}, problem="it cannot be read"),
        replace(submit("missing"), sources={}),
    ]
    settings = settings_of(call_cpu_seconds=0.2)
    alone = verdicts(judged(submissions, settings, 1))
    beside = verdicts(judged(submissions[::-1], settings, 4))
    assert alone == beside
    here = {one.name: judge_one(settings, one).verdict for one in submissions[:3]}
    assert here.items() <= alone.items()
    assert {name: outcomes(verdict)[0] for name, verdict in alone.items()} == {
        "full": Outcome.PASSED,
        "wrong": Outcome.FAILED,
        "raises": Outcome.FAILED,
        "loops": Outcome.TIMED_OUT,
        "exits": Outcome.CRASHED,
        "prints": Outcome.PASSED,
        "unreadable": Outcome.NOT_STARTED,
        "missing": Outcome.NOT_STARTED,
    }
    assert all(outcomes(alone[name])[1] is Outcome.PASSED for name in ("loops", "exits"))


def test_submissions_are_fetched_as_they_are_needed(settings_of, submit):
    """Two for each judge, so that no judge is idle; the others stay on disk."""
    fetched = []

    def coming():
        for number in range(12):
            fetched.append(number)
            yield submit(f"s{number}")

    found = judged(coming(), settings_of(), 1)
    next(found)
    assert len(fetched) <= 3
    assert len(list(found)) == 11


@pytest.mark.thorough
@linux
def test_a_judge_that_is_killed_costs_nobody_a_mark(settings_of, submit):
    """The submission being judged is judged again, and later ones are judged as usual."""
    submissions = [submit(f"s{number}", TWICE if number % 3 else "") for number in range(9)]
    settings = settings_of()
    undisturbed = verdicts(judged(submissions, settings, 2))
    before = judges()
    found = []
    for judgement in judged(submissions, settings, 2):
        found.append(judgement)
        if len(found) == 2:
            os.kill(min(judges() - before), 9)
    assert len(found) == len(submissions)
    assert verdicts(found) == undisturbed


@pytest.mark.thorough
@linux
def test_a_judge_that_is_killed_again_is_our_fault_and_only_one_row_s(
    settings_of, submit, tmp_path
):
    """After two kills, the submission gets a grader error; all others get their verdicts."""
    log = str(tmp_path / "log")
    code = ATTEMPT.format(log=str(log)) + "attempt()\nkill_the_judge()\n" + TWICE
    submissions = [submit("a"), submit("b"), submit("killer", code), submit("y"), submit("z")]
    found = verdicts(judged(submissions, settings_of(confined=False), 2))
    assert os.path.getsize(log) == 2
    killed = found.pop("killer")
    assert outcomes(killed) == [Outcome.GRADER_ERROR] * 2
    assert killed.submission == submissions[2].hash
    assert "twice" in killed.exercises[0].specs[0].message
    assert set(found) == {"a", "b", "y", "z"}
    assert all(verdict.done for verdict in found.values())


@pytest.mark.thorough
@linux
@pytest.mark.parametrize("jobs", [1, 2])
def test_who_was_in_the_way_of_a_kill_is_judged_as_ever(settings_of, submit, tmp_path, jobs):
    """A submission whose judge was killed once gets a full verdict."""
    code = ATTEMPT.format(log=str(tmp_path / "log"))
    code += "if attempt() == 1:\n    kill_the_judge()\n" + TWICE
    submissions = [submit("a"), submit("unlucky", code), submit("z")]
    found = verdicts(judged(submissions, settings_of(confined=False), jobs))
    assert {name: outcomes(verdict)[0] for name, verdict in found.items()} == dict.fromkeys(
        ("a", "unlucky", "z"), Outcome.PASSED
    )


@linux
def test_time_that_ran_out_beside_others_is_tried_again_alone(settings_of, submit, tmp_path):
    """Only the exercise that timed out is judged again, and only if other judges were running.

    With the public inputs it has run once more each time, and once more to see whether it loads.
    """
    code = "if attempt() == 1:\n    time.sleep(60)\n"
    found = {}
    for jobs in (1, 2):
        logs = [str(tmp_path / f"{name}{jobs}") for name in ("twice", "half")]
        twice = ATTEMPT.format(log=logs[0]) + code + TWICE
        half = ATTEMPT.format(log=logs[1]) + "attempt()\n" + HALF
        settings = settings_of(confined=False, call_seconds=0.5, total_seconds=0.5)
        (judgement,) = judged([submit("slow", twice, half)], settings, jobs)
        found[jobs] = [outcomes(judgement.verdict), *map(os.path.getsize, logs)]
    assert found[1] == [[Outcome.TIMED_OUT, Outcome.PASSED], 3, 1]
    assert found[2] == [[Outcome.PASSED, Outcome.PASSED], 4, 1]


@pytest.mark.thorough
def test_time_that_ran_out_for_the_feedback_only_is_tried_again_too(settings_of, submit, tmp_path):
    """Otherwise what a learner reads would depend on what else was running."""
    code = "if attempt() == 2:\n    time.sleep(60)\n\n\ndef twice(x):\n    return 3 * x\n"
    found = {}
    for jobs in (1, 2):
        wrong = ATTEMPT.format(log=str(tmp_path / f"log{jobs}")) + code
        settings = settings_of(confined=False, call_seconds=0.5, total_seconds=0.5)
        (judgement,) = judged([submit("slow", wrong)], settings, jobs)
        (spec, *_) = judgement.verdict.exercises[0].specs
        found[jobs] = (spec.outcome, spec.feedback.outcome)
    assert found == {
        1: (Outcome.FAILED, Outcome.TIMED_OUT),
        2: (Outcome.FAILED, Outcome.FAILED),
    }


@pytest.mark.thorough
@linux
def test_a_kill_after_a_time_out_is_the_first_one(settings_of, submit, tmp_path):
    """A submission whose judge is killed in its second attempt gets a third one."""
    code = ATTEMPT.format(log=str(tmp_path / "log"))
    code += "n = attempt()\nif n == 1:\n    time.sleep(60)\nif n == 2:\n    kill_the_judge()\n"
    settings = settings_of(confined=False, call_seconds=0.5, total_seconds=0.5)
    submission = submit("slow", code + TWICE)
    (judgement,) = judged([submission], settings, 2)
    assert outcomes(judgement.verdict) == [Outcome.PASSED] * 2


@pytest.mark.thorough
@linux
def test_an_object_that_is_printed_looks_the_same_in_every_run(settings_of, submit):
    """Learners often use `print(layer)`; gradebooks must still be identical byte for byte."""
    settings = settings_of()
    code = "class Layer: pass\nprint(Layer())\n" + TWICE
    submission = submit("ada", code)
    found = [verdicts(judged([submission], settings, 1)) for _ in range(2)]
    assert found[0] == found[1]


def test_the_same_code_is_judged_once_and_gets_the_same_verdict(settings_of, submit, tmp_path):
    """Each learner has a verdict under their name, with their own notes."""
    log = tmp_path / "log"
    code = ATTEMPT.format(log=str(log)) + "attempt()\n" + TWICE
    same = [replace(submit(name, code), notes=(f"of {name}",)) for name in ("ada", "bo", "cy")]
    settings = settings_of(confined=False)
    with Pool(1) as pool:
        found = list(judge_distinct([*same, submit("other")], settings, pool))
    told = {judgement.verdict.name: judgement.verdict for judgement in found}
    assert sorted(told) == ["ada", "bo", "cy", "other"]
    assert log.stat().st_size == 1
    assert told["bo"].notes == ("of bo",)
    assert told["bo"].exercises == told["ada"].exercises
    assert told["bo"].submission == told["ada"].submission != told["other"].submission


class Recorded:
    """A pool whose judges always find that time ran out, and count how often they are asked."""

    jobs = 2

    def __init__(self, verdict, contended):
        self.judgement, self.asked = Judgement(verdict, 1.0, contended), 0

    def submit(self, settings, submission):
        self.asked += 1
        future = Future()
        future.set_result(self.judgement)
        return future

    def first_of(self, pending):
        return list(pending)

    def result_of(self, future):
        return future.result()


@pytest.mark.parametrize(("contended", "asked"), [((), 1), (("90_twice",), 2)])
def test_only_time_in_which_a_worker_had_to_wait_is_tried_again(
    settings_of, submit, contended, asked
):
    """A loop that computes all the time runs out of it whatever else is running."""
    loops = submit("loops", "def twice(x):\n    while True: pass\n")
    settings = settings_of(confined=False, call_seconds=0.2, total_seconds=0.2)
    pool = Recorded(judge_one(settings, loops).verdict, contended)
    (judgement,) = judge_all([loops], settings, pool)
    assert outcomes(judgement.verdict)[0] is Outcome.TIMED_OUT
    assert pool.asked == asked
