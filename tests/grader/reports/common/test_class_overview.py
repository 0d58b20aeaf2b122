"""How a class did in each exercise: who handed in, what loaded, and code that is identical."""

from dataclasses import replace

from gradebooks import BAD, EMPTY, GOOD, OURS, marked, row, spec, unloaded

from grader.messages.explanation import explain
from grader.reports.common.class_overview import identical_code, overviews, unjudged
from grader.verdicts.verdict import Basis, Outcome
from grader.worker.source import Source


def based(row, basis):
    exercises = tuple(replace(one, basis=basis) for one in row.verdict.exercises)
    return replace(row, verdict=replace(row.verdict, exercises=exercises))


def test_each_step_of_an_exercise_is_counted():
    """Handed in, loaded, done: unreadable files are handed in, and files of others are not."""
    (found,) = overviews(
        [
            row("good", GOOD),
            row("bad", BAD),
            unloaded(row("torch", BAD)),
            based(row("pdf", EMPTY), Basis.UNREADABLE),
            based(row("readme", EMPTY), Basis.NOTHING),
            based(row("other", EMPTY), Basis.MISSING),
            row("absent", EMPTY, handed_in=""),
            row("stub", EMPTY),
        ]
    )
    assert (found.exercise, found.handed_in, found.loaded, found.done) == ("01_ex", 5, 3, 1)
    assert found.most == 4


def test_quartiles_are_of_the_points_that_were_judged():
    """Points by hand count; a fault of the grader, and what did not load, is no 0."""
    rows = [row("a", GOOD), row("b", BAD), row("c", OURS), unloaded(row("d", BAD))]
    assert overviews(rows)[0].quartiles == (2.5, 3, 3.5)
    rows = [*rows[1:], marked(row("e", BAD), 3), marked(row("f", BAD), 4)]
    assert overviews(rows)[0].quartiles == (2.5, 3, 3.5)
    assert overviews([row("a", GOOD)])[0].quartiles == (4, 4, 4)
    assert overviews([row("a", EMPTY, handed_in="")])[0].quartiles == ()
    assert overviews([]) == []


def test_what_was_not_judged_is_grouped_by_its_reason():
    """Ten imports of the same missing package are one sentence of the next lecture."""

    def failed(name, why):
        message = explain(("raised", why), ("at", f"ex.py:{len(name)}    import x"))
        return unloaded(row(name, (spec(Outcome.FAILED, message), spec(Outcome.FAILED, message))))

    torch = "ModuleNotFoundError: No module named 'torch'"
    rows = [
        failed("a", "SyntaxError: invalid syntax\n^"),
        failed("bb", torch),
        row("good", GOOD),
        failed("ccc", torch),
        based(row("dee", (spec(Outcome.NOT_STARTED, "it is a PDF"),)), Basis.UNREADABLE),
        based(failed("eve", "SyntaxError: it is a PDF"), Basis.UNREADABLE),
    ]
    assert [(one.reason, one.learners) for one in unjudged(rows)] == [
        (f"did not load: {torch}", (1, 3)),
        ("unreadable: it is a PDF", (4, 5)),
        ("did not load: SyntaxError: invalid syntax", (0,)),
    ]
    assert unjudged([row("stub", EMPTY), row("bad", BAD), row("a", EMPTY, handed_in="")]) == []


def code(**texts):
    return {name: {"ex": Source(f"{name}.py", text)} for name, text in texts.items()}


def test_code_is_identical_to_the_character():
    """Whatever the file is called; a space more is other code."""
    rows = [row(name, GOOD) for name in "abcde"]
    (found,) = identical_code(
        rows, code(a="x = 1\ny = 2\n", b="x = 1\ny = 2\n", c="x = 1 \ny = 2\n")
    )
    assert (found.exercise, found.lines, found.learners) == ("01_ex", 2, (0, 1))


def test_a_stub_that_nobody_has_written_in_is_no_group():
    """Nor are files that cannot be read, nor the members of a group with one submission."""
    rows = [row("a", EMPTY), row("b", EMPTY), row("c", GOOD), row("d", GOOD, handed_in="c")]
    sources = code(a="stub", b="stub", c="x")
    assert identical_code(rows, sources) == []
    unread = {name: {"ex": Source("ex.py", "", "cut short")} for name in "ab"}
    assert identical_code([row("a", BAD), row("b", BAD)], unread) == []


def test_a_notebook_is_compared_cell_by_cell():
    """A file is not a notebook of several cells with the same text."""
    rows = [row(name, GOOD) for name in "abc"]
    cells = {name: {"ex": Source(f"{name}.ipynb", "", cells=("x", "y"))} for name in "ab"}
    (found,) = identical_code(rows, {**cells, **code(c="xy")})
    assert (found.lines, found.learners) == (2, (0, 1))
