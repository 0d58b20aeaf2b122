"""What is told of an exception."""

import traceback

import pytest
from submitted_code import failure, report_of, submission

from grader.worker.exception_report import MAX_FRAMES, MAX_MESSAGE, describe, own_traceback
from grader.worker.loading.offer import Offer
from grader.worker.module_loader import importable
from grader.worker.workbench import Source


def test_an_exception_is_told_with_the_lines_that_led_to_it():
    """Type, text, and the learner's own lines, outermost first."""
    report = report_of("def f():\n    return g()\n\ndef g():\n    return undefined\n")
    assert report.type == "NameError"
    assert str(report.message) == "name 'undefined' is not defined"
    assert [(frame.file, frame.line, frame.code, frame.module) for frame in report.frames] == [
        ("layers.py", 2, "return g()", "layers"),
        ("layers.py", 5, "return undefined", "layers"),
    ]
    assert report.imported is None


def test_only_the_learners_own_lines_are_reported():
    """Neither ours nor the library's in between or at the end."""
    report = report_of("import numpy as np\ndef f():\n    return np.reshape(np.ones(3), (2, 2))\n")
    assert report.type == "ValueError"
    assert [(frame.file, frame.line) for frame in report.frames] == [("layers.py", 3)]


@pytest.mark.parametrize("separator", ["\f", "\v", "\x1c", "\x85", "\u2028"])
def test_the_right_line_is_told_after_characters_that_only_look_like_line_ends(separator):
    """Python counts lines by newlines alone."""
    report = report_of(f"# page one{separator}page two\ndef f():\n    return undefined\n")
    assert (report.frames[-1].line, report.frames[-1].code) == (3, "return undefined")


def test_the_lines_that_are_told_are_those_that_ran():
    """Not those of an earlier submission whose file has the same name."""
    assert report_of("def f(): return first").frames[-1].code == "def f(): return first"
    assert report_of("def f(): return second").frames[-1].code == "def f(): return second"


def test_a_syntax_error_is_told_with_its_line():
    """Although that line never ran."""
    report = report_of("x = 1\ny = (2\nz = 3\n")
    assert report.type == "SyntaxError"
    assert str(report.message) == "'(' was never closed"
    assert (report.frames[-1].file, report.frames[-1].line) == ("layers.py", 2)
    assert report.frames[-1].code == "y = (2"


def test_nul_bytes_are_told_with_their_file():
    """Whatever Python says of them, the learner learns which file it is."""
    report = report_of("x = 1\n\0\0\n")
    told = str(report.message) + "".join(frame.file for frame in report.frames)
    assert "layers.py" in told


def test_an_unreadable_file_is_told_with_its_name():
    """The frames name the module that has the problem, not only the one that imports it."""
    sources = submission(layers="import affine")
    sources["affine"] = Source("/submission/affine.py", "", "it is not encoded in UTF-8")
    with importable(sources):
        with pytest.raises(SyntaxError) as caught:
            import layers  # noqa: F401
        report = describe(caught.value, sources)
    assert str(report.message) == "it is not encoded in UTF-8"
    assert report.frames[-1].file == "affine.py"


def test_a_key_error_is_told_without_its_quotes():
    """`str` of a KeyError is a repr, which would show a sentence in quotes."""
    assert str(report_of("def f(): raise KeyError('there is no W')").message) == "there is no W"


@pytest.mark.parametrize(
    "text", ["import affine", "def f():\n    import affine", "from affine import Affine"]
)
def test_a_failed_import_is_told_with_the_module_it_is_about(text):
    """Diagnosis tells a missing exercise by it."""
    sources = submission(layers=f"{text}\nf()")
    with importable(sources, Offer({"affine": ("Affine",)})), pytest.raises(ImportError) as caught:
        import layers  # noqa: F401
    report = describe(caught.value, sources)
    assert (report.type, report.imported) == ("ModuleNotFoundError", "affine")


def test_a_name_that_an_earlier_exercise_lacks_is_told_with_that_exercise():
    """The module is there, what was wanted of it is not."""
    sources = submission(affine="", layers="from affine import Affine")
    with importable(sources):
        with pytest.raises(ImportError) as caught:
            import layers  # noqa: F401
        report = describe(caught.value, sources)
    assert (report.type, report.imported) == ("ImportError", "affine")
    assert "Affine" in str(report.message)


def test_an_endless_recursion_is_told_in_short():
    """The deepest frames, not thousands."""
    report = report_of("def f():\n    return f()\n")
    assert report.type == "RecursionError"
    assert len(report.frames) == MAX_FRAMES


def test_a_long_message_is_cut():
    """Nobody fills the gradebook with the text of an exception."""
    assert len(str(report_of("def f(): raise ValueError('x' * 10**6)").message)) == MAX_MESSAGE
    assert len(str(report_of("def f(): raise KeyError('x' * 10**6)").message)) == MAX_MESSAGE


@pytest.mark.parametrize(
    "statement",
    [
        "raise SyntaxError",
        "raise SyntaxError(None)",
        "raise SyntaxError(3)",
        "raise KeyError",
        "raise KeyError(Odd())",
        "raise ValueError(Odd())",
        "raise ImportError",
        "raise ImportError('x', name=Odd())",
        "raise StopIteration",
        "raise SystemExit(Odd())",
        "raise Broken",
        "raise ExceptionGroup('several', [ValueError('one')])",
        "raise UnicodeDecodeError('utf-8', b'x', 0, 1, 'no')",
        "raise OSError(2, 'missing', 'a')",
    ],
)
def test_every_exception_can_be_told_of(statement):
    """Telling of an exception never raises another, and always gives what may cross."""
    text = (
        "class Odd:\n    def __str__(self): raise RuntimeError\n    __repr__ = __str__\n"
        "class Broken(Exception):\n    def __str__(self): return 3\n"
        f"def f():\n    {statement}\n"
    )
    report = report_of(text)
    assert (report.frames[-1].file, report.frames[-1].code) == ("layers.py", statement)
    assert isinstance(report.message, str)
    assert isinstance(report.imported, str | None)


def test_the_learners_part_of_a_traceback_begins_and_ends_with_their_lines():
    """A debugger opens at the learner's deepest frame; library frames below it are removed."""
    error, sources = failure(
        "import functools\n"
        "def f():\n    return functools.reduce(lambda a, b: g(a), [1, 2])\n"
        "def g(a):\n    import json\n    return json.loads('nonsense')\n"
    )
    steps = traceback.extract_tb(own_traceback(error, sources))
    assert [step.name for step in steps] == ["f", "<lambda>", "g"]


def test_without_the_learners_part_there_is_no_traceback():
    """An exception without any line of the learner's code."""
    error, _ = failure("def f(): return undefined")
    assert own_traceback(error, submission(other="")) is None
