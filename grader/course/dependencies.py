"""What an exercise builds on: the earlier exercises that it imports, directly or through others.

What a course builds on and does not teach, it gives to its learners, finished: one that teaches
``13_conv_net`` and not ``03_affine`` gives ``affine.py``. In the instructor's course that is the
solution. Learners get two copies: one where the exercise would be, which scripts, notebooks and
editors import; and one in `KEPT`, which counts. So the same code runs at home and in the judge,
whatever happens to the first copy.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from pathlib import Path

from grader.course.course import KEPT, Course, Exercise
from grader.course.modules import given_modules, read_module
from grader.worker.source import Source

_IMPORT = re.compile(r"^(?:>>>|\.\.\.)?[ \t]*(?:from|import)[ \t]+(\w+)", re.MULTILINE)
_CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)

# What an exercise builds on


def builds_on(
    exercise: Exercise,
    course: Course,
    reference: Mapping[str, Source],
    handed_in: Source | None = None,
) -> set[str]:
    """Return the modules that an exercise builds on.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    course : Course
        Course of the exercise, which defines the earlier exercises.
    reference : mapping of str to Source
        Modules of the reference solution by name. Others are not found.
    handed_in : Source, optional
        A learner's module of the exercise, whose imports count too.
    """
    order = [one.module for one in course.exercises]
    earlier = set(order[: order.index(exercise.module)]) & reference.keys()
    own = [one for one in (reference.get(exercise.module), handed_in) if one is not None]
    return _reached(own, reference, earlier, course)


@cache
def needed_by(exercise: Exercise, course: Course) -> frozenset[str]:
    """Return the modules that an exercise builds on by the course's own files.

    These are the solutions, or the stubs where there are no solutions: they have the same imports.
    Of an exercise that has neither, nothing is known, and all earlier ones are returned.
    """
    files = {
        one.module: one.solution if one.solution.is_file() else one.stub for one in course.exercises
    }
    if not files[exercise.module].is_file():
        order = list(files)
        return frozenset(order[: order.index(exercise.module)])
    reference = {name: read_module(path) for name, path in files.items() if path.is_file()}
    return frozenset(builds_on(exercise, course, reference))


def imported_by(
    exercise: Exercise, course: Course, modules: Mapping[str, Source]
) -> list[Exercise]:
    """Return the earlier exercises that a learner's module really imports, in order.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    course : Course
        Course of the exercise, which defines the earlier exercises.
    modules : mapping of str to Source
        The learner's modules by name. An import of one that is not there counts, too.
    """
    earlier = course.exercises[: course.exercises.index(exercise)]
    own = [modules[exercise.module]] if exercise.module in modules else []
    found = _reached(own, modules, {one.module for one in earlier}, course)
    return [one for one in earlier if one.module in found]


def _reached(
    own: Iterable[Source], modules: Mapping[str, Source], names: Set[str], course: Course
) -> set[str]:
    """Return which of some modules are imported by sources, directly or through others.

    Others are those that are named, and those that the course gives.
    """
    given = given_modules(course)
    known = {**modules, **given}
    code = (part for source in own for part in _code_of(source))
    return reached(code, lambda name: _code_of(known.get(name)), names | given.keys()) & names


def _code_of(source: Source | None) -> tuple[str, ...]:
    return (source.text, *source.cells) if source else ()


# What a course gives


def untaught_in(root: Path, taught: Iterable[str]) -> tuple[Exercise, ...]:
    """Return the finished exercises that are in a course's folder and that it does not teach.

    Parameters
    ----------
    root : Path
        Folder of the course.
    taught : iterable of str
        Names of the exercises that it teaches.
    """
    own = [Exercise(root, name) for name in taught]
    modules = {one.module for one in own}
    tree = root / KEPT if (root / KEPT).is_dir() else root / "solutions"
    others = [Exercise(root, folder.name) for folder in sorted(tree.glob("*/"))]
    return tuple(one for one in others if one.module not in modules and one.finished.is_file())


def find_given(
    root: Path, taught: Iterable[str], untaught: Sequence[Exercise]
) -> tuple[Exercise, ...]:
    """Return the exercises that a course gives: those that what it teaches imports.

    Solutions and lessons count, directly or through other exercises that are not taught. In a
    learner's course, these are all that were handed out.

    Parameters
    ----------
    root : Path
        Folder of the course.
    taught : iterable of str
        Names of the exercises that it teaches.
    untaught : sequence of Exercise
        What `untaught_in` returns for them.
    """
    others = {one.module: one for one in untaught}
    if not others or (root / KEPT).is_dir():
        return tuple(others.values())
    own = (code for name in taught for code in _code_around(Exercise(root, name)))
    found = reached(own, lambda name: [_text(others[name].solution)], others.keys())
    return tuple(one for module, one in others.items() if module in found)


def _code_around(exercise: Exercise) -> Iterator[str]:
    """Yield the code of an exercise's solution, or else of its stub, and that of its lesson."""
    yield _text(exercise.solution if exercise.solution.is_file() else exercise.stub)
    yield from _CODE.findall(_text(exercise.lesson))


def _text(path: Path) -> str:
    return path.read_text("utf-8", "ignore") if path.is_file() else ""


# What code imports


def _imported(codes: Iterable[str]) -> set[str]:
    """Return the names of the modules that code imports, at the top or anywhere in it."""
    return {name for code in codes for name in _IMPORT.findall(code)}


def reached(
    own: Iterable[str], code_of: Callable[[str], Iterable[str]], names: Set[str]
) -> set[str]:
    """Return which of some modules code imports, directly or through others.

    Parameters
    ----------
    own : iterable of str
        The code.
    code_of : callable
        Returns the code of a module by its name; nothing if there is none.
    names : set of str
        The modules that count.
    """
    found: set[str] = set()
    coming = _imported(own) & names
    while coming:
        found |= coming
        coming = (_imported(code for name in coming for code in code_of(name)) & names) - found
    return found
