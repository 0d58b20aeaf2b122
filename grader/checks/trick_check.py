"""Trick solutions, which look right without doing what is asked, and what they may score."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.course.course import Exercise
from grader.course.modules import read_module
from grader.errors import CourseError
from grader.verdicts.verdict import ExerciseVerdict
from grader.worker.source import Source


@dataclass(frozen=True)
class Trick:
    """A trick solution of an exercise.

    Attributes
    ----------
    name : str
        Name of its file, without the suffix.
    source : Source
        The module that is handed in.
    points : int
        The most that it may score: what it does honestly.
    breaks : tuple of str
        Names of specs that must not pass.
    """

    name: str
    source: Source
    points: int
    breaks: tuple[str, ...]


def read_tricks(exercise: Exercise) -> tuple[Trick, ...]:
    """Read the trick solutions of an exercise, from ``tests/tricks/NN_name/*.py``.

    The docstring of each file says what it fakes, and may have these lines::

        points: 3           the most that it may score; 0 if not given
        breaks: test_a      specs that must not pass, separated by spaces
        extends: solution   the file is appended to the reference solution

    Returns
    -------
    tuple of Trick
        In the order of their names; empty if there is no folder.

    Raises
    ------
    CourseError
        If a file has no docstring, or points that are not a number.
    """
    files = sorted(exercise.tricks.glob("*.py"))
    return tuple(_read(exercise, path.stem, read_module(path)) for path in files)


def _read(exercise: Exercise, name: str, source: Source) -> Trick:
    try:
        header = ast.get_docstring(ast.parse(source.text)) or ""
    except SyntaxError as error:
        raise CourseError(f"trick {name}: {error}") from None
    fields = dict(re.findall(r"^(points|breaks|extends): (.+)$", header, re.MULTILINE))
    points = fields.get("points", "0")
    if not header or not points.isdecimal():
        raise CourseError(f"trick {name}: expected a docstring, with points that are a number")
    if fields.get("extends") == "solution":
        solution = read_module(exercise.solution)
        source = replace(solution, text=f"{solution.text}\n\n{source.text}")
    return Trick(name, source, int(points), tuple(fields.get("breaks", "").split()))


def tell_kept(trick: Trick, verdict: ExerciseVerdict) -> Iterator[str]:
    """Yield the problems with how the specs treat a trick.

    Parameters
    ----------
    trick : Trick
        The trick that was judged.
    verdict : ExerciseVerdict
        The verdict on it.

    Yields
    ------
    str
        One sentence for each problem.
    """
    if verdict.has_grader_error:
        yield "a spec fails itself"
    if verdict.points > trick.points:
        kept = ", ".join(spec.name for spec in verdict.specs if spec.passed and spec.points)
        yield f"it scores {verdict.points} points, and may score {trick.points}: {kept}"
    passed = {spec.name: spec.passed for spec in verdict.specs}
    for name in trick.breaks:
        if passed.get(name, True):
            yield f"it must break {name}, " + ("which passes" if name in passed else "which is not")
