"""Endless loops in a learner's own pytest."""

import re

import pytest
from pytest_learner import AFFINE, SHORT_WAIT, assert_hides_the_spec, last_line


@pytest.mark.parametrize("text", [None, "while True:\n    pass\n"], ids=["in a call", "at import"])
def test_an_endless_loop_ends_with_the_promise_that_was_checked(learner, text):
    """After the wait the learner reads what was being checked and where; it is not waited often."""
    learner.writes("conftest.py", SHORT_WAIT)
    learner.solves("03_affine", ("return np.dot(x, self.W) + self.b", "while True: pass"))
    if text is not None:
        learner.writes(AFFINE, text)
    output = learner.runs("exercises/03_affine", code=1)
    promise = "Affine.forward returns x @ W + b, the bias added to every row."
    told = "stopped   after 0.5 s: is there a loop that never ends?\nat        affine.py:"
    assert re.search(f"_ {re.escape(promise)} _+\n{re.escape(told)}", output)
    assert output.count("stopped   after") <= 2
    assert "03_affine: 0 of 10 core" in last_line(output)
    assert_hides_the_spec(output, learner, "03_affine")


def test_an_endless_loop_is_told_with_its_likely_cause(learner):
    """A method that is not called fails nowhere."""
    learner.writes("conftest.py", SHORT_WAIT)
    loop = "it = np.nditer(x)\n        while not it.finished: it.iternext"
    learner.solves("03_affine", ("return np.dot(x, self.W) + self.b", loop))
    output = learner.runs("exercises/03_affine", code=1)
    told = r"affine\.py:\d+\nperhaps   affine\.py:\d+: `it\.iternext` is not called: write"
    assert re.search(told, output)


def test_a_function_that_takes_the_slow_way_is_not_asked_for_a_loop(learner):
    """It says what takes so long, and does not name the command that was just run."""
    learner.writes("conftest.py", SHORT_WAIT)
    learner.solves(
        "03_affine",
        ("import numpy as np\n", "import numpy as np\n\nnumerical_gradient = divmod\n"),
        (
            "return np.dot(x, self.W) + self.b",
            "for _ in range(10**9):\n            numerical_gradient(1, 1)\n        return x",
        ),
    )
    output = learner.runs("exercises/03_affine", "--hint", code=1)
    assert "stopped   after 0.5 s\nperhaps   forward calls numerical_gradient (affine.py:" in output
    assert "never ends" not in output
    assert "That was the last hint." in last_line(output)


def test_an_endless_loop_is_told_where_only_a_thread_can_end_it(learner):
    """As on Windows: the run ends with exit code 1, the promise and the learner's line."""
    learner.writes("conftest.py", SHORT_WAIT)
    learner.solves("03_affine", ("return np.dot(x, self.W) + self.b", "while True: pass"))
    output = learner.runs("exercises/03_affine", "-o", "timeout_method=thread", code=1)
    assert "Affine.forward returns x @ W + b, the bias added to every row." in output
    assert "is there a loop that never ends?" in output
    assert "at        affine.py:" in output
    assert_hides_the_spec(output, learner, "03_affine")
