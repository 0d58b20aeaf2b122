"""The judge: a submission goes in, a verdict comes out."""

import itertools
import shutil
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.limits import Limits
from grader.course.modules import BORROWED
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.mistakes.catalogue import read_mistakes
from grader.submissions.class_folder import collect
from grader.submissions.submission import Submission
from grader.transport import judged as transport
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.worker_process import WorkerFailed, sandbox_layers
from grader.verdicts.conditions import conditions_of
from grader.verdicts.verdict import Outcome, Tier
from grader.worker.module_loader import importable
from grader.worker.source import Source

ROOT = Path(__file__).parents[3]
COURSE = find_course(ROOT)
REFERENCE = collect(ROOT / "solutions", COURSE).entries[0].read()
AFFINE = COURSE.named("03_affine")
FORWARD = "return np.dot(x, self.W) + self.b"


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE)


def submit(*exercises, changes=(), **texts):
    """The reference with other texts for some modules, None for a missing one, or changes."""
    sources = dict(REFERENCE.sources)
    for module, text in texts.items():
        if text is None:
            del sources[module]
        else:
            sources[module] = Source(f"/submission/{module}.py", text)
    for right, wrong in changes:
        text = sources["affine"].text
        assert text.count(right) == 1
        sources["affine"] = replace(sources["affine"], text=text.replace(right, wrong))
    return Submission("alice", sources, exercises or (AFFINE,))


def judge_cheaply(judge, submission):
    """The verdict on its one exercise, without the specs that have a budget of their own."""
    (exercise,) = submission.exercises
    with Judged(submission.sources) as worker:
        return judge.judge_exercise(exercise, worker, cheap_only=True)


def specs_of(verdict):
    return [spec for exercise in verdict.exercises for spec in exercise.specs]


def outcomes_of(verdict):
    return {spec.outcome for spec in specs_of(verdict)}


# Outcomes


def test_a_solution_passes_everything(judge):
    """All specs of the exercises that were asked for, in their order, with all points."""
    relu = COURSE.named("activations")
    verdict = judge.judge(submit(relu, AFFINE))
    assert verdict.name == "alice"
    assert [exercise.name for exercise in verdict.exercises] == ["02_activations", "03_affine"]
    assert outcomes_of(verdict) == {Outcome.PASSED}
    assert verdict.done
    assert verdict.points == verdict.max_points > 0


def test_a_stub_is_not_started(judge):
    """It scores nothing, and what is said is what it says is to be written."""
    text = (
        "class Affine:\n    def __init__(self, W, b):\n        raise NotImplementedError('do it')\n"
    )
    verdict = judge.judge(submit(affine=text))
    assert outcomes_of(verdict) == {Outcome.NOT_STARTED}
    assert {str(spec.message) for spec in specs_of(verdict)} == {"do it"}
    assert verdict.points == 0
    assert not verdict.done


def test_a_file_that_was_not_handed_in_is_not_started(judge):
    """It is named."""
    verdict = judge.judge(submit(affine=None))
    assert outcomes_of(verdict) == {Outcome.NOT_STARTED}
    assert {str(spec.message) for spec in specs_of(verdict)} == {"affine.py was not handed in"}


@pytest.mark.parametrize("as_cell", [False, True])
def test_what_is_borrowed_scores_nothing_and_carries_what_builds_on_it(judge, as_cell):
    """It is the reference; a later exercise of the learner's own work runs on top of it."""
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
    """Whether the earlier one is missing or does not import, it is named, and nothing scores."""
    net = COURSE.named("two_layer_net")
    verdict = judge_cheaply(judge, submit(net, affine=text))
    assert {spec.outcome for spec in verdict.specs} == {Outcome.BLOCKED}
    assert all("03_affine" in str(spec.message) for spec in verdict.specs)
    assert verdict.points == 0


NO_OBJECTS = ["5", "None", "[W]", "{'W': W}", "W", "'text'", "lambda x: x", "object()"]


@pytest.mark.parametrize(
    "answer",
    NO_OBJECTS,
)
def test_what_creates_no_layer_is_the_learners_failure(judge, answer):
    """A function in place of the class, say: what it returns cannot be used as a layer."""
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
    """It says where something is, where the judge has asked what it is."""
    text = REFERENCE.sources["affine"].text + FORGED.format(word=word)
    outcomes = outcomes_of(judge.judge(submit(affine=text)))
    assert Outcome.CRASHED in outcomes
    assert outcomes <= {Outcome.FAILED, Outcome.CRASHED, Outcome.PASSED}


def test_an_endless_loop_times_out_and_the_next_spec_is_judged_again():
    """A loop that only a batch of one runs into costs the specs that have such a batch."""
    judge = Judge(COURSE, [AFFINE], limits=Limits(call_seconds=0.5))
    loop = f"while len(x) == 1: pass\n        {FORWARD}"
    specs = specs_of(judge.judge(submit(changes=[(FORWARD, loop)])))
    lost = {spec.name: spec for spec in specs if not spec.passed}
    assert set(lost) == {
        "test_Affine_works_through_the_example",
        "test_Affine_takes_a_batch_of_one",
    }
    assert {spec.outcome for spec in lost.values()} == {Outcome.TIMED_OUT}
    assert all("0.5 s for one call" in str(spec.message) for spec in lost.values())


def test_after_the_time_for_an_exercise_the_rest_of_it_times_out():
    """Not a dozen times the limit of a call; the next exercise has its own time."""
    exercises = (AFFINE, COURSE.named("simple_layers"))
    judge = Judge(COURSE, exercises, limits=Limits(call_seconds=0.5, total_seconds=0.6))
    submission = submit(*exercises, changes=[(FORWARD, "while 1: pass")])
    looping, after = judge.judge(submission).exercises
    assert {spec.outcome for spec in looping.specs} == {Outcome.TIMED_OUT}
    assert "for the whole exercise" in str(looping.specs[-1].message)
    assert after.done


def test_a_process_that_ends_has_crashed_and_the_next_spec_is_judged_again(judge):
    """os._exit(0) is no pass, and costs the specs that ran into it only."""
    end = f"if len(x) == 1: __import__('os')._exit(0)\n        {FORWARD}"
    specs = specs_of(judge.judge(submit(changes=[(FORWARD, end)])))
    lost = {spec.name: spec for spec in specs if not spec.passed}
    assert set(lost) == {
        "test_Affine_works_through_the_example",
        "test_Affine_takes_a_batch_of_one",
    }
    assert {spec.outcome for spec in lost.values()} == {Outcome.CRASHED}
    assert all("exit code 0" in str(spec.message) for spec in lost.values())


def test_a_process_that_ends_at_import_has_crashed(judge):
    """In every spec, and none of them scores."""
    verdict = judge.judge(submit(affine="import os\n\nos._exit(0)\n"))
    assert outcomes_of(verdict) == {Outcome.CRASHED}
    assert verdict.points == 0


# Grader errors


SPEC_HEAD = "import numpy\nimport pytest\nfrom grader.specs.assertions import assert_matches\n\n"


def make_course(root, name, spec):
    """A course with one exercise, whose spec has this text."""
    (root / "tests" / "specs").mkdir(parents=True)
    (root / "pyproject.toml").write_text(f"[tool.kata]\nexercises = ['{name}']\n", "utf-8")
    (root / "tests" / "specs" / f"test_{name}.py").write_text(SPEC_HEAD + spec, "utf-8")
    return find_course(root)


def judge_double(course):
    """The verdict on a solution of an exercise that is to double."""
    (exercise,) = course.exercises
    sources = {exercise.module: Source("double.py", "def double(x):\n    return 2 * x\n")}
    return Judge(course).judge(Submission("alice", sources, course.exercises))


@pytest.fixture
def judge_spec(tmp_path):
    """The verdict on a right solution by a spec with this text."""
    number = next(numbers)
    return lambda spec: judge_double(make_course(tmp_path, f"{number:02}_double{number}", spec))


numbers = itertools.count(50)  # modules of one name are imported once in a process


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
    """It is told apart from the learner's faults, and the other spec is judged as always."""
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
    """Skipped, expected to fail, broken before or after: none of these is a pass."""
    verdict = judge_spec(spec)
    (found,) = specs_of(verdict)
    assert not found.passed
    assert verdict.points == 0


def test_tiers_points_and_promises_are_those_of_the_spec(judge_spec):
    """Core scores what it says, one point by default; stretch scores none."""
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
    """Also where one process judges two courses in turn, and their files have the same names."""
    spec = "def test_double(student):\n    assert_matches(student.double(2.0), {})\n"
    one = make_course(tmp_path / "one", "01_double", spec.format("4.0"))
    other = make_course(tmp_path / "other", "01_double", spec.format("5.0"))
    assert outcomes_of(judge_double(one)) == {Outcome.PASSED}
    assert outcomes_of(judge_double(other)) == {Outcome.FAILED}


def test_specs_with_a_budget_are_left_out_where_only_cheap_ones_are_wanted(tmp_path):
    """The others are judged as always."""
    spec = "def test_a(student):\n    pass\n\n"
    spec += "@pytest.mark.budget(30)\ndef test_b(student):\n    pass\n"
    course = make_course(tmp_path, "99_lengthy", spec)
    submission = Submission("alice", {}, course.exercises)
    judge = Judge(course)
    assert [spec.name for spec in judge_cheaply(judge, submission).specs] == ["test_a"]
    assert len(specs_of(judge.judge(submission))) == 2


def test_a_verdict_tells_what_was_judged_and_under_what(judge):
    """A hash of the submission, the conditions, and what was noticed when it was read."""
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
    """Unless the instructor sets others."""
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
    """In every spec that needs one, and it costs the learner nothing that could be counted."""

    def fail(*_, **__):
        raise WorkerFailed("there are no processes left")

    monkeypatch.setattr(transport, "start_worker", fail)
    verdict = judge.judge(submit())
    assert outcomes_of(verdict) == {Outcome.GRADER_ERROR}
    assert all("no processes left" in str(spec.message) for spec in specs_of(verdict))


# The same for everybody, every time


def test_a_verdict_is_the_same_each_time(judge):
    """For the same submission, course and secret; also from another session, and after others."""
    submission = submit(changes=[("np.sum(dout, axis=0)", "np.sum(dout) * np.random.rand(4)")])
    first = judge.judge(submission)
    judge.judge(submit())
    assert judge.judge(submission) == first
    assert Judge(COURSE, [AFFINE]).judge(submission) == first
    assert Outcome.FAILED in outcomes_of(first)


def test_another_secret_draws_other_inputs():
    """So that the inputs are not known from the course."""
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
    """It is no part of the conditions: tests/conftest.py is for tests of the course itself."""
    monkeypatch.delitem(sys.modules, "tests.conftest", raising=False)  # ours would be taken for it
    (course_copy / "tests" / "conftest.py").write_text("raise RuntimeError('read')\n")
    course = find_course(course_copy)
    exercise = course.named("03")
    assert Judge(course, [exercise]).judge(submit(exercise)).done
    (exercise.spec.parent / "conftest.py").write_text("raise RuntimeError('read')\n")
    with pytest.raises(Exception, match="read"):
        Judge(course, [exercise])


# What the submission can see and do


def test_what_a_submission_prints_is_kept(judge):
    """Beside the verdict on the spec during which it was printed, and not on our own output."""
    show = f"print('rows:', len(x))\n        {FORWARD}"
    specs = specs_of(judge.judge(submit(changes=[(FORWARD, show)])))
    outputs = {spec.name: spec.output for spec in specs}
    assert outputs["test_Affine_takes_a_batch_of_one"] == "rows: 1\n"
    assert outputs["test_Affine_dW_has_the_shape_of_W"] == "rows: 5\n"


def test_a_submission_imports_nothing_that_knows_an_answer(judge):
    """Neither specs nor solutions nor the judge's own modules can be had by an import."""
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
    """Each has a worker of its own: what one does to NumPy, it does to itself."""
    vandal = "import numpy\n\nnumpy.dot = numpy.sum = lambda *a, **k: 0\n"
    exercises = (COURSE.named("activations"), AFFINE)
    activations, affine = judge.judge(submit(*exercises, activations=vandal)).exercises
    assert not activations.done
    assert affine.done


def test_one_submission_leaves_nothing_behind_for_the_next(judge):
    """What it does to NumPy, it does to its own process."""
    vandal = "import numpy\n\nnumpy.dot = numpy.sum = numpy.isclose = lambda *a, **k: 0\n"
    assert not judge.judge(submit(affine=vandal)).done
    assert judge.judge(submit()).done


# Known mistakes

DB = "np.sum(dout, axis=0)"
DX = "np.dot(dout, self.W.T)"


def named_in(verdict):
    """The mistakes that are named, by the spec that failed."""
    return {spec.name: spec.mistake for spec in specs_of(verdict) if not spec.passed}


def copy_course(root, *parts):
    """A copy of these parts of the course."""
    for part in parts:
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return find_course(root)


@pytest.mark.parametrize("wrong", ["np.sum(dout)", "dout.flatten() @ np.ones(dout.size)"])
def test_a_known_mistake_is_named_where_it_shows(judge, wrong):
    """However it is written: with its title and its hint, and once per spec that failed."""
    (known,) = [one for one in read_mistakes(AFFINE) if one.name == "affine_db_over_all_axes"]
    verdict = judge.judge(submit(changes=[(DB, wrong)]))
    names = named_in(verdict)
    assert set(names.values()) == {"affine_db_over_all_axes"}
    assert "test_Affine_db_sums_dout_over_the_samples" in names
    for spec in specs_of(verdict):
        hints = (known.hint, f"{known.title}, in Affine.backward")
        assert spec.hints == (() if spec.passed else hints)
        assert spec.passed is (spec.mistake is None)


@pytest.mark.parametrize(
    ("right", "wrong", "name"),
    [
        ("self.x = x\n", "kept = x\n", "affine_x_not_kept"),
        (FORWARD, "kept = np.dot(x, self.W) + self.b", "affine_forward_returns_nothing"),
    ],
    ids=["an exception", "no return"],
)
def test_a_mistake_that_gives_no_wrong_number_is_named(judge, right, wrong, name):
    """By the exception it ends in, or by the value that is missing."""
    assert name in set(named_in(judge.judge(submit(changes=[(right, wrong)]))).values())


@pytest.mark.parametrize(
    "wrong", ["dout * 3.7", "np.sum(dout, axis=0) * 3.7", "1 / 0", "None", "'text'", "object()"]
)
def test_a_mistake_of_no_known_kind_is_named_nothing(judge, wrong):
    """It fails with what differs, and no hint is guessed."""
    specs = [s for s in specs_of(judge.judge(submit(changes=[(DB, wrong)]))) if not s.passed]
    assert "test_Affine_db_sums_dout_over_the_samples" in [spec.name for spec in specs]
    for spec in specs:
        if wrong != "None":  # db that is never set is a known one
            assert spec.mistake is None
            assert spec.hints == ()


def test_two_mistakes_are_each_named_at_the_spec_that_shows_it(judge):
    """A mean in place of a sum, and a gradient divided by N."""
    changes = [(DB, "np.mean(dout, axis=0)"), (DX, f"{DX} / len(dout)")]
    names = named_in(judge.judge(submit(changes=changes)))
    dx = "test_Affine_dx_carries_dout_back_through_the_weights"
    assert names[dx] == "affine_dx_averaged"
    assert names["test_Affine_db_sums_dout_over_the_samples"] == "affine_db_averaged"


def test_a_mistake_is_named_the_same_in_process(judge):
    """A learner reads at home what the grader will say."""
    for right, wrong in [(DB, "np.sum(dout)"), (DB, "dout * 3.7"), ("self.x = x\n", "pass\n")]:
        submission = submit(changes=[(right, wrong)])
        judged = judge_cheaply(judge, submission)
        with importable(submission.sources):
            transport = InProcess(submission.sources)
            in_process = judge.judge_exercise(AFFINE, transport, cheap_only=True)
        told = [(spec.outcome, spec.mistake, spec.told()) for spec in judged.specs]
        assert told == [(s.outcome, s.mistake, s.told()) for s in in_process.specs]


def test_what_is_no_failure_is_named_nothing(judge):
    """Not started, crashed, out of time, passed: none of them shows what is wrong."""
    end = "__import__('os')._exit(0)"
    for text in (None, REFERENCE.sources["affine"].text.replace(FORWARD, end)):
        verdict = judge.judge(submit(affine=text))
        assert outcomes_of(verdict) & {Outcome.NOT_STARTED, Outcome.CRASHED}
        assert not any(s.mistake for s in specs_of(verdict) if s.outcome is not Outcome.FAILED)
    assert not any(spec.mistake for spec in specs_of(judge.judge(submit())))


def test_a_right_solution_that_misses_a_star_is_as_done_as_before(judge):
    """A stretch spec that fails for no known reason is named nothing, and costs nothing."""
    harmless = f"{DB}\n        dout[:] = 3.7"
    verdict = judge.judge(submit(changes=[(DB, harmless)]))
    assert named_in(verdict) == {"test_Affine_leaves_what_it_was_given_alone": None}
    assert verdict.done
    assert verdict.points == verdict.max_points


def test_a_submission_cannot_claim_a_mistake(judge):
    """What it prints and raises is reported as the learner's, and names nothing."""
    claim = "mistake   affine_db_over_all_axes\\nhint      send your solution to me"
    claims = f"print('{claim}')\n        raise ValueError('wrong\\n{claim}')"
    specs = specs_of(judge.judge(submit(changes=[(FORWARD, claims)])))
    assert {spec.mistake for spec in specs} == {None}
    assert any("send your solution" in str(spec.message) for spec in specs)
    assert not any(
        line.startswith(("mistake ", "hint "))
        for spec in specs
        for line in str(spec.message).splitlines()
    )


EAVESDROPPER = """
import builtins
class Answer:
    def __eq__(self, other):
        print("ASKED", other)
        return True
    __array__ = __len__ = __float__ = __eq__
    __hash__ = None
"""


def test_a_submission_is_not_asked_whether_it_is_alike(judge):
    """Returned values are compared here, without running the learner's code."""
    text = REFERENCE.sources["affine"].text.replace(DB, "Answer()") + EAVESDROPPER
    specs = specs_of(judge.judge(submit(affine=text)))
    assert Outcome.FAILED in {spec.outcome for spec in specs}
    assert not any(spec.mistake or "ASKED" in spec.output for spec in specs)


def test_naming_changes_nothing_for_who_comes_next(judge):
    """Before and after every known mistake of an exercise, the reference gets one verdict."""
    before = repr(judge.judge(submit()))
    for wrong in ("np.sum(dout)", "dout", "np.mean(dout, axis=0)"):
        first = judge.judge(submit(changes=[(DB, wrong)]))
        assert repr(judge.judge(submit(changes=[(DB, wrong)]))) == repr(first)
        assert repr(judge.judge(submit())) == before
    assert repr(Judge(COURSE).judge(submit())) == before


def test_the_known_mistakes_print_and_warn_nothing(capfd):
    """They are run here, beside what an instructor reads."""
    activations = COURSE.named("activations")
    judge = Judge(COURSE, [activations])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        verdict = judge.judge(submit(activations, activations="import numpy\n"))
    assert Outcome.FAILED in outcomes_of(verdict)
    assert capfd.readouterr() == ("", "")
    assert [str(warning.message) for warning in caught] == []


@pytest.mark.parametrize(
    "parts",
    [("tests/specs",), ("tests/specs", "tests/mistakes"), ("tests/specs", "solutions")],
    ids=["neither", "no solutions", "no catalogue"],
)
def test_without_a_reference_or_a_catalogue_nothing_is_named(tmp_path, parts):
    """As where a course was handed out without them; all else is as always."""
    course = copy_course(tmp_path, *parts)
    affine = course.named("affine")
    submission = replace(submit(changes=[(DB, "np.sum(dout)")]), exercises=(affine,))
    verdict = Judge(course, [affine]).judge(submission)
    assert outcomes_of(verdict) == {Outcome.FAILED, Outcome.PASSED}
    assert set(named_in(verdict).values()) == {None}
    assert not any(spec.hints for spec in specs_of(verdict))
    assert Judge(course, [affine]).judge(replace(submit(), exercises=(affine,))).done


def test_a_mistake_that_does_not_apply_costs_no_verdict(tmp_path):
    """The reference was changed: `grader check` reports it, and grading goes on."""
    course = copy_course(tmp_path, "tests/specs", "tests/mistakes", "solutions")
    affine = course.named("affine")
    text = affine.solution.read_text("utf-8")
    affine.solution.write_text(text.replace(DB, "dout.sum(axis=0)"), "utf-8")
    submission = submit(changes=[(DB, "np.sum(dout)"), (DX, f"{DX} / len(dout)")])
    names = named_in(Judge(course, [affine]).judge(replace(submission, exercises=(affine,))))
    assert names["test_Affine_db_sums_dout_over_the_samples"] is None
    assert "affine_dx_averaged" in names.values()
