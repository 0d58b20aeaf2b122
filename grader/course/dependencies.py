"""What an exercise builds on: the earlier exercises that it imports, directly or through others."""

import re
from collections.abc import Iterable, Mapping, Set
from functools import cache

from grader.course.course import Course, Exercise
from grader.course.modules import read_module
from grader.worker.source import Source

_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+(\w+)", re.MULTILINE)


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
    return _reached(own, reference, earlier)


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
    found = _reached(own, modules, {one.module for one in earlier})
    return [one for one in earlier if one.module in found]


def _reached(own: Iterable[Source], modules: Mapping[str, Source], names: Set[str]) -> set[str]:
    """Return which of some modules are imported by sources, directly or through others."""
    found: set[str] = set()
    coming = _imported(own) & names
    while coming:
        found |= coming
        sources = (modules[name] for name in coming if name in modules)
        coming = (_imported(sources) & names) - found
    return found


def _imported(sources: Iterable[Source]) -> set[str]:
    """Return the names of imported modules, even of code that cannot be parsed."""
    return {
        name
        for source in sources
        for code in (source.text, *source.cells)
        for name in _IMPORT.findall(code)
    }
