"""Why a spec failed: which outcome each exception means, and what a learner reads."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.course import Course, Exercise
from grader.messages.language import speaking, tell
from grader.messages.message import phrase
from grader.mistakes.diagnosis import MAX_MISTAKES, diagnose, hints_of
from grader.mistakes.known_failures import KnownMistake
from grader.specs.assertions import Mismatch
from grader.transport.in_process import InProcess
from grader.transport.student import Crashed, Student, StudentError, TimedOut
from grader.transport.worker_process import WorkerFailed
from grader.verdicts.verdict import Outcome
from grader.worker.exception_report import ExceptionReport, TracebackLine
from grader.worker.module_loader import importable
from grader.worker.source import Source
from grader.worker.wire import WireError


@pytest.fixture
def course(tmp_path):
    """A course of two exercises, of which the second builds on the first."""
    return Course(tmp_path, (Exercise(tmp_path, "01_affine"), Exercise(tmp_path, "02_net")))


@pytest.fixture
def find(course):
    """What is found out about an exception in the spec of the second exercise."""
    return lambda error: diagnose(error, course.named("net"), course)


@pytest.fixture
def find_in(find):
    """What is found out when the spec calls `f` of a module net, beside an affine."""

    def find_in(net, affine=None):
        sources = {}
        if isinstance(net, str):
            net = Source("/submission/02_net/net.py", net)
        if isinstance(affine, str):
            affine = Source("/submission/01_affine/affine.py", affine)
        sources = {k: v for k, v in {"net": net, "affine": affine}.items() if v is not None}
        with importable(sources):
            student = Student(InProcess(sources), "net", 0)
            with pytest.raises(StudentError) as caught:
                student.f()
        return find(caught.value)

    return find_in


# FAILED


def test_a_mismatch_is_a_failure_with_its_message(find):
    """What was returned, what was expected, in what they differ."""
    error = Mismatch("db", 1.0, 2.0, "1.0 instead of 2.0")
    finding = find(error)
    assert finding.outcome is Outcome.FAILED
    assert str(finding.message) == str(error)


@pytest.mark.parametrize(
    ("what", "path", "told"),
    [
        (phrase("db, after {n} steps", n=3), (), "3步之后的db"),
        ("db", (0, "W"), "偏置[0]['W']"),
        ("dx", (), "dx"),
        (phrase("{names} of it", names="(dx, db)"), (1,), "它的db"),
        ("(dx, db)", (1, 2), "偏置[2]"),
        ("(dx, db)", (2,), "(dx, db)[2]"),
    ],
)
def test_what_a_spec_compares_is_named_in_the_learners_language(course, find, what, path, told):
    """With its place in a container; mistakes are recognised by the English name."""
    catalogue = course.named("net").spec.parent / "zh-CN.toml"
    catalogue.parent.mkdir(parents=True)
    words = '"db" = "偏置"\n"db, after {n} steps" = "{n}步之后的db"\n"wrong" = "不对"\n'
    catalogue.write_text(words + '"{names} of it" = "它的{names}"\n', "utf-8")
    error = Mismatch(what, 1.0, 2.0, "wrong", path)
    found = find(error).message
    assert str(found) == str(error)
    with speaking("zh-CN"):
        lines = tell(found, course.root).splitlines()
    assert (lines[0], lines[-1]) == (f"检查对象  {told}", "差异      不对")


def test_an_assertion_of_the_spec_is_a_failure_with_its_message(find):
    """Without what pytest adds: reports never show the spec's source."""
    finding = find(AssertionError("the loss does not fall\nassert 2.3 < 2.2\n +  where 2.3 = f()"))
    assert finding.outcome is Outcome.FAILED
    assert str(finding.message) == "the loss does not fall"


def test_an_assertion_without_a_message_does_not_show_the_spec(find):
    """Nor where pytest has added to nothing."""
    finding = find(AssertionError("assert 2.3 < 2.2\n +  where 2.3 = secret(7)"))
    assert finding.outcome is Outcome.FAILED
    assert "secret" not in str(finding.message)


def test_an_exception_in_the_learners_code_is_a_failure_with_its_lines(find_in):
    """What was raised, and where, deepest last."""
    finding = find_in("def f():\n    return g()\ndef g():\n    return undefined\n")
    assert finding.outcome is Outcome.FAILED
    lines = str(finding.message).splitlines()
    assert lines[0].endswith("NameError: name 'undefined' is not defined")
    assert "net.py:2" in lines[1]
    assert "net.py:4" in lines[2]
    assert lines[2].endswith("return undefined")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def g(): pass", "net.py defines no f"),
        ("import numpy.no_such", "No module named 'numpy.no_such'"),
        ("def f(): import sys; sys.exit(0)", "sys.exit()"),
        ("import sys; sys.exit(0)", "sys.exit()"),
        ("def f(): assert 1 == 2, 'theirs'", "AssertionError: theirs"),
        ("def f(:\n", "net.py:1"),
        ("def f():\nreturn 1\n", "IndentationError"),
        ("def f(): raise ValueError", "ValueError"),
        ("def f(): raise ValueError('one\\ntwo')", "two"),
        ("def f(): return f()", "RecursionError"),
        ("def f(x): return x", "argument"),
    ],
)
def test_what_is_wrong_in_the_learners_code_is_a_failure(find_in, text, told):
    """Whatever it is, it is reported as the learner's."""
    finding = find_in(text)
    assert finding.outcome is Outcome.FAILED
    assert told in str(finding.message)


def test_only_the_last_of_many_lines_are_told(find_in):
    """An endless recursion does not fill the screen."""
    assert len(str(find_in("def f(): return f()").message).splitlines()) < 10


def test_an_exception_in_a_function_of_an_earlier_exercise_is_a_failure(find_in):
    """It imports, so it is there; what is wrong is reported with its line."""
    finding = find_in("import affine\ndef f(): affine.g()", "def g(): 1 / 0")
    assert finding.outcome is Outcome.FAILED
    assert "affine.py:1" in str(finding.message)


def test_a_notebook_is_told_with_its_cells(find_in):
    """What was raised in one, and what is missing since one did not run."""
    cells = ("x = 1", "def f():\n    return undefined")
    finding = find_in(Source("/submission/02_net/net.ipynb", "", "", cells))
    assert finding.outcome is Outcome.FAILED
    assert "net.ipynb cell 2:2" in str(finding.message)
    finding = find_in(Source("/submission/02_net/net.ipynb", "", "", ("1 / 0\ndef f(): pass",)))
    assert finding.outcome is Outcome.FAILED
    assert "net.ipynb cell 1, line 1: ZeroDivisionError" in str(finding.message)


def test_a_file_by_another_name_belongs_to_its_module(find_in):
    """Whatever it is called, a fault in the earlier exercise's own file is that exercise's."""
    affine = Source("/submission/my layers.ipynb", "", "", ("def g(): raise NotImplementedError",))
    finding = find_in("import affine\ndef f(): affine.g()", affine)
    assert finding.outcome is Outcome.BLOCKED
    assert "01_affine" in str(finding.message)


def test_an_undecodable_file_is_a_failure_with_its_problem(find_in):
    """It was handed in, and says what to do."""
    problem = "net.py is not encoded in UTF-8. Save it as UTF-8."
    finding = find_in(Source("/submission/02_net/net.py", "", problem))
    assert finding.outcome is Outcome.FAILED
    assert problem in str(finding.message)


def test_an_exercise_that_imports_from_itself_is_a_failure(find_in):
    """A circular import is a failure: no earlier exercise blocks it."""
    finding = find_in("from net import g\ndef f(): return 1\ndef g(): return 2\n")
    assert finding.outcome is Outcome.FAILED
    assert "net.py:1" in str(finding.message)


# NOT_STARTED


def test_an_exercise_that_was_not_handed_in_is_not_started(find_in):
    """The file is named."""
    finding = find_in(None)
    assert finding.outcome is Outcome.NOT_STARTED
    assert "net.py" in str(finding.message)


@pytest.mark.parametrize(
    "text",
    [
        "def f(): raise NotImplementedError('your turn: f')",
        "def f(): return g()\ndef g(): raise NotImplementedError('your turn: f')",
    ],
)
def test_a_stub_as_it_was_is_not_started(find_in, text):
    """What it says is all that there is to say."""
    finding = find_in(text)
    assert finding.outcome is Outcome.NOT_STARTED
    assert str(finding.message) == "your turn: f"


# BLOCKED

USES = "from affine import Affine\ndef f(): return Affine().forward()\n"


@pytest.mark.parametrize(
    "affine",
    [
        None,
        "class Other: pass",
        "class Affine:\n    def forward(self): raise NotImplementedError('your turn')",
        "class Affine(:\n",
        "class Affine:\npass\n",
        "if True:\n        x = 1\n\tclass Affine: pass\n",
        Source("/submission/01_affine/affine.py", "", "affine.py is not encoded in UTF-8"),
        "\0",
        "undefined",
        "1 / 0",
        "import sys; sys.exit(0)",
        "import no_such_module",
        "raise NotImplementedError('your turn')",
    ],
    ids=[
        *("missing", "incomplete", "stub", "syntax", "indentation", "tabs", "encoding", "NUL"),
        *("NameError", "ZeroDivisionError", "sys.exit", "import", "stub at import"),
    ],
)
def test_what_an_earlier_exercise_lacks_blocks(find_in, affine):
    """Missing, not written yet, or not to be imported: it is named, and this one not blamed."""
    finding = find_in(USES, affine)
    assert finding.outcome is Outcome.BLOCKED
    assert "01_affine" in str(finding.message)


@pytest.mark.parametrize("kind", ["NotImplementedError", "ValueError", "ModuleNotFoundError"])
@pytest.mark.parametrize("importing", [False, True])
def test_only_what_an_exercise_builds_on_blocks_it(tmp_path, kind, importing):
    """A report that names another exercise may be forged: it excuses nothing."""
    course = Course(tmp_path, tuple(Exercise(tmp_path, name) for name in ("01_a", "02_b", "03_c")))
    for exercise in course.exercises:
        exercise.solution.parent.mkdir(parents=True)
        exercise.solution.write_text("from b import B\n" if exercise.module == "c" else "")
    frames = (TracebackLine("x.py", 1, "x", "a"),)
    report = ExceptionReport(kind, "", frames, imported="a", importing=importing)
    assert diagnose(StudentError(report), course.named("c"), course).outcome is Outcome.FAILED
    frames = (TracebackLine("x.py", 1, "x", "b"),)
    blocking = ExceptionReport("NotImplementedError", "", frames, imported="b", importing=importing)
    assert diagnose(StudentError(blocking), course.named("c"), course).outcome is Outcome.BLOCKED


# TIMED_OUT, CRASHED, GRADER_ERROR


def test_a_time_out_is_told_with_its_limit(find):
    """Which of them it was."""
    finding = find(TimedOut("at the limit of 2 s for one call"))
    assert finding.outcome is Outcome.TIMED_OUT
    assert "2 s for one call" in str(finding.message)


def test_a_crash_is_told_with_how_it_ended(find):
    """The crash is of the learner's own process."""
    finding = find(Crashed("the process ended by signal 9"))
    assert finding.outcome is Outcome.CRASHED
    assert "signal 9" in str(finding.message)


@pytest.mark.parametrize(
    "error",
    [
        TypeError("a bug"),
        WorkerFailed("no sandbox"),
        WireError("too large"),
        FileNotFoundError("gone"),
        KeyboardInterrupt(),
        SystemExit(0),
    ],
    ids=repr,
)
def test_everything_else_is_our_fault(find, error):
    """It is reported with its type, for us to find."""
    finding = find(error)
    assert finding.outcome is Outcome.GRADER_ERROR
    assert type(error).__name__ in str(finding.message)


def test_a_failure_without_lines_of_hers_is_told_all_the_same(find):
    """Such as a call that does not reach the learner's code."""
    report = ExceptionReport("TypeError", "f() takes 0 arguments", ())
    finding = find(StudentError(report))
    assert finding.outcome is Outcome.FAILED
    assert "f() takes 0 arguments" in str(finding.message)


def test_a_learners_exception_named_like_ours_is_still_the_learners(find):
    """Names are reported, not trusted."""
    report = ExceptionReport("Mismatch", "forged", (TracebackLine("net.py", 1, "raise"),))
    assert find(StudentError(report)).outcome is Outcome.FAILED


# Known mistakes

EXERCISE = Exercise(Path("course"), "01_mul")


def known(number):
    """So many mistakes, each with a name, a title, a hint and a place."""
    return [
        KnownMistake(f"half_{i}", f"halved {i} times", "Look twice.", f"Mul.f{i}", {}.get)
        for i in range(number)
    ]


def test_a_known_mistake_gives_two_steps_of_help():
    """First what points at the idea, then what it is and where; its name is the instructor's."""
    hints, mistake = hints_of(known(1), EXERCISE)
    assert tuple(map(str, hints)) == ("Look twice.", "halved 0 times, in Mul.f0")
    assert mistake == "half_0"


def test_a_mistake_whose_place_is_unknown_is_told_without():
    """Alone, and beside one whose place is known."""
    one, other = known(2)
    hints, _ = hints_of([replace(one, place="")], EXERCISE)
    assert str(hints[-1]) == "halved 0 times"
    hints, _ = hints_of([replace(one, place=""), other], EXERCISE)
    assert str(hints[-1]) == "halved 0 times or: halved 1 times, in Mul.f1"


def test_mistakes_that_behave_alike_are_told_together():
    """All names and titles, and one hint."""
    hints, mistake = hints_of(known(MAX_MISTAKES), EXERCISE)
    assert mistake == ", ".join(one.name for one in known(MAX_MISTAKES))
    assert str(hints[0]) == "Look twice."
    assert str(hints[1]).startswith("halved 0 times, in Mul.f0 or: halved 1 times, in Mul.f1")


@pytest.mark.parametrize("number", [0, MAX_MISTAKES + 1])
def test_no_mistake_or_too_many_say_nothing(number):
    """Nothing is guessed."""
    assert hints_of(known(number), EXERCISE) == ((), None)
