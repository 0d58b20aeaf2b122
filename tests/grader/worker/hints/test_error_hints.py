"""What an exception is most likely due to, in-process and judged alike."""

from pathlib import Path

import pytest

from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.submissions.submission import Submission
from grader.transport.in_process import InProcess
from grader.worker.module_loader import importable
from grader.worker.source import Source

COURSE = find_course(Path(__file__))
AFFINE = COURSE.named("affine")
REFERENCE = read_modules(COURSE.root / "solutions", COURSE)


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE, [AFFINE])


def told(judge, *changes):
    """What is said first of a wrong solution; that judge and pytest agree is part of the test."""
    text = REFERENCE["affine"].text
    for right, wrong in changes:
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    sources = {**REFERENCE, "affine": Source("/submission/affine.py", text)}
    judged = judge.judge(Submission("ann", sources, (AFFINE,))).exercises[0]
    with importable(sources):
        own = judge.judge_exercise(AFFINE, InProcess(sources))
    assert [str(spec.message) for spec in judged.specs] == [str(spec.message) for spec in own.specs]
    return next(str(spec.message) for spec in judged.specs if not spec.passed)


FORWARD = "np.dot(x, self.W) + self.b"


def test_an_attribute_of_the_class_is_missed_without_self_too(judge):
    """As `epsilon` in 09, which the class has and not the object: seen of a new learner."""
    scaled = (
        ("class Affine:\n", "class Affine:\n    scale = 1.0\n\n"),
        (FORWARD, f"{FORWARD} * scale"),
    )
    assert told(judge, *scaled).splitlines()[-1] == "perhaps   did you mean self.scale?"


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        (FORWARD, "np.dot(x, W) + self.b", "perhaps   did you mean self.W?"),
        (FORWARD, "np.dot(X, self.W) + self.b", "perhaps   did you mean x?"),
        (FORWARD, "nq.dot(x, self.W)", ""),
        (FORWARD, "np.dott(x, self.W) + self.b", "perhaps   did you mean dot?"),
        (FORWARD, "np.dot(x, self.w) + self.b", "perhaps   did you mean W?"),
        (FORWARD, "x.nowhere()", ""),
        (FORWARD, "np.dot(x, self.W) + bais", ""),
        (FORWARD, "np.dot(x, ___) + self.b", "perhaps   a blank ___ is still to be filled in"),
        (FORWARD, "pritn(x)", "perhaps   did you mean print?"),
        ("import numpy as np", "", "perhaps   is `import numpy as np` missing at the top?"),
        (
            "def forward(self, x: np.ndarray)",
            "def forward(self)",
            "perhaps   it is written as `def forward(self)`, and called with 1 value",
        ),
        (
            "def forward(self, x: np.ndarray)",
            "def forward(x: np.ndarray)",
            "perhaps   is `self` missing in `def forward(x)`?",
        ),
        (
            "def __init__(self",
            "def __init_(self",
            "perhaps   the constructor is called __init__; the class has __init_",
        ),
        (
            "def __init__(self",
            "def __int__(self",
            "perhaps   the constructor is called __init__; the class has __int__",
        ),
        ("def forward(", "def foward(", "Affine has no forward; it has foward: is that the one?"),
        ("class Affine", "class affine", "affine.py defines no Affine; it defines affine"),
        ("self.db = np", "self.d_b = np", "it is still None; d_b was set: is that the one?"),
        ("self.db = np", "db = np", "it is still None: nothing was assigned to it"),
        (f"return {FORWARD}", FORWARD, "nothing was returned: is a `return` missing?"),
    ],
)
def test_a_slip_is_told_by_name(judge, right, wrong, expected):
    """Before anything is said of numbers; where nothing is near, nothing is guessed."""
    message = " ".join(told(judge, (right, wrong)).split())
    assert " ".join(expected.split()) in message
    assert ("perhaps" in message) == expected.startswith("perhaps")


def test_a_syntax_error_points_into_its_line(judge):
    """With a caret below the place."""
    *_, code, caret = told(judge, ("np.dot(x, self.W)", "np.dot(x, self.W")).splitlines()
    assert code.startswith("at        affine.py:")
    assert code[caret.index("^")] == "("


def test_what_is_looked_at_may_fail(judge):
    """The learner's objects may raise or hang when they are inspected."""
    shy = "class Shy:\n    @property\n    def __dict__(self): raise SystemExit\n\n\nclass Affine"
    message = told(judge, ("class Affine", shy), (FORWARD, "nowhere(Shy())"))
    assert "name 'nowhere' is not defined" in message


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            [("self.x = x\n", "Affine.kept = x\n"), ("np.dot(self.x.T", "np.dot(Affine.kept.T")],
            "perhaps kept lies in the class Affine: all its objects share it",
        ),
        (
            [
                ("self.x = x\n", "globals().update(kept=x)\n"),
                ("np.dot(self.x.T", "np.dot(kept.T"),
            ],
            "perhaps kept is a global of affine.py: all objects share it",
        ),
    ],
    ids=["class", "global"],
)
def test_state_that_objects_share_is_told_by_name(judge, changes, expected):
    """Where two layers are used in turn, and nowhere else."""
    assert expected in " ".join(told(judge, *changes).split())
