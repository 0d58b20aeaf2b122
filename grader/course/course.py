"""A course, its exercises, and the files of each exercise."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Literal, TypeVar

from grader.course.late_policy import Deadlines
from grader.course.limits import Limits
from grader.errors import CourseError
from grader.messages.language import ENGLISH, say, spoken

T = TypeVar("T")

FOLDER = ".kata"
"""Folder in a learner's course where `kata` stores its data."""

KEPT = f"{FOLDER}/given"
"""Folder in a learner's course with the exercises that were given, as they were handed out."""

MAX_HINTS = 2
"""Maximum number of hints for a failure."""

FollowThrough = Literal["off", "report", "count"]
"""Whether a failed exercise is judged again on top of the reference, and whether that counts."""


@dataclass(frozen=True)
class Exercise:
    """One exercise of a course.

    Attributes
    ----------
    root : Path
        Folder of the course.
    name : str
        Folder of the exercise: ``03_affine``.
    """

    root: Path
    name: str

    @property
    def module(self) -> str:
        """Name of the module that the learner writes: ``affine``."""
        return self.name.partition("_")[2]

    @property
    def filename(self) -> str:
        """File name of that module: ``affine.py``."""
        return f"{self.module}.py"

    @property
    def stub(self) -> Path:
        """The file that the learner edits."""
        return self.root / "exercises" / self.name / self.filename

    @property
    def lesson(self) -> Path:
        """The lesson in English, next to the stub."""
        return self.stub.with_name("README.md")

    @property
    def solution(self) -> Path:
        """The reference solution."""
        return self.root / "solutions" / self.name / self.filename

    @property
    def finished(self) -> Path:
        """The finished file of an exercise that is not taught: as it was given, or the solution."""
        kept = self.root / KEPT / self.name / self.filename
        return kept if kept.is_file() else self.solution

    @property
    def spec(self) -> Path:
        """The hidden spec file."""
        return self.root / "tests" / "specs" / f"test_{self.name}.py"

    @property
    def mistakes(self) -> Path:
        """The catalogue of known mistakes."""
        return self.root / "tests" / "mistakes" / f"{self.name}.toml"

    @property
    def tricks(self) -> Path:
        """Folder of solutions that fake what is asked, which must not score; may not exist."""
        return self.root / "tests" / "tricks" / self.name

    @property
    def promises(self) -> Path:
        """The specs that hold each sentence of task and stub; may not exist."""
        return self.root / "tests" / "promises" / f"{self.name}.toml"

    @property
    def fingerprints(self) -> Path:
        """The recorded failures of the known mistakes, for diagnosis on a learner's machine."""
        return self.mistakes.with_suffix(".json")


@dataclass(frozen=True)
class Part:
    """A part of a course.

    Attributes
    ----------
    number : int
        Its place among the parts that are taught, from 1.
    titles : mapping of str to str
        Its title by language; at least in English.
    exercises : tuple of str
        Names of its exercises that are taught, in order.
    """

    number: int
    titles: Mapping[str, str] = field(hash=False)
    exercises: tuple[str, ...]

    @property
    def title(self) -> str:
        """Its title in the current language, or in English if there is none."""
        return self.titles.get(spoken(), self.titles[ENGLISH])

    def members(self, items: Iterable[T], name: Callable[[T], str] = attrgetter("name")) -> list[T]:
        """Return what belongs to its exercises; `name` gives the name of an item's exercise."""
        return [one for one in items if name(one) in self.exercises]


@dataclass(frozen=True)
class Course:
    """A course and its settings.

    Attributes
    ----------
    root : Path
        Folder of the course.
    exercises : tuple of Exercise
        The exercises in the order of ``[tool.kata]`` in pyproject.toml.
    limits : Limits
        Limits of a submission, from ``[tool.kata.limits]``.
    hints : int, default 2
        Maximum number of hints for a failure: the first points at the idea, the second names the
        mistake.
    shown : tuple of str, default ()
        Lines of the solutions that lessons show on purpose.
    deadlines : Deadlines
        Due dates of the exercises, and the late policy.
    follow_through : str, default "off"
        Whether a failed exercise is judged again on top of the reference; see
        `grader.judging.follow_through`.
    modules : tuple of str, default ()
        Modules that submissions may import besides the standard library and NumPy.
    parts : tuple of Part, default ()
        Its parts, if there are several.
    left_out : tuple of str, default ()
        Exercises that are listed in a part, but not chosen.
    untaught : tuple of Exercise, default ()
        Exercises that the course has files of, and does not teach.
    given : tuple of Exercise, default ()
        Those of them that learners get finished, as what is taught builds on them; see
        `grader.course.dependencies.find_given`.
    """

    root: Path
    exercises: tuple[Exercise, ...]
    limits: Limits = field(default_factory=Limits)
    hints: int = MAX_HINTS
    shown: tuple[str, ...] = ()
    deadlines: Deadlines = field(default_factory=Deadlines, hash=False)
    follow_through: FollowThrough = "off"
    modules: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    left_out: tuple[str, ...] = ()
    untaught: tuple[Exercise, ...] = ()
    given: tuple[Exercise, ...] = ()

    def by_module(self) -> dict[str, Exercise]:
        """Return the exercises by module name."""
        return {exercise.module: exercise for exercise in self.exercises}

    def named(self, name: str) -> Exercise:
        """Return the exercise of a name.

        ``03_affine``, ``affine``, ``3`` and ``exercises/03_affine/`` name the same exercise.

        Raises
        ------
        CourseError
            If there is no such exercise.
        """
        found = exercise_named(name, [exercise.name for exercise in self.exercises])
        for exercise in self.exercises:
            if exercise.name == found:
                return exercise
        known = ", ".join(exercise.name for exercise in self.exercises)
        raise CourseError(
            say("there is no exercise {name!r}; the course has {known}", name=name, known=known)
        )


def exercise_named(name: str, exercises: Iterable[str]) -> str | None:
    """Find an exercise by one of its names.

    Parameters
    ----------
    name : str
        ``03_affine``, ``affine``, ``3``, ``exercises/03_affine/``.
    exercises : iterable of str
        The full names of those that there are.

    Returns
    -------
    str or None
        The full name; None if there is none.
    """
    # Paths are accepted because shells complete them.
    parts = [part for part in name.replace("\\", "/").split("/") if part]
    short = parts[-1].removesuffix(".py") if parts else name
    for full in exercises:
        number, _, module = full.partition("_")
        if short in (full, module) or short.zfill(2) == number:
            return full
    return None


def by_part(
    items: Iterable[T],
    parts: Sequence[Part],
    name: Callable[[T], str] = attrgetter("name"),
) -> list[tuple[Part, list[T]]]:
    """Group what belongs to exercises by part.

    Parameters
    ----------
    items : iterable
        Exercises, or what is known about them.
    parts : sequence of Part
        The parts of the course.
    name : callable, optional
        Returns the name of an item's exercise.

    Returns
    -------
    list of (Part, list)
        Empty if the items are not of several parts, or if one is of none: there is nothing to
        group then.
    """
    items = list(items)
    groups = [(part, part.members(items, name)) for part in parts]
    groups = [(part, members) for part, members in groups if members]
    is_whole = sum(len(members) for _, members in groups) == len(items)
    return groups if is_whole and len(groups) > 1 else []
