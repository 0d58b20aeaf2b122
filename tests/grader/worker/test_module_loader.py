"""Modules of a submission, loaded from memory."""

import sys
import traceback

import pytest
from submitted_code import no_callback, place, submission

from grader.worker.exception_report import describe, own_traceback
from grader.worker.loading.offer import Offer
from grader.worker.module_loader import importable
from grader.worker.workbench import Source, Workbench


def test_a_submissions_modules_can_be_imported_while_it_is_importable():
    """They need not lie on this disk, and may import each other."""
    sources = submission(affine="class Affine: size = 3", layers="from affine import Affine")
    with importable(sources):
        import layers

        assert layers.Affine.size == 3
        assert layers.__name__ == "layers"
        assert layers.__file__ == "/submission/layers.py"


@pytest.mark.parametrize("ends_well", [True, False])
def test_afterwards_everything_is_as_it_was(ends_well):
    """sys.modules, sys.meta_path and sys.path are restored, also after an exception."""
    before = dict(sys.modules), list(sys.meta_path), list(sys.path)
    try:
        with importable(submission(affine="a = 1", layers="import affine")):
            import layers

            assert layers.affine.a == 1
            if not ends_well:
                raise LookupError
    except LookupError:
        pass
    assert (dict(sys.modules), list(sys.meta_path), list(sys.path)) == before
    with pytest.raises(ModuleNotFoundError):
        import affine  # noqa: F401


def test_a_submission_comes_before_an_installed_module_of_the_same_name():
    """A package by the name of an exercise is hidden meanwhile, and then the same as before."""
    import colorsys

    with importable(submission(colorsys="mine = True")):
        assert vars(__import__("colorsys")).get("mine") is True
    assert sys.modules["colorsys"] is colorsys
    assert not hasattr(colorsys, "mine")


def test_two_submissions_do_not_see_each_other():
    """The same names mean other modules, and what one lacks is not found in the other's."""
    with importable(submission(affine="owner = 'ann'", layers="import affine")):
        import layers

        assert layers.affine.owner == "ann"
    with importable(submission(affine="owner = 'bob'", layers="import affine")):
        import layers

        assert layers.affine.owner == "bob"
    with (
        importable(submission(layers="import affine"), Offer({"affine": ()})),
        pytest.raises(ModuleNotFoundError),
    ):
        import layers


def test_a_module_that_failed_to_import_is_tried_again():
    """Each attempt says what is wrong; none leaves half a module behind."""
    with importable(submission(layers="x = 1\n1 / 0\n")):
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                import layers  # noqa: F401


def test_a_module_with_a_problem_says_so_when_it_is_imported():
    """What could not be read cannot be imported, for the reason that reading it gave."""
    sources = {"layers": Source("/submission/layers.py", "", "layers.py is not encoded in UTF-8")}
    with importable(sources), pytest.raises(SyntaxError, match="not encoded in UTF-8"):
        import layers  # noqa: F401


def notebook(*cells):
    """A submission of one notebook."""
    return {"layers": Source("/submission/layers.ipynb", "", "", cells)}


def load_notebook(*cells):
    """Its names, once its cells have run."""
    with importable(notebook(*cells)):
        import layers

        return vars(layers)


def missing_name_of(*cells):
    """What is told of a name that a notebook does not define."""
    sources = notebook(*cells)
    with importable(sources):
        bench = Workbench(sources)
        with pytest.raises(AttributeError) as caught:
            bench.perform({"do": "value", "target": place("Affine")}, no_callback)
    return str(caught.value).splitlines()


def test_the_cells_of_a_notebook_run_one_after_another():
    """Each sees the names of those before, and may give one of them another meaning."""
    names = load_notebook("a = 1", "def f(): return a + b", "b = 2\na = 10", "c = f()")
    assert (names["a"], names["c"]) == (10, 12)
    assert names["__name__"] == "layers"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("1 / 0", "line 1: ZeroDivisionError: division by zero"),
        ("x = 1\n\nprint(undefined)", "line 3: NameError: name 'undefined' is not defined"),
        ("x = 1\ny = (2\n", "line 2: SyntaxError: '(' was never closed"),
        ("def f():\nreturn 1", "line 2: IndentationError: expected an indented block"),
        ("import sys\nsys.exit(3)", "line 2: SystemExit: 3"),
        ("raise SystemExit", "line 1: SystemExit: "),
        ("import numpy.no_such", "line 1: ModuleNotFoundError: No module named 'numpy.no_such'"),
        ("a = 1\nb = '\0'", "SyntaxError: layers.ipynb cell 2 has NUL bytes in it"),
        ("x = " + "1+" * 100_000 + "1", "RecursionError: maximum recursion depth exceeded"),
        ("x = " + "-" * 100_000 + "1", "Error: "),
        ("x = " + "(" * 1000 + ")" * 1000, "SyntaxError: too many nested parentheses"),
        ("def g():\n    return g()\ng()", "line 2: RecursionError: maximum recursion depth"),
        ("raise NotImplementedError('your turn')", "line 1: NotImplementedError: your turn"),
        ("raise ValueError('x' * 10**6)", "line 1: ValueError: xxxxx"),
        ("class Odd(Exception):\n    __str__ = None\nraise Odd", "line 3: Odd: "),
        ("x = '\udc80'", "UnicodeEncodeError"),
    ],
    ids=[
        *("exception", "name", "syntax", "indentation", "exit", "empty exit", "import", "NUL"),
        *("long sum", "deep sign", "deep brackets", "recursion", "stub", "long", "odd", "half"),
    ],
)
def test_a_cell_that_fails_hides_neither_those_before_nor_those_after_it(cell, told):
    """A missing name is reported with the cells that failed, by number, line and reason."""
    cells = ("before = 1\nkept = []", cell, "kept.append(before)\nafter = 2")
    names = load_notebook(*cells)
    assert (names["before"], names["after"], names["kept"]) == (1, 2, [1])
    first, *others = missing_name_of(*cells)
    assert first == "layers.ipynb defines no Affine"
    assert len(others) == 1
    assert others[0].startswith("not run: layers.ipynb cell 2, line ")
    assert told in others[0]
    assert len(others[0]) < 300


def test_what_a_cell_has_defined_before_it_fails_remains():
    """As in the notebook itself."""
    assert load_notebook("a = 1\nb = 1 / 0\nc = 3", "d = a")["d"] == 1
    assert "c" not in load_notebook("a = 1\nb = 1 / 0\nc = 3")


def test_a_notebook_whose_every_cell_runs_tells_of_none():
    """There is nothing to add; an exception that a cell catches is no failure."""
    told = missing_name_of("Afine = 1", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass")
    assert told == ["layers.ipynb defines no Affine"]


def test_of_many_cells_that_fail_only_the_first_are_told():
    """The one that the others need is among them."""
    told = missing_name_of(*["undefined"] * 50)
    assert told[1].startswith("not run: layers.ipynb cell 1, line 1: NameError")
    assert 2 < len(told) < 10


def test_control_c_ends_a_notebook():
    """It is for the run, not for the cell; nothing half-imported is left."""
    with importable(notebook("a = 1", "raise KeyboardInterrupt", "b = 2")):
        with pytest.raises(KeyboardInterrupt):
            import layers  # noqa: F401
        assert "layers" not in sys.modules


def test_a_line_of_a_notebook_is_told_with_its_cell():
    """Lines are counted in each cell, and the line that ran is shown."""
    sources = notebook("def f():\n    return g()", "\n\ndef g():\n    return undefined")
    with importable(sources):
        import layers

        with pytest.raises(NameError) as caught:
            layers.f()
        report = describe(caught.value, sources)
    assert [(frame.file, frame.line, frame.code, frame.module) for frame in report.frames] == [
        ("layers.ipynb cell 1", 2, "return g()", "layers"),
        ("layers.ipynb cell 2", 4, "return undefined", "layers"),
    ]


def test_a_debugger_shows_the_lines_of_a_cell():
    """The traceback that it gets has them, though there is no such file."""
    sources = notebook("x = 1", "def f():\n    return undefined  # here")
    with importable(sources):
        import layers

        with pytest.raises(NameError) as caught:
            layers.f()
    steps = traceback.extract_tb(own_traceback(caught.value, sources))
    assert [(step.name, step.line) for step in steps] == [("f", "return undefined  # here")]


def test_a_cell_that_imports_what_cannot_be_imported_tells_its_own_line():
    """A line number of the other file would be misleading."""
    sources = {**notebook("x = 1\nimport affine", "y = 2"), **submission(affine="\n\n\n1 / 0\n")}
    with importable(sources):
        import layers

        assert layers.y == 2
        bench = Workbench(sources)
        with pytest.raises(AttributeError, match=r"cell 1, line 2: ZeroDivisionError"):
            bench.perform({"do": "value", "target": place("Affine")}, no_callback)


def test_a_notebook_with_a_problem_says_so():
    """What could not be read has no cells."""
    sources = {"layers": Source("/submission/layers.ipynb", "", "it is not a notebook")}
    with importable(sources), pytest.raises(SyntaxError, match="it is not a notebook"):
        import layers  # noqa: F401


# Files that were exported from notebooks


def exported(text):
    """A submission of one exported file."""
    return {"layers": Source("/submission/layers.py", text, exported=True)}


def test_a_statement_of_an_exported_file_that_fails_takes_nothing_away():
    """Neither what is defined above it nor what is below, as with cells; it is told."""
    sources = exported("a = 1\n1 / 0\nb = a + 1\nundefined\n")
    with importable(sources):
        import layers

        assert (layers.a, layers.b) == (1, 2)
        bench = Workbench(sources)
        with pytest.raises(AttributeError) as caught:
            bench.perform({"do": "value", "target": place("Affine")}, no_callback)
    assert str(caught.value).splitlines() == [
        "layers.py defines no Affine",
        "not run: layers.py, line 2: ZeroDivisionError: division by zero",
        "not run: layers.py, line 4: NameError: name 'undefined' is not defined",
    ]


def test_an_exported_file_has_the_lines_of_the_file():
    """In a traceback, as in an editor."""
    sources = exported("x = 1\n\ndef f():\n    return undefined\n")
    with importable(sources):
        import layers

        with pytest.raises(NameError) as caught:
            layers.f()
        report = describe(caught.value, sources)
    assert [(frame.file, frame.line, frame.code) for frame in report.frames] == [
        ("layers.py", 4, "return undefined")
    ]


def test_what_a_file_takes_from_the_future_holds_for_all_its_statements():
    """Each is compiled by itself."""
    with importable(exported("from __future__ import annotations\ndef f(x: no_such_name): ...\n")):
        import layers

        assert layers.f(1) is None


def test_a_syntax_error_in_an_exported_file_is_one_of_the_file():
    """As in any other file: nothing of it runs."""
    with importable(exported("a = 1\nb = （1)\n")), pytest.raises(SyntaxError, match="U\\+FF08"):
        import layers  # noqa: F401
