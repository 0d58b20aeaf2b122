"""Tests of the judge: verdicts on submissions."""

import itertools
import sys
from dataclasses import replace

import pytest
from affine_submissions import (
    AFFINE,
    COURSE,
    FORWARD,
    REFERENCE,
    judge_cheaply,
    outcomes_of,
    specs_of,
    submit,
)

from grader.course.limits import Limits
from grader.course.modules import BORROWED
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.submissions.submission import Submission
from grader.transport import judged as transport
from grader.transport.in_process import InProcess
from grader.transport.worker_process import WorkerFailed, sandbox_layers
from grader.verdicts.conditions import conditions_of
from grader.verdicts.verdict import Basis, Outcome, Tier
from grader.worker.module_loader import importable
from grader.worker.source import Source


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE)


# Outcomes


def test_a_solution_passes_everything(judge):
    """All specs of the selected exercises, in order, with all points."""
    relu = COURSE.named("activations")
    verdict = judge.judge(submit(relu, AFFINE))
    assert verdict.name == "alice"
    assert [exercise.name for exercise in verdict.exercises] == ["02_activations", "03_affine"]
    assert outcomes_of(verdict) == {Outcome.PASSED}
    assert verdict.done
    assert verdict.points == verdict.max_points > 0


def test_a_stub_is_not_started(judge):
    """It scores nothing, and the message is the one in the stub."""
    text = (
        "class Affine:\n    def __init__(self, W, b):\n        raise NotImplementedError('do it')\n"
    )
    verdict = judge.judge(submit(affine=text))
    assert outcomes_of(verdict) == {Outcome.NOT_STARTED}
    assert {str(spec.message) for spec in specs_of(verdict)} == {"do it"}
    assert verdict.points == 0
    assert not verdict.done


def test_a_file_that_was_not_handed_in_is_not_started(judge):
    """The message names the file."""
    verdict = judge.judge(submit(affine=None))
    assert outcomes_of(verdict) == {Outcome.NOT_STARTED}
    assert {str(spec.message) for spec in specs_of(verdict)} == {"affine.py was not handed in"}


@pytest.mark.parametrize("as_cell", [False, True])
def test_what_is_borrowed_scores_nothing_and_carries_what_builds_on_it(judge, as_cell):
    """A borrowed exercise is the reference, on which the learner's later exercises run."""
    text = f"{BORROWED} it counts no points.\n{REFERENCE.sources['affine'].text}"
    net = COURSE.named("two_layer_net")
    submission = submit(AFFINE, affine=text)
    if as_cell:
        cell = Source("alice.ipynb", "", cells=("# %%kata affine\n" + text,))
        submission = replace(submission, sources={**submission.sources, "affine": cell})
    verdict = judge.judge(submission)
    assert outcomes_of(verdict) == {Outcome.NOT_STARTED}
    assert {str(spec.message) for spec in specs_of(verdict)} == {
        "03_affine is borrowed from the reference: it counts no points"
    }
    assert (verdict.points, verdict.max_points) == (0, 10)
    assert judge_cheaply(judge, replace(submission, exercises=(net,))).points > 0


@pytest.mark.parametrize("text", [None, "class Affine(:\n", "1 / 0\n"])
def test_what_builds_on_a_missing_exercise_is_blocked(judge, text):
    """If an earlier exercise is missing or cannot be imported, it is named, and nothing scores."""
    net = COURSE.named("two_layer_net")
    verdict = judge_cheaply(judge, submit(net, affine=text))
    assert {spec.outcome for spec in verdict.specs} == {Outcome.BLOCKED}
    assert all("03_affine" in str(spec.message) for spec in verdict.specs)
    assert verdict.points == 0


def test_what_was_not_handed_in_is_not_started_even_if_it_builds_on_what_is_missing(judge):
    """It waits for its own file first: to hand in the earlier one would not be enough."""
    net = COURSE.named("two_layer_net")
    verdict = judge_cheaply(judge, submit(net, two_layer_net=None, affine=None))
    assert {spec.outcome for spec in verdict.specs} == {Outcome.NOT_STARTED}
    assert {str(spec.message) for spec in verdict.specs} == {"two_layer_net.py was not handed in"}


DEFINED = "class Affine:\n    def __init__(self, W, b):\n        {}\n"


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("class Affine(:\n", Basis.NOT_LOADED),
        ("raise ImportError\n" + DEFINED.format("pass"), Basis.NOT_LOADED),
        (DEFINED.format("1 / 0") + "\nAffine(1, 2)\n", Basis.NOT_LOADED),  # an example below it
        ("import sys; sys.exit()", Basis.NOT_LOADED),
        (DEFINED.format("1 / 0"), Basis.JUDGED),
        (DEFINED.format("raise NotImplementedError('do it')"), Basis.JUDGED),
        (DEFINED.format("raise NotImplementedError('do it')") + "Affine(1, 2)\n", Basis.JUDGED),
        ("class affine: pass\n", Basis.JUDGED),
        ("import os; os._exit(0)", Basis.NOT_LOADED),
        (None, Basis.MISSING),
    ],
)
def test_what_did_not_load_was_not_judged(judge, text, basis):
    """Whatever ended the import; what arises in a method is of a module that has loaded."""
    (found,) = judge.judge(submit(affine=text)).exercises
    assert (found.basis, found.points) == (basis, 0)


@pytest.mark.parametrize(
    ("fault", "outcome", "basis"),
    [
        ("nothing", Outcome.NOT_STARTED, Basis.NOTHING),
        ("unreadable", Outcome.NOT_STARTED, Basis.UNREADABLE),
        ("grader", Outcome.GRADER_ERROR, Basis.UNREADABLE),
    ],
)
def test_a_problem_is_the_learners_or_the_graders(judge, fault, outcome, basis):
    """Only what the grader cannot read on its own disk is an error of the grader."""
    submission = replace(submit(), sources={}, problem="it cannot be read", fault=fault)
    verdict = judge.judge(submission)
    assert outcomes_of(verdict) == {outcome}
    assert {one.basis for one in verdict.exercises} == {basis}
    assert {str(spec.message) for spec in specs_of(verdict)} == {"it cannot be read"}


def test_a_file_that_cannot_be_decoded_is_unreadable(judge):
    """It was handed in, and importing it raises the reason."""
    source = Source("affine.py", "", "affine.py is not encoded in UTF-8")
    (found,) = judge.judge(replace(submit(), sources={"affine": source})).exercises
    assert found.basis is Basis.UNREADABLE
    assert "not encoded in UTF-8" in str(found.specs[0].message)


NO_OBJECTS = ["5", "None", "[W]", "{'W': W}", "W", "'text'", "lambda x: x", "object()"]


@pytest.mark.parametrize(
    "answer",
    NO_OBJECTS,
)
def test_what_creates_no_layer_is_the_learners_failure(judge, answer):
    """For example, a function in place of the class whose result cannot be used as a layer."""
    verdict = judge.judge(submit(affine=f"def Affine(W, b):\n    return {answer}\n"))
    assert outcomes_of(verdict) == {Outcome.FAILED}


FORGED = """
import sys
from grader.worker import wire
send = wire.Channel.send
def forged(channel, reply, remaining=None):
    answer = reply.get("answer")
    if answer is not None and not isinstance(answer, wire.Remote):
        reply["answer"] = {word}
    send(channel, reply, remaining)
wire.Channel.send = forged
"""
WORDS = ["wire.Reference('os')", "wire.Reference(0, (('attribute', 'W'),))", "wire.Seed(1)"]


@pytest.mark.parametrize("word", WORDS)
def test_a_worker_that_answers_with_words_of_the_wire_is_not_our_failure(judge, word):
    """The worker answers with a reference where a value is expected."""
    text = REFERENCE.sources["affine"].text + FORGED.format(word=word)
    outcomes = outcomes_of(judge.judge(submit(affine=text)))
    assert Outcome.CRASHED in outcomes
    assert outcomes <= {Outcome.FAILED, Outcome.CRASHED, Outcome.PASSED}


def test_an_endless_loop_times_out_and_the_next_spec_is_judged_again():
    """A loop that occurs only for a batch of one fails only the specs with such a batch."""
    judge = Judge(COURSE, [AFFINE], limits=Limits(call_seconds=0.5))
    loop = f"while len(x) == 1: pass\n        {FORWARD}"
    specs = specs_of(judge.judge(submit(changes=[(FORWARD, loop)])))
    lost = {spec.name: spec for spec in specs if not spec.passed}
    assert set(lost) == {
        "test_Affine_works_through_the_example",
        "test_Affine_takes_a_batch_of_one",
        "test_Affine_starts_each_backward_afresh",
        "test_Affine_keeps_its_state_to_itself",
    }
    assert {spec.outcome for spec in lost.values()} == {Outcome.TIMED_OUT}
    assert all("0.5 s for one call" in str(spec.message) for spec in lost.values())


def test_after_the_time_for_an_exercise_the_rest_of_it_times_out():
    """The limits of the calls do not add up; the next exercise has its own time."""
    exercises = (AFFINE, COURSE.named("simple_layers"))
    judge = Judge(COURSE, exercises, limits=Limits(call_seconds=0.5, total_seconds=0.6))
    submission = submit(*exercises, changes=[(FORWARD, "while 1: pass")])
    looping, after = judge.judge(submission).exercises
    assert {spec.outcome for spec in looping.specs} == {Outcome.TIMED_OUT}
    assert "for the whole exercise" in str(looping.specs[-1].message)
    assert after.done


def test_a_process_that_ends_has_crashed_and_the_next_spec_is_judged_again(judge):
    """os._exit(0) is not a pass, and affects only the specs that call it."""
    end = f"if len(x) == 1: __import__('os')._exit(0)\n        {FORWARD}"
    specs = specs_of(judge.judge(submit(changes=[(FORWARD, end)])))
    lost = {spec.name: spec for spec in specs if not spec.passed}
    assert set(lost) == {
        "test_Affine_works_through_the_example",
        "test_Affine_takes_a_batch_of_one",
        "test_Affine_starts_each_backward_afresh",
        "test_Affine_keeps_its_state_to_itself",
    }
    assert {spec.outcome for spec in lost.values()} == {Outcome.CRASHED}
    assert all("exit code 0" in str(spec.message) for spec in lost.values())


def test_a_process_that_ends_at_import_has_crashed(judge):
    """All specs have crashed, and none of them scores."""
    verdict = judge.judge(submit(affine="import os\n\nos._exit(0)\n"))
    assert outcomes_of(verdict) == {Outcome.CRASHED}
    assert verdict.points == 0


@pytest.mark.parametrize(
    "text",
    [
        "class Affine(:\n",
        "raise ImportError\n",
        "def show(x):\n    return x.shape\n\n\nshow(None)\n",
        "class Affine:\n    W = undefined\n",
        "n = int(input())\n",
        "raise SystemExit\n",
        "while True:\n    pass\n",
        "import os\n\nos._exit(0)\n",
    ],
    ids=["syntax", "import", "in a function", "in a class", "input", "exit", "loop", "crash"],
)
def test_a_module_that_did_not_load_is_told_from_one_that_breaks_its_promises(text):
    """Seen in a class: ten files that never loaded had all "broken Affine.forward"."""
    judge = Judge(COURSE, [AFFINE], limits=Limits(call_seconds=0.5, total_seconds=1))
    (found,) = judge.judge(submit(affine=text)).exercises
    assert found.basis is Basis.NOT_LOADED


def test_the_time_to_find_out_that_an_import_hangs_is_part_of_the_second_run(tmp_path, monkeypatch):
    """Others wait for two runs of a submission, and not for more."""
    begun, told = tmp_path / "begun", Judge.with_feedback
    text = f"open({str(begun)!r}, 'w').close()\nwhile True:\n    pass\n"
    judge = Judge(COURSE, [AFFINE], "a secret", confined=False, limits=Limits(0.3, 0.3))

    def remove_and_tell(*arguments):
        *others, spent = arguments
        begun.unlink()
        return told(*others, 100 * spent)

    monkeypatch.setattr(Judge, "with_feedback", remove_and_tell)
    (found,) = judge.judge(submit(affine=text)).exercises
    assert {spec.feedback.outcome for spec in found.specs} == {Outcome.TIMED_OUT}
    assert not begun.exists()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "text",
    [
        "class Affine:\n    def __init__(self, W, b):\n        self.W = undefined\n",
        "class Affine:\n    def __init__(self, W, b):\n        while True: pass\n",
        "class Affin:\n    pass\n",
        "class Affine:\n    def __init__(self, W, b):\n        raise NotImplementedError\n",
        None,
    ],
    ids=["exception", "loop", "misspelt", "stub", "nothing"],
)
def test_a_module_that_loads_and_passes_nothing_has_loaded(text):
    """Nor has a missing one failed to load: it was not handed in."""
    judge = Judge(COURSE, [AFFINE], limits=Limits(call_seconds=0.5, total_seconds=1))
    verdict = judge.judge(submit(affine=text))
    assert verdict.points == 0
    assert verdict.exercises[0].basis in (Basis.JUDGED, Basis.MISSING)


# Grader errors


SPEC_HEAD = "import numpy\nimport pytest\nfrom grader.specs.assertions import assert_matches\n\n"


def make_course(root, name, spec):
    """Create a course with one exercise and the given text as its spec file."""
    (root / "tests" / "specs").mkdir(parents=True)
    (root / "pyproject.toml").write_text(f"[tool.kata]\nexercises = ['{name}']\n", "utf-8")
    (root / "tests" / "specs" / f"test_{name}.py").write_text(SPEC_HEAD + spec, "utf-8")
    return find_course(root)


def judge_double(course):
    """Return the verdict on a correct solution of the exercise `double`."""
    (exercise,) = course.exercises
    sources = {exercise.module: Source("double.py", "def double(x):\n    return 2 * x\n")}
    return Judge(course).judge(Submission("alice", sources, course.exercises))


@pytest.fixture
def judge_spec(tmp_path):
    """Return a function that judges a correct solution by a spec file with the given text."""
    number = next(numbers)
    return lambda spec: judge_double(make_course(tmp_path, f"{number:02}_double{number}", spec))


numbers = itertools.count(50)  # a process imports modules of the same name only once


@pytest.mark.parametrize(
    "body",
    [
        "object().foo",
        "{}['key']",
        "raise SystemExit(0)",
        "assert student.double",
    ],
)
def test_a_spec_that_breaks_itself_is_our_fault_and_scores_nothing(judge_spec, body):
    """It is distinguished from errors of the learner, and the other spec is judged as usual."""
    broken = f"@pytest.mark.core\ndef test_double_a(student):\n    '''It breaks.'''\n    {body}\n"
    good = "\ndef test_double_b(student):\n    '''It doubles.'''\n"
    good += "    assert_matches(student.double(2.0), 4.0)\n"
    verdict = judge_spec(broken + good)
    first, second = specs_of(verdict)
    assert first.outcome is Outcome.GRADER_ERROR
    assert first.points == 0
    assert str(first.message)
    assert second.outcome is Outcome.PASSED
    assert verdict.has_grader_error
    assert not verdict.done


SUM = """
def test_double_is_calculated_with(student):
    '''It can be calculated with.'''
    x = student.double(2.0)
    assert_matches(float(x) + x * 1, 8.0)
"""


def judge_both_ways(course, returned):
    """Return the specs of a submission that returns this, judged and in-process."""
    (exercise,) = course.exercises
    text = f"def double(x):\n    return {returned}\n"
    sources = {exercise.module: Source("double.py", text)}
    judge = Judge(course)
    (judged,) = specs_of(judge.judge(Submission("alice", sources, course.exercises)))
    with importable(sources):
        (in_process,) = judge.judge_exercise(exercise, InProcess(sources)).specs
    return judged, in_process


@pytest.fixture
def course_with_solution(tmp_path):
    """Return a function that makes a course of one exercise, with its solution."""

    def make(spec):
        name = f"{(number := next(numbers)):02}_double{number}"
        solution = tmp_path / "solutions" / name / f"double{number}.py"
        solution.parent.mkdir(parents=True)
        solution.write_text("def double(x):\n    return 2 * x\n", "utf-8")
        return make_course(tmp_path, name, spec)

    return make


@pytest.mark.parametrize(
    "returned",
    ["None", "'text'", "{}", "[1, 2]", "(x,)", "10**30", "object()", "1j", "[0.0] * 30_000"],
)
def test_a_spec_that_cannot_work_with_what_was_returned_is_no_error_of_ours(
    course_with_solution, returned
):
    """The spec works with the reference: so it fails, and shows what was returned."""
    for spec in judge_both_ways(course_with_solution(SUM), returned):
        assert spec.outcome is Outcome.FAILED
        assert "this cannot be checked: " in str(spec.message)
        assert str(spec.message).startswith("returned  ")


def test_a_spec_that_breaks_with_every_answer_is_our_fault(course_with_solution):
    """It breaks with the reference as well, so that what was returned is not the reason."""
    broken = f"{SUM}    len(x)\n"
    for spec in judge_both_ways(course_with_solution(broken), "2 * x"):
        assert spec.outcome is Outcome.GRADER_ERROR
        assert "TypeError" in str(spec.message)


@pytest.mark.parametrize(
    "spec",
    [
        "    student.double([sum(x for x in [student.double(1)[...]])] * 3)[...]\n",
        "    student.double([student.double(1)[...] ** 9])[...]\n",
        "    student.double([{student.double(1)[...]: 1}])[...]\n",
    ],
)
@pytest.mark.parametrize("returned", ["1j", "2**62", "1e300", "'text'", "None", "(1, x)"])
def test_what_cannot_be_sent_back_is_no_error_of_ours(course_with_solution, spec, returned):
    """A spec passes on a part of an answer, or what it has calculated from it."""
    head = "def test_double_again(student):\n    '''It can be doubled again.'''\n"
    for found in judge_both_ways(course_with_solution(head + spec), returned):
        assert found.outcome in (Outcome.PASSED, Outcome.FAILED)


@pytest.mark.parametrize(
    "spec",
    [
        "@pytest.mark.skip\ndef test_double(student):\n    pass\n",
        "def test_double(student):\n    pytest.skip('not today')\n",
        "@pytest.mark.xfail\ndef test_double(student):\n    assert False\n",
        "@pytest.mark.xfail(run=False)\ndef test_double(student):\n    pass\n",
        "def test_double(student):\n    pytest.xfail('some day')\n",
        "@pytest.fixture\ndef broken():\n    1 / 0\n\n"
        "def test_double(student, broken):\n    pass\n",
        "@pytest.fixture\ndef broken():\n    yield\n    1 / 0\n\n"
        "def test_double(student, broken):\n    pass\n",
        "def test_double(student, no_such_fixture):\n    pass\n",
    ],
    ids=["mark skip", "skip", "mark xfail", "run=False", "xfail", "setup", "teardown", "fixture"],
)
def test_a_spec_that_does_not_explicitly_pass_scores_nothing(judge_spec, spec):
    """A spec that is skipped, expected to fail, or broken by a fixture does not pass."""
    verdict = judge_spec(spec)
    (found,) = specs_of(verdict)
    assert not found.passed
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["assert_matches(student.double(2.0), 5.0, 'first')", "1 / 0"], "checked   first"),
        (["assert_matches(student.double(2.0), 5.0, 'first')"], "checked   first"),
        (["student.double(None)", "assert False, 'second'"], "raised    TypeError"),
        (["answer = student.double(2.0)", "assert answer == 5.0, 'second'"], "second"),
        (
            ["assert_matches(student.double(2.0), 5.0, 'first')", *["student.double(None)"] * 2],
            "checked   first",
        ),
        (
            [
                "assert_matches(student.double(2.0), 4.0, 'first')",
                "with pytest.raises(Exception): student.double(None)",
                "assert_matches(student.double(2.0), 5.0, 'third')",
            ],
            "checked   third",
        ),
        (
            ["student.double(None)", "with pytest.raises(Exception): student.double(None)"],
            "raised    TypeError",
        ),
    ],
)
def test_of_what_fails_in_a_spec_the_first_is_told(judge_spec, lines, told):
    """Even though checks and calls are deferred, up to the end of the spec."""
    body = "".join(f"    {line}\n" for line in lines)
    verdict = judge_spec(f"def test_double(student):\n    '''It doubles.'''\n{body}")
    (spec,) = specs_of(verdict)
    assert spec.outcome is Outcome.FAILED
    assert told in str(spec.message)


def test_tiers_points_and_promises_are_those_of_the_spec(judge_spec):
    """Core scores the points of its marker, one by default; stretch scores none."""
    verdict = judge_spec(
        "@pytest.mark.core(points=3)\ndef test_a(student):\n"
        "    '''Worth\n    three.\n\n    More.'''\n"
        "@pytest.mark.core\ndef test_b(student):\n    '''One.'''\n"
        "@pytest.mark.stretch\ndef test_c(student):\n    '''A star.'''\n"
    )
    found = [(spec.tier, spec.points, spec.promise) for spec in specs_of(verdict)]
    assert found == [
        (Tier.CORE, 3, "Worth three."),
        (Tier.CORE, 1, "One."),
        (Tier.STRETCH, 0, "A star."),
    ]


def test_each_course_is_judged_by_its_own_specs(tmp_path):
    """Also if one process judges two courses in turn whose files have the same names."""
    spec = "def test_double(student):\n    assert_matches(student.double(2.0), {})\n"
    one = make_course(tmp_path / "one", "01_double", spec.format("4.0"))
    other = make_course(tmp_path / "other", "01_double", spec.format("5.0"))
    assert outcomes_of(judge_double(one)) == {Outcome.PASSED}
    assert outcomes_of(judge_double(other)) == {Outcome.FAILED}


def test_specs_with_a_budget_are_left_out_where_only_cheap_ones_are_wanted(tmp_path):
    """The others are judged as usual."""
    spec = "def test_a(student):\n    pass\n\n"
    spec += "@pytest.mark.budget(30)\ndef test_b(student):\n    pass\n"
    course = make_course(tmp_path, "99_lengthy", spec)
    submission = Submission("alice", {}, course.exercises)
    judge = Judge(course)
    assert [spec.name for spec in judge_cheaply(judge, submission).specs] == ["test_a"]
    assert len(specs_of(judge.judge(submission))) == 2


RESTING = """
import pytest

def test_a(student, kept):
    \"\"\"A is kept.\"\"\"
    kept["a"] = 1
    assert_matches(student.double(2.0), {})

@pytest.mark.rests_on("test_a")
def test_b(student, kept):
    assert kept == {{"a": 1}}
"""


def test_a_spec_that_rests_on_a_broken_one_is_not_tried(judge_spec):
    """It fails, and says which promise must hold first; if that holds, it finds what was kept."""
    (verdict,) = judge_spec(RESTING.format("5.0")).exercises
    told = "not tried, since this must hold first: A is kept."
    assert str(verdict.specs[1].message) == told
    assert [spec.outcome for spec in verdict.specs] == [Outcome.FAILED] * 2


def test_a_spec_that_rests_on_one_that_passes_is_tried(judge_spec):
    """It finds what the other has kept, and each submission begins with nothing."""
    assert outcomes_of(judge_spec(RESTING.format("4.0"))) == {Outcome.PASSED}


LENGTHY = "import pytest\n\n@pytest.mark.budget(60)\ndef test_it(student):\n    student.double(2)\n"


def judge_lengthy(root, reference, monkeypatch):
    """Judge code that takes half a second, where a tenth is the least that a spec may take."""
    monkeypatch.setattr("grader.judging.judge.LEAST_SHARE", 0.1 / 60)
    course = make_course(root, "98_slow", LENGTHY)
    (exercise,) = course.exercises
    if reference is not None:
        exercise.solution.parent.mkdir(parents=True)
        code = f"import time\n\ndef double(x):\n    time.sleep({reference})\n"
        exercise.solution.write_text(code)
    text = "import time\n\ndef double(x):\n    time.sleep(0.5)\n    print(x)\n"
    submission = Submission("alice", {"slow": Source("slow.py", text)}, course.exercises)
    (verdict,) = Judge(course, secret="s").judge(submission).exercises
    return verdict.specs[0]


def test_a_budget_is_a_multiple_of_what_the_reference_takes(tmp_path, monkeypatch):
    """On a slow machine a submission gets more than the least; it is judged once more for that."""
    assert judge_lengthy(tmp_path, 0.2, monkeypatch).passed


def test_without_a_reference_the_whole_budget_may_be_taken(tmp_path, monkeypatch):
    """Seen: in a course without solutions, a right training lost its points after ten seconds."""
    assert judge_lengthy(tmp_path, None, monkeypatch).passed


def test_what_takes_many_times_as_long_as_the_reference_runs_out_of_time_once(
    tmp_path, monkeypatch
):
    """It says so, and does not run again for the feedback, which is the same for any input."""
    spec = judge_lengthy(tmp_path, 0, monkeypatch)
    assert spec.outcome is spec.feedback.outcome is Outcome.TIMED_OUT
    assert "10 times as long as the reference solution takes here" in str(spec.message)
    assert str(spec.feedback.message) == str(spec.message)


def test_a_verdict_tells_what_was_judged_and_under_what(judge):
    """A hash of the submission, the conditions, and remarks made while reading it."""
    submission = replace(submit(), notes=("layers.py was taken for affine.py",))
    verdict = judge.judge(submission)
    conditions = conditions_of(COURSE, judge.secret, judge.limits, sandbox_layers())
    assert verdict.notes == submission.notes
    assert verdict.submission == submission.hash
    assert verdict.conditions == conditions
    other = judge.judge(submit(changes=[("self.W = W\n", "self.W = W  # mine\n")]))
    assert other.submission != verdict.submission
    assert other.conditions == conditions


def test_a_course_is_judged_within_its_own_limits(tmp_path):
    """Unless the instructor sets other limits."""
    spec = "def test_double(student):\n    assert_matches(student.double(2.0), 4.0)\n"
    course = make_course(tmp_path, "01_double", spec)
    course = replace(course, limits=Limits(call_seconds=0.3))
    slow = Source("double.py", "import time\ndef double(x):\n    time.sleep(0.6)\n    return 2 * x")
    submission = Submission("alice", {"double": slow}, course.exercises)
    verdict = Judge(course).judge(submission)
    assert outcomes_of(verdict) == {Outcome.TIMED_OUT}
    assert verdict.conditions.limits["call_seconds"] == 0.3
    verdict = Judge(course, limits=Limits(call_seconds=20)).judge(submission)
    assert outcomes_of(verdict) == {Outcome.PASSED}
    assert verdict.conditions.limits["call_seconds"] == 20


def test_a_worker_that_cannot_be_had_is_our_fault(judge, monkeypatch):
    """All specs that need a worker are grader errors, and the learner loses no points."""

    def fail(*_, **__):
        raise WorkerFailed("there are no processes left")

    monkeypatch.setattr(transport, "start_worker", fail)
    verdict = judge.judge(submit())
    assert outcomes_of(verdict) == {Outcome.GRADER_ERROR}
    assert all("no processes left" in str(spec.message) for spec in specs_of(verdict))


# Reproducibility


def test_a_verdict_is_the_same_each_time(judge):
    """For the same submission, course and secret, also in another session and after others."""
    submission = submit(changes=[("np.sum(dout, axis=0)", "np.sum(dout) * np.random.rand(4)")])
    first = judge.judge(submission)
    judge.judge(submit())
    assert judge.judge(submission) == first
    assert Judge(COURSE, [AFFINE]).judge(submission) == first
    assert Outcome.FAILED in outcomes_of(first)


def test_another_secret_draws_other_inputs():
    """The inputs cannot be derived from the course."""
    submission = submit(changes=[("np.sum(dout, axis=0)", "np.sum(dout)")])
    messages = []
    for secret in ("one", "two"):
        verdict = Judge(COURSE, [AFFINE], secret=secret).judge(submission)
        (spec,) = [spec for spec in specs_of(verdict) if "db_sums" in spec.name]
        assert spec.outcome is Outcome.FAILED
        messages.append(str(spec.message))
    assert messages[0] != messages[1]


@pytest.mark.parametrize(
    ("name", "value"),
    [("PYTEST_ADDOPTS", "-k nothing_of_this_name"), ("PYTEST_PLUGINS", "no_such_plugin")],
)
def test_the_instructors_own_pytest_settings_change_nothing(monkeypatch, name, value):
    """Options and plugins in the environment are for the instructor's own tests."""
    monkeypatch.setenv(name, value)
    verdict = Judge(COURSE, [AFFINE]).judge(submit())
    assert verdict.done


def test_what_stands_beside_the_specs_and_not_among_them_is_not_read(course_copy, monkeypatch):
    """tests/conftest.py is for tests of the course itself and not part of the conditions."""
    monkeypatch.delitem(sys.modules, "tests.conftest", raising=False)  # ours has this name
    (course_copy / "tests" / "conftest.py").write_text("raise RuntimeError('read')\n")
    course = find_course(course_copy)
    exercise = course.named("03")
    assert Judge(course, [exercise]).judge(submit(exercise)).done
    (exercise.spec.parent / "conftest.py").write_text("raise RuntimeError('read')\n")
    with pytest.raises(Exception, match="read"):
        Judge(course, [exercise])


# Isolation of submissions


def test_what_a_submission_prints_is_kept(judge):
    """In the verdict on the spec during which it was printed, not in the grader's own output."""
    show = f"print('rows:', len(x))\n        {FORWARD}"
    specs = specs_of(judge.judge(submit(changes=[(FORWARD, show)])))
    outputs = {spec.name: spec.output for spec in specs}
    assert outputs["test_Affine_takes_a_batch_of_one"].startswith("rows: 1\n")
    assert outputs["test_Affine_dW_has_the_shape_of_W"].startswith("rows: 5\n")


def test_a_submission_imports_nothing_that_knows_an_answer(judge):
    """Specs, solutions and modules of the judge cannot be imported."""
    names = [
        "tests",
        "tests.specs.test_03_affine",
        "test_03_affine",
        "solutions",
        "pytest",
        "_pytest",
        "grader.judging.judge",
        "grader.specs.collection",
        "grader.specs.assertions",
        "grader.pytest_plugin.plugin",
        "grader.course.course",
    ]
    spy = f"""
import importlib, sys
for name in {names!r}:
    try:
        importlib.import_module(name)
    except ImportError:
        continue
    print("FOUND", name)
print("LOADED", sorted(set({names!r}) & set(sys.modules)))
class Affine:
    pass
"""
    output = "".join(spec.output for spec in specs_of(judge.judge(submit(affine=spy))))
    assert "LOADED []" in output
    assert "FOUND" not in output


def test_one_exercise_leaves_nothing_behind_for_the_next(judge):
    """Each has a worker of its own, so that changes to NumPy stay in its process."""
    vandal = "import numpy\n\nnumpy.dot = numpy.sum = lambda *a, **k: 0\n"
    exercises = (COURSE.named("activations"), AFFINE)
    activations, affine = judge.judge(submit(*exercises, activations=vandal)).exercises
    assert not activations.done
    assert affine.done


def test_one_submission_leaves_nothing_behind_for_the_next(judge):
    """Changes to NumPy stay in the process of the submission."""
    vandal = "import numpy\n\nnumpy.dot = numpy.sum = numpy.isclose = lambda *a, **k: 0\n"
    assert not judge.judge(submit(affine=vandal)).done
    assert judge.judge(submit()).done
