"""Tests of replaying a spec: the calls shown are those that were made."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

import grader.cli.main
from grader.course.limits import Limits
from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.judging.replay import ReplayError, find_spec, replay, tell
from grader.submissions.submission import Submission
from grader.transport.worker_process import can_confine
from grader.verdicts.learner_view import differs_for_learner
from grader.verdicts.verdict import Outcome
from grader.worker.source import Source

ROOT = Path(__file__).parents[3]
SECRET = "5ec7e7" * 10

SPECS = '''
import numpy as np
import pytest


def test_f_calls_back(student):
    """It calls back."""
    assert student.twice_of(lambda x: float(x[0]), np.array([3.0])) == 6.0


def test_f_takes_shared_images(student):
    """It takes shared images."""
    images = student.share(np.arange(20000, dtype=np.float32).reshape(2, 10000))
    assert student.shape_of(images) == (2, 10000)
    assert student.total(np.arange(20000.0)) == 199990000.0


def test_f_gets_what_is_changed_later(student):
    """It gets what is changed later."""
    x = np.array([1.0, 2.0])
    assert student.total(x) == 3.0
    x += 10
    assert student.total(x) == 23.0


def test_f_draws(student, rng):
    """It draws."""
    value = {"a": [1, (2.5, None)]}
    assert student.draw(np.random.default_rng(5), value) == value


def test_f_raises(student):
    """It does not raise."""
    student.fail("no")


def test_f_loops(student):
    """It does not loop."""
    assert student.total(np.ones(2)) == 2
    student.loop()


def test_f_exits(student):
    """It does not exit."""
    assert student.total(np.ones(3)) == 3
    student.exit()


def test_f_is_misjudged(student):
    """It is misjudged."""
    assert student.total(np.ones(4)) == 4
    {}["our own fault"]


@pytest.mark.stretch
def test_f_comes_after_all_that(student):
    """It comes after all that."""
    assert student.total(np.ones(5)) == 5
'''
CODE = """
import os

def twice_of(f, x):
    return f(x) + f(x + 1) - 1

def shape_of(images):
    return images.shape

def total(x):
    return float(x.sum())

def draw(rng, value):
    rng.random()
    return value

def fail(text):
    raise ValueError("[red]\\x1b[2J" + text + " :smile:")

def loop():
    while True: pass

def exit():
    os._exit(3)
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Create a course of one exercise whose specs fail in different ways."""
    root = tmp_path_factory.mktemp("course")
    (root / "tests" / "specs").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.kata]\nexercises = ['92_f']\n", "utf-8")
    (root / "tests" / "specs" / "test_92_f.py").write_text(SPECS, "utf-8")
    (root / "solutions" / "92_f").mkdir(parents=True)
    (root / "solutions" / "92_f" / "f.py").write_text(CODE, "utf-8")
    (root / "class" / "ada").mkdir(parents=True)
    (root / "class" / "ada" / "f.py").write_text(CODE, "utf-8")
    (root / "class" / "empty").mkdir()
    return find_course(root)


@pytest.fixture(scope="module")
def judge(course):
    limits = Limits(call_cpu_seconds=0.1)
    return Judge(course, secret=SECRET, confined=can_confine(), limits=limits)


@pytest.fixture(scope="module")
def real_judge():
    return Judge(find_course(ROOT), secret=SECRET, confined=can_confine())


@pytest.fixture
def replayed(course, judge):
    def replayed(spec, code=CODE):
        submission = Submission("ada", {"f": Source("f.py", code)}, course.exercises)
        verdict, exchanges = replay(judge, submission, spec)
        return verdict, "\n".join(tell(exchanges))

    return replayed


# Output


def test_a_callback_is_shown_with_what_it_was_called_with(replayed):
    """And with what the function of the spec returned."""
    verdict, told = replayed("test_f_calls_back")
    assert verdict.passed
    assert "f.twice_of(f, array([3.]))\n    returns 6.0" in told
    assert "    f(array([3.]))\n    returns 3.0" in told
    assert "    f(array([4.]))\n    returns 4.0" in told


def test_large_arrays_are_shown_in_part_with_a_hash_of_all(replayed):
    """Shared arrays are shown without their content, which can be 188 MB."""
    verdict, told = replayed("test_f_takes_shared_images")
    assert verdict.passed
    assert re.search(r"f\.shape_of\(<\S*f4 of shape \(2, 10000\), shared>\)", told)
    assert "returns (2, 10000,)" in told
    assert re.search(r"f\.total\(<float64 of shape \(20000,\), sha256 [0-9a-f]{16}\.\.\.:", told)
    assert len(told) < 3000


def test_generators_and_containers_are_shown_as_one_would_write_them(replayed):
    """The output can be run as Python code."""
    verdict, told = replayed("test_f_draws")
    assert verdict.passed
    seed = int(np.random.default_rng(5).integers(2**63))
    value = "{'a': [1, (2.5, None,)]}"
    assert f"f.draw(np.random.default_rng({seed}), {value})\n    returns {value}" in told


@pytest.mark.parametrize(
    ("spec", "outcome", "last"),
    [
        ("test_f_raises", Outcome.FAILED, "f.fail('no')\n    raises  StudentError: ValueError: "),
        (
            "test_f_loops",
            Outcome.TIMED_OUT,
            "f.loop()\n    raises  TimedOut: at the limit",
        ),
        (
            "test_f_exits",
            Outcome.CRASHED,
            "f.exit()\n    raises  Crashed: the process ended by exit code 3",
        ),
        ("test_f_is_misjudged", Outcome.GRADER_ERROR, "f.total(array([1., 1., 1., 1.]))"),
    ],
)
def test_what_went_wrong_is_shown_at_its_place(replayed, spec, outcome, last):
    """As the last exchange, after all earlier ones."""
    verdict, told = replayed(spec)
    assert verdict.outcome is outcome
    assert last in told
    if spec != "test_f_raises":
        assert "f.total(array([1." in told
    assert "f.twice_of" not in told


def test_each_spec_is_shown_alone_whatever_became_of_those_before(replayed):
    """Time-outs and crashes do not shift the records of later specs."""
    verdict, told = replayed("test_f_comes_after_all_that")
    assert verdict.passed
    assert told.count("f.") == 1
    assert "f.total(array([1., 1., 1., 1., 1.]))\n    returns 5.0" in told


@pytest.mark.parametrize("code", ["def total(:", "raise SystemExit", "import os\nos._exit(1)"])
def test_code_that_cannot_be_imported_is_shown_as_that(replayed, code):
    """The import is part of the first exchange."""
    verdict, told = replayed("test_f_raises", code)
    assert verdict.outcome in (Outcome.FAILED, Outcome.CRASHED)
    assert "\nf.fail('no')\n    raises  " in told


def test_arguments_are_shown_as_they_were_when_they_crossed(replayed):
    """A spec may reuse an array with other numbers."""
    verdict, told = replayed("test_f_gets_what_is_changed_later")
    assert verdict.passed
    assert "f.total(array([1., 2.]))\n    returns 3.0" in told


def test_a_replay_is_the_same_each_time_and_its_verdict_that_of_the_gradebook(course, judge):
    """The secret is the same; it is not shown."""
    submission = Submission("ada", {"f": Source("f.py", CODE)}, course.exercises)
    (exercise,) = judge.judge(submission).exercises
    for spec in (exercise.specs[3],):
        found = [replay(judge, submission, spec.name) for _ in range(2)]
        told = ["\n".join(tell(exchanges)) for _, exchanges in found]
        assert found[0][0] == found[1][0] == spec
        assert told[0] == told[1]
        assert SECRET not in told[0]


def test_the_instructor_sees_where_the_learner_reads_something_else(real_judge):
    """The replay shows the hidden run; its verdict has the learner's feedback as well."""
    course = real_judge.course
    sources = read_modules(course.root / "solutions", course)
    wrong = sources["affine"].text.replace("np.sum(dout, axis=0)", "np.sum(dout)")
    sources["affine"] = Source("affine.py", wrong)
    submission = Submission("ada", sources, (course.named("03"),))
    (name,) = [one for one in find_names(course) if one.startswith("test_Affine_db")]
    verdict, _ = replay(real_judge, submission, name)
    assert differs_for_learner(verdict)
    assert verdict in real_judge.judge(submission).exercises[0].specs


def find_names(course):
    return re.findall(
        r"^def (test_\w+)\(", course.named("03").spec.read_text("utf-8"), re.MULTILINE
    )


REAL = [
    "test_MulLayer_backward_multiplies_by_the_other_input",
    "test_MulLayer_takes_arrays",
    "test_Relu_keeps_its_mask_to_itself",
    "test_Sigmoid_backward_multiplies_dout_by_the_slope",
    "test_Affine_keeps_the_very_arrays_it_was_given",
    "test_softmax_turns_each_row_into_probabilities",
    "test_TwoLayerNet_predict_returns_the_scores",
]


@pytest.mark.parametrize("spec", REAL)
def test_what_is_shown_can_be_run_and_gives_the_same(real_judge, spec, monkeypatch):
    """For an appeal, the learner can run the output, which is Python with every digit."""
    course = real_judge.course
    exercise = find_spec(course, spec)
    submission = Submission("full", read_modules(ROOT / "solutions", course), (exercise,))
    verdict, exchanges = replay(real_judge, submission, spec)
    assert verdict.passed
    for one in course.exercises:
        monkeypatch.syspath_prepend(one.solution.parent)
        monkeypatch.delitem(sys.modules, one.module, raising=False)
    world = {**vars(np), "np": np}
    exec(f"import random, {exercise.module}", world)
    answers = 0
    for shown in tell(exchanges):
        expression, _, answer = shown.partition("\n    returns ")
        if answer:
            expected = eval(answer, world)
            np.testing.assert_allclose(eval(expression, world), expected, rtol=1e-12)
            answers += 1
        else:
            exec(expression, world)
    assert answers
    for one in course.exercises:
        sys.modules.pop(one.module, None)


def test_the_gradient_of_a_callback_can_be_followed_by_hand(real_judge):
    """All exchanges of exercise 05 are calls of f, two for each entry."""
    course = real_judge.course
    spec = "test_numerical_gradient_of_a_quadratic_form"
    submission = Submission("full", read_modules(ROOT / "solutions", course), course.exercises)
    verdict, exchanges = replay(real_judge, submission, spec)
    assert verdict.passed
    called = [one for one in exchanges if one.request["do"] == "call back"]
    (asked,) = [one for one in exchanges if one.request["do"] == "call"]
    values = np.array([one.answer for one in called]).reshape(-1, 2)
    np.testing.assert_allclose((values[:, 0] - values[:, 1]) / 2e-4, asked.answer, rtol=1e-6)


def test_what_was_judged_with_stand_ins_is_shown_with_them(real_judge):
    """To the instructor, who has the reference; otherwise each call would only raise."""
    reference = read_modules(real_judge.course.root / "solutions", real_judge.course)
    alone = {"two_layer_net": reference["two_layer_net"]}
    submission = Submission("ada", alone, (real_judge.course.named("06"),))
    spec = "test_TwoLayerNet_starts_with_small_random_weights"
    found, exchanges = replay(real_judge, submission, spec)
    assert found.passed
    assert not any(isinstance(one.answer, Exception) for one in exchanges)


def test_every_spec_of_the_course_can_be_found():
    """By its name in the gradebook."""
    course = find_course(ROOT)
    for exercise in course.exercises:
        names = re.findall(r"^def (test_\w+)", exercise.spec.read_text("utf-8"), re.MULTILINE)
        assert names
        assert {find_spec(course, name) for name in names} == {exercise}


def test_a_spec_that_is_not_there_is_told_with_those_that_could_be_meant():
    """Part of a name lists the names that contain it, and replays nothing."""
    with pytest.raises(ReplayError, match="test_Affine_db_sums_dout_over_the_samples"):
        find_spec(find_course(ROOT), "affine_db")
    with pytest.raises(ReplayError, match="no spec 'nonsense'"):
        find_spec(find_course(ROOT), "nonsense")


# The command


@pytest.fixture
def call(course, monkeypatch, capsys, tmp_path):
    """Run `grader replay` in this process; return exit code, output and standard error."""
    monkeypatch.chdir(course.root)
    (tmp_path / "secret").write_text("5" * 64)
    (tmp_path / "secret").chmod(0o600)

    def call(*arguments):
        given = ["--secret-file", str(tmp_path / "secret"), "--limit", "call_cpu_seconds=0.1"]
        given += [] if can_confine() else ["--trusted"]
        monkeypatch.setattr(sys, "argv", ["grader", "replay", *map(str, arguments), *given])
        with pytest.raises(SystemExit) as ended:
            grader.cli.main.main()
        captured = capsys.readouterr()
        assert "5" * 64 not in captured.out + captured.err
        assert "Traceback" not in captured.err
        return ended.value.code or 0, captured.out, captured.err

    return call


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("spec", "code", "told"),
    [
        ("test_f_calls_back", 0, "✓ kept  It calls back."),
        ("test_f_raises", 1, "✗ broken  It does not raise."),
        ("test_f_loops", 1, "◷ timed out  It does not loop."),
        ("test_f_exits", 1, "↯ crashed  It does not exit."),
        ("test_f_is_misjudged", 2, "! the grader failed: not counted  It is misjudged."),
    ],
)
def test_the_exit_code_is_that_of_the_verdict(call, spec, code, told):
    """0 if the spec passed, 1 if not, 2 for a grader error."""
    found, out, _ = call("ada", spec, "--class", "class")
    assert found == code
    assert told in out


def test_a_submission_may_be_named_as_the_instructors_pattern_has_it(call):
    """As `grader grade --names` shows it."""
    of_class = ("test_f_calls_back", "--class", "class", "--names", "(?P<name>a.)")
    assert call("ad", *of_class)[0] == 0
    code, _, err = call("ada", *of_class)
    assert code == 2
    assert "'ada'" in err


def test_a_submission_may_be_named_by_its_path(call):
    """Without --class."""
    assert call("class/ada", "test_f_calls_back")[0] == 0
    assert call("class/ada/f.py", "test_f_calls_back")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["nobody", "test_f_raises", "--class", "class"],
            "found 'nobody'; known names: ada, empty",
        ),
        (["class", "test_f_raises"], "class: expected a single submission"),
        (["nowhere", "test_f_raises"], "nowhere: there is no such file or folder"),
        (["ada", "test_no", "--class", "class"], "there is no spec 'test_no'"),
        (["ada", "test_f_raises", "--class", "class", "--limit", "no=1"], "no limit 'no'"),
    ],
    ids=["nobody", "class", "path", "spec", "limit"],
)
def test_what_cannot_be_replayed_exits_with_2_and_one_message(call, arguments, told):
    """And prints nothing to standard output."""
    code, out, err = call(*arguments)
    assert code == 2
    assert told in " ".join(err.split())
    assert out == ""


def test_who_handed_in_nothing_has_nothing_to_replay_and_is_told_so(call):
    """The outcome is the same as in the gradebook: not started."""
    code, out, _ = call("empty", "test_f_raises", "--class", "class")
    assert code == 1
    assert "○ not started  It does not raise." in out


def test_strangers_text_is_harmless_here_too(call):
    """Text raised by the code is shown literally, without control codes."""
    _, out, _ = call("ada", "test_f_raises", "--class", "class")
    assert "\x1b" not in out
    assert "[red]" in out


def test_strangers_text_is_shown_letter_by_letter(call):
    """In an appeal every character counts."""
    _, out, _ = call("ada", "test_f_raises", "--class", "class")
    assert ":smile:" in out.split("raises")[1].split("\n")[0]
