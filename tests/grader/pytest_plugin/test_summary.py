"""What a learner reads last."""

import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from pytest_learner import AFFINE, DB_OVER_ALL_AXES, assert_hides_the_spec, last_line

from grader.course.course import Exercise
from grader.pytest_plugin.summary import Summary
from grader.verdicts.verdict import Outcome, SpecVerdict, Tier


def test_an_exercise_that_is_not_begun_says_once_what_to_write(learner):
    """Exit code 1, no wall of failures, and as the last line what to run next."""
    output = learner.runs("exercises/03_affine", code=1)
    assert output.count("not written yet in affine.py") == 1
    assert output.count("Affine.forward: to be written") == 1
    assert "10 not started" in output
    assert "FAILURES" not in output
    assert " failed" not in output
    assert last_line(output).startswith("03_affine: 0 of 10 core, 0 of 10 points")
    assert last_line(output).endswith("Next: pytest exercises/03_affine")
    assert_hides_the_spec(output, learner, "03_affine")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("arguments", "cwd", "following"),
    [
        (["exercises/03_affine"], ".", "exercises/04_softmax_with_loss"),
        ([AFFINE], ".", "exercises/04_softmax_with_loss"),
        ([], "exercises/03_affine", "../04_softmax_with_loss"),
    ],
    ids=["by its folder", "by its file", "from inside"],
)
def test_an_exercise_that_is_done_names_the_next(learner, arguments, cwd, following):
    """Exit code 0, however the exercise is named; the last line says what comes next."""
    learner.solves("03_affine")
    output = learner.runs(*arguments, cwd=cwd, code=0)
    assert "11 passed" in output
    told = "03_affine: 10 of 10 core, 10 of 10 points ★. Done! Next: pytest "
    assert last_line(output) == told + following


@pytest.mark.thorough
def test_an_import_that_a_judge_does_not_have_is_told_at_home(learner):
    """Whatever is installed here; one that only plots does nothing, and is not told.

    As in ucbds-infra/otter-grader#906: the tests passed in the notebook, and failed when graded.
    """
    imports = "import matplotlib.pyplot as plt, pytest\nimport numpy as np\n\nplt.show()\n"
    learner.solves("03_affine", ("import numpy as np\n", imports))
    told = "affine.py imports pytest, which is not there when your work is graded: it may stay"
    output = learner.runs("exercises/03_affine", code=0)
    assert output.count(told) == 1
    assert "imports matplotlib" not in output
    learner.solves("03_affine", ("import numpy as np\n", f"{imports}\npytest.raises(OSError)\n"))
    output = learner.runs("exercises/03_affine", code=1)
    assert "raised    ModuleNotFoundError: pytest is not there when your work is graded" in output


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (
            "call_seconds = 0.2",
            "affine.py: backward took 0.3 s; when your work is graded",
        ),
        ("total_seconds = 0.2", "affine.py: all calls together took "),
        ("call_seconds = 200", ""),
    ],
)
def test_what_would_take_too_long_when_it_is_graded_is_told_at_home(learner, limit, told):
    """Otherwise it is done here, and runs out of time there; a learner had met just that."""
    pyproject = learner.root / "pyproject.toml"
    pyproject.write_text(f"{pyproject.read_text('utf-8')}\n[tool.kata.limits]\n{limit}\n", "utf-8")
    slow = ("dx = np.dot", "import time; time.sleep(0.3); dx = np.dot")
    learner.solves("03_affine", slow)
    output = learner.runs("exercises/03_affine", code=0)
    assert output.count("when your work is graded") == bool(told)
    assert told in output
    assert "Done!" in last_line(output)


def test_two_exercises_at_once_are_summed_up_one_by_one(learner):
    """Each has its own last line."""
    learner.solves("01_simple_layers")
    output = learner.runs("exercises/01_simple_layers", "exercises/03_affine", code=1)
    first, second = output.rstrip().splitlines()[-2:]
    assert first.startswith("01_simple_layers: 9 of 9 core")
    assert first.endswith("Done! Next: pytest exercises/02_activations")
    assert second.startswith("03_affine: 0 of 10 core")


def test_all_exercises_at_once_are_summed_up_one_by_one(learner):
    """`pytest exercises` collects each exercise once."""
    learner.solves("05_numerical_gradient")
    output = learner.runs("exercises", code=1)
    names = sorted(path.name for path in (learner.root / "exercises").iterdir() if path.is_dir())
    assert [line.split(":")[0] for line in output.rstrip().splitlines()[-len(names) :]] == names
    assert re.search(r"05_numerical_gradient: 9 of 9 core, \d+ of \d+ points ★\. Done!", output)


def test_an_exercise_is_not_done_when_a_single_spec_was_run(learner):
    """One green spec by its node id says nothing of the others, which are not even written."""
    learner.solves("03_affine", ("dx = np.dot(dout, self.W.T)", "raise NotImplementedError"))
    spec = "test_Affine_forward_is_the_matrix_product_plus_the_bias"
    output = learner.runs(f"{AFFINE}::{spec}", code=0)
    assert "Done" not in output
    assert "of the specs that were run" in last_line(output)


def test_an_exercise_is_not_done_when_the_run_was_interrupted(learner):
    """Ctrl-C after the first green spec says nothing of those that were not run."""
    learner.solves("03_affine", ("dx = np.dot(dout, self.W.T)", "raise KeyboardInterrupt"))
    output = learner.runs("exercises/03_affine", code=2)
    assert "1 passed" in output
    assert "Done" not in output


def test_a_run_that_would_have_stopped_says_what_is_next(learner):
    """With -x and everything green, all specs were run, and the exercise is done."""
    learner.solves("03_affine")
    output = learner.runs("exercises/03_affine", "-x", code=0)
    assert last_line(output).endswith("Done! Next: pytest exercises/04_softmax_with_loss")


# Known mistakes


def test_help_goes_one_step_further_each_time(knowing):
    """First what differs, then the hint, then the mistake; the last line says how to go on.

    It never names the command that was just run.
    """
    lesson = "That was the last hint. See exercises/03_affine/README.md for more."
    knowing.solves("03_affine", DB_OVER_ALL_AXES)
    command = "Next: pytest exercises/03_affine"
    after = (f"{command} --hint", f"{command} --hint --hint", lesson)
    for steps, hint, mistake in ((0, 0, 0), (1, 1, 0), (2, 1, 1)):
        output = knowing.runs("exercises/03_affine", *["--hint"] * steps, code=1)
        assert output.count("differs   shape () instead of (2,)") == 1
        assert output.count("\nhint      The bias was added to every sample.") == hint
        assert output.count("\nmistake   db summed over all axes, in Affine.backward") == mistake
        assert last_line(output).endswith(after[steps])
        assert "affine_db_over_all_axes" not in output
        assert_hides_the_spec(output, knowing, "03_affine")


def test_a_mistake_is_told_once_with_the_promises_that_it_breaks(knowing):
    """One mistake breaks five promises: one failure is shown, and all are counted."""
    knowing.solves("03_affine", DB_OVER_ALL_AXES)
    output = knowing.runs("exercises/03_affine", "--hint", code=1)
    assert output.count("differs   ") == output.count("hint      ") == 1
    assert "4 more promises break for the same reason:\n  Affine.backward sets db" in output
    assert "5 failed, 6 passed" in output


def test_a_mistake_is_named_while_the_rest_is_not_written_yet(knowing):
    """A learner writes one method after the other; seen in 08, with two of four optimizers written.

    What is not written yet was taken for failures that no mistake explains.
    """
    no_bias = ("np.dot(x, self.W) + self.b", "np.dot(x, self.W)")
    unwritten = ("dx = np.dot(dout, self.W.T)", "raise NotImplementedError('to be written')")
    knowing.solves("03_affine", no_bias, unwritten)
    output = knowing.runs("exercises/03_affine", "--hint", "--hint", code=1)
    assert "not started" in output
    assert re.search(r"^mistake   .*, in Affine\.forward$", output, re.MULTILINE)


def test_a_warning_of_numpy_is_told_once_and_names_no_spec(learner):
    """A division by zero, met by ten specs, filled the screen with their names: seen in 08."""
    zero = ("np.dot(x, self.W) + self.b", "np.dot(x, self.W) + self.b / np.zeros(1)")
    learner.solves("03_affine", zero)
    output = learner.runs("exercises/03_affine", code=1)
    _, _, warned = output.partition("warnings summary")
    assert warned.count("RuntimeWarning: divide by zero") == 1
    assert "::test_" not in warned


def test_of_two_mistakes_the_one_that_is_explained_is_told_first(knowing):
    """Whatever the order of the promises: wrong values say less about their cause."""
    wrong = ("np.dot(x, self.W) + self.b", "np.dot(x, self.W) + 1.37 * self.b")
    raises = ("np.sum(dout, axis=0)", "np.summ(dout, axis=0)")
    knowing.solves("03_affine", raises, wrong)
    output = knowing.runs("exercises/03_affine", "--hint", code=1)
    assert output.index("raised    AttributeError") < output.index("checked   forward")


def test_what_was_called_is_printed_to_paste(knowing):
    """Python that does the same, in the learner's own course, with what was expected."""
    knowing.solves("03_affine", DB_OVER_ALL_AXES)
    output = knowing.runs("exercises/03_affine", "--try", code=1)
    program = output[output.index("# The example of the docstring") : output.index("\n====", 1500)]
    done = knowing.process("-c", program, cwd=knowing.root.parent)
    assert done.out.split("\n")[:2] == ["1.0", "[1. 0.]"], done.err


def test_two_mistakes_are_each_named_at_the_spec_that_shows_it(knowing):
    """Each with a hint of its own."""
    bias = ("np.dot(x, self.W) + ", "np.dot(x, self.W) - ")
    knowing.solves("03_affine", DB_OVER_ALL_AXES, bias)
    names = ("--hint", "--hint", "-k", "db_sums or forward_is")
    output = knowing.runs("exercises/03_affine", *names, code=1)
    assert "mistake   db summed over all axes, in Affine.backward" in output
    assert "mistake   the bias is subtracted, in Affine.forward" in output


def test_a_mistake_of_no_known_kind_is_named_nothing(knowing):
    """What differs is reported as always, and no help is promised."""
    knowing.solves("03_affine", ("np.sum(dout, axis=0)", "dout * 3.7"))
    output = knowing.runs("exercises/03_affine", "--hint", "--hint", code=1)
    assert "differs   " in output
    assert "mistake   " not in output
    assert "hint      " not in output
    told = "points ☆. This is not a known mistake. exercises/03_affine/README.md may help."
    assert told in last_line(output).replace("★", "☆")
    output = knowing.runs("exercises/03_affine", code=1)
    assert last_line(output).endswith("Next: pytest exercises/03_affine")


def test_a_learner_who_has_no_solutions_is_helped_all_the_same(knowing):
    """By fingerprints: neither the reference nor the changes that make a mistake are needed."""
    knowing.solves("03_affine", DB_OVER_ALL_AXES)
    shutil.rmtree(knowing.root / "solutions")
    for catalogue in (knowing.root / "tests/mistakes").glob("*.toml"):
        catalogue.unlink()
    output = knowing.runs("exercises/03_affine", "--hint", "--hint", code=1)
    assert "mistake   db summed over all axes, in Affine.backward" in output


@pytest.mark.thorough
@pytest.mark.parametrize("content", [None, "{", "[1]", '[{"name": "db"}]'])
def test_without_fingerprints_nothing_is_named(knowing, content):
    """And nothing fails: what differs is reported as always, and what is wrong with the file."""
    knowing.solves("03_affine", DB_OVER_ALL_AXES)
    file = knowing.root / "tests/mistakes/03_affine.json"
    file.unlink() if content is None else file.write_text(content)
    output = knowing.runs("exercises/03_affine", "--hint", code=1)
    assert "INTERNALERROR" not in output
    assert "differs   shape () instead of (2,)" in output
    assert "hint      " not in output
    assert ("03_affine.json: expected what `grader fingerprint` writes" in output) == bool(content)


def spec(outcome):
    return SpecVerdict("test_x", "x holds", Tier.CORE, outcome, 1)


@pytest.mark.parametrize(
    ("attempts", "counts"),
    [
        ([("x", Outcome.FAILED), ("x", Outcome.PASSED)], Outcome.PASSED),
        ([("x", Outcome.PASSED), ("x", Outcome.FAILED)], Outcome.FAILED),
        ([("x[1-2]", Outcome.FAILED), ("x[2-2]", Outcome.PASSED)], Outcome.FAILED),
        ([("x[1-2]", Outcome.PASSED), ("x[2-2]", Outcome.PASSED)], Outcome.PASSED),
    ],
    ids=["rerun", "teardown", "repeated, once broken", "repeated"],
)
def test_a_promise_is_counted_once_however_often_it_is_run(attempts, counts):
    """The latest attempt counts, and of repetitions one that is broken.

    Seen: "4 of 22 core" with ``--reruns 2``, and "8 of 20 core" with ``--count 2``.
    """
    config = SimpleNamespace(getoption=lambda name: 0)
    summary, exercise = Summary(config), Exercise(Path("course"), "03_affine")
    for nodeid, outcome in attempts:
        summary.failures.setdefault(exercise, {})["test_x"] = ["raised", "E", ""]
        summary.keep(exercise, nodeid, spec(outcome))
    assert [one.outcome for one in summary.verdicts[exercise]] == [counts]
    assert bool(summary.failures[exercise]) is (counts is Outcome.FAILED)


def test_the_file_for_dashboards_says_what_each_promise_is_and_scores(knowing):
    """``--junitxml``: promise, outcome, points and hint as properties of each test case."""
    knowing.solves("03_affine", DB_OVER_ALL_AXES)
    knowing.runs("exercises/03_affine", "--junitxml=x.xml", code=1)
    tree = ElementTree.parse(knowing.root / "x.xml")
    cases = {case.get("name"): properties(case) for case in tree.iter("testcase")}
    broken = cases["test_Affine_db_sums_dout_over_the_samples"]
    assert broken.pop("promise") == "Affine.backward sets db: dout summed over the samples."
    assert broken.pop("hint").startswith("The bias was added to every sample.")
    assert broken == {
        "exercise": "03_affine",
        "tier": "core",
        "outcome": "FAILED",
        "points": "0",
        "max_points": "1",
    }
    assert sum(int(case["points"]) for case in cases.values()) == 5
    assert "hint" not in cases["test_Affine_dW_has_the_shape_of_W"]


def properties(case):
    return {one.get("name"): one.get("value") for one in case.iter("property")}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("arguments", "cwd", "command"),
    [
        (["exercises/03_affine"], "My Course (2026) [a]", "pytest exercises/03_affine --hint"),
        ([], "My Course (2026) [a]/exercises/03_affine", "pytest . --hint"),
        (["My Course (2026)/exercises/03_affine"], ".", None),
    ],
    ids=["in it", "in the exercise", "outside"],
)
def test_a_folder_may_have_spaces_and_brackets(knowing, arguments, cwd, command):
    """What is printed can be pasted. pytest itself takes a bracket in a path for a parameter."""
    for name in ("My Course (2026)", "My Course (2026) [a]"):
        copy = knowing.root / name
        shutil.copytree(knowing.root, copy, ignore=shutil.ignore_patterns("My Course*"))
    (name,) = {part for part in (*arguments, cwd) if part.startswith("My Course")}
    root = knowing.root / name.partition("/")[0]
    type(knowing)(root, knowing.process).solves("03_affine", DB_OVER_ALL_AXES)
    output = knowing.runs(*arguments, cwd=cwd, code=1)
    command = command or "pytest 'My Course (2026)/exercises/03_affine' --hint"
    assert last_line(output).endswith(f"Next: {command}")
