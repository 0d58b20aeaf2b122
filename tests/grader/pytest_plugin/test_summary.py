"""What a learner reads last."""

import re
import shutil

import pytest
from pytest_learner import AFFINE, DB_OVER_ALL_AXES, assert_hides_the_spec, last_line


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
    assert [line.split(":")[0] for line in output.rstrip().splitlines()[-7:]] == names
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
    """First what differs, then the hint, then the mistake; the last line says how to go on."""
    knowing.solves("03_affine", DB_OVER_ALL_AXES)
    for steps, hint, mistake, again in ((0, 0, 0, 1), (1, 1, 0, 2), (2, 1, 1, 2)):
        output = knowing.runs("exercises/03_affine", *["--hint"] * steps, code=1)
        assert "differs   shape () instead of (4,)" in output
        assert output.count("\nhint      The bias was added to every sample.") == hint
        assert output.count("\nmistake   db summed over all axes, in Affine.backward") == mistake
        assert last_line(output).endswith("Next: pytest exercises/03_affine" + " --hint" * again)
        assert "affine_db_over_all_axes" not in output
        assert_hides_the_spec(output, knowing, "03_affine")


def test_a_hint_that_was_given_is_not_given_again(knowing):
    """One mistake breaks six promises: the others say that it is the one above."""
    knowing.solves("03_affine", DB_OVER_ALL_AXES)
    output = knowing.runs("exercises/03_affine", "--hint", code=1)
    assert output.count("hint      as above") == output.count("differs   ") - 1 > 3


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


@pytest.mark.parametrize("content", [None, "{", "[1]", '[{"name": "db"}]'])
def test_without_fingerprints_nothing_is_named(knowing, content):
    """And nothing fails: what differs is reported as always, and what is wrong with the file."""
    knowing.solves("03_affine", DB_OVER_ALL_AXES)
    file = knowing.root / "tests/mistakes/03_affine.json"
    file.unlink() if content is None else file.write_text(content)
    output = knowing.runs("exercises/03_affine", "--hint", code=1)
    assert "INTERNALERROR" not in output
    assert "differs   shape () instead of (4,)" in output
    assert "hint      " not in output
    assert ("03_affine.json: expected what `grader fingerprint` writes" in output) == bool(content)
