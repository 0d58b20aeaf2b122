"""Where a known mistake changes the reference solution, and what it changes there."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from grader.course.course import Exercise
from grader.course.modules import read_module
from grader.mistakes.catalogue import Mistake, make
from grader.mistakes.traces import Traces, traces_of


def place_of(mistake: Mistake, exercise: Exercise) -> str:
    """Return the place in the reference solution that a mistake changes.

    Parameters
    ----------
    mistake : Mistake
        Mistake in the catalogue of the exercise.
    exercise : Exercise
        Exercise of the reference solution.

    Returns
    -------
    str
        Name of the function or method, or else of the class or file.
    """
    return name_of_place(mistake, exercise) or exercise.filename


def name_of_place(mistake: Mistake, exercise: Exercise) -> str:
    """Return the same as `place_of`, but an empty text for a file."""
    return mistake.place or _name_of_change(mistake, exercise)


def traces_of_mistake(mistake: Mistake, exercise: Exercise) -> Traces:
    """Compare the reference solution with and without a mistake, where learners make it.

    If the reference has it elsewhere, nothing there can tell that a submission is right.
    """
    right, wrong = read_module(exercise.solution).text, make(mistake, exercise).text
    traces = traces_of(right, wrong, name_of_place(mistake, exercise))
    if traces.added or traces.removed:
        return traces
    return replace(traces_of(right, wrong, _name_of_change(mistake, exercise)), removed=())


def _name_of_change(mistake: Mistake, exercise: Exercise) -> str:
    """Return the name of the first public function or class that a mistake changes."""
    right = read_module(exercise.solution).text
    wrong = make(mistake, exercise).text
    pairs = enumerate(zip(right.splitlines(), wrong.splitlines(), strict=False), 1)
    line = next((number for number, (one, other) in pairs if one != other), 1)
    around = _around(_tree_of(right), line)
    # Private functions of the reference need not exist in a submission.
    public = (name for name in around if not name.startswith("_") or name.endswith("__"))
    return ".".join(public)


@lru_cache(2)  # one exercise at a time
def _tree_of(reference: str) -> ast.Module:
    return ast.parse(reference)


def _around(tree: ast.AST, line: int) -> Iterator[str]:
    """Yield the names of the class and the function that contain a line."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            assert node.end_lineno is not None
            if node.lineno <= line <= node.end_lineno:
                yield node.name
                if isinstance(node, ast.ClassDef):
                    yield from _around(node, line)
