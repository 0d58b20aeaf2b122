"""An exercise and everything that belongs to it."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from grader.deadlines import Deadlines, read_deadlines
from grader.language import say
from grader.limits import LimitError, Limits
from grader.refusal import Refusal

MAX_HINTS = 2
"""Steps of help that there are."""

FollowThrough = Literal["off", "report", "count"]
"""Whether what fails is tried again on top of the reference, and whether that may count."""


class CourseError(Refusal):
    """There is no course where one was expected, or its settings are wrong."""


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
        """Name of its file: ``affine.py``."""
        return f"{self.module}.py"

    @property
    def stub(self) -> Path:
        """What the learner edits."""
        return self.root / "exercises" / self.name / self.filename

    @property
    def lesson(self) -> Path:
        """The text beside the stub."""
        return self.stub.with_name("README.md")

    @property
    def solution(self) -> Path:
        """The reference."""
        return self.root / "solutions" / self.name / self.filename

    @property
    def spec(self) -> Path:
        """The hidden spec."""
        return self.root / "tests" / "specs" / f"test_{self.name}.py"

    @property
    def mistakes(self) -> Path:
        """The catalogue of known mistakes."""
        return self.root / "tests" / "mistakes" / f"{self.name}.toml"

    @property
    def fingerprints(self) -> Path:
        """How the known mistakes fail the specs, for a learner's diagnosis."""
        return self.mistakes.with_suffix(".json")


@dataclass(frozen=True)
class Course:
    """A course: its exercises in order.

    Attributes
    ----------
    root : Path
        Its folder.
    exercises : tuple of Exercise
        As ``[tool.kata]`` of its pyproject.toml lists them.
    limits : Limits
        As ``[tool.kata.limits]`` sets them.
    hints : int, default 2
        How many steps of help learners are given: 1 points at the idea, 2 names the mistake.
    shown : tuple of str, default ()
        Lines of solutions that lessons show on purpose.
    deadlines : Deadlines
        When what has to be handed in, and what becomes of what comes later.
    follow_through : str, default "off"
        Whether what fails is tried again on top of the reference; see `grader.follow`.
    """

    root: Path
    exercises: tuple[Exercise, ...]
    limits: Limits = field(default_factory=Limits)
    hints: int = MAX_HINTS
    shown: tuple[str, ...] = ()
    deadlines: Deadlines = field(default_factory=Deadlines, hash=False)
    follow_through: FollowThrough = "off"

    def by_module(self) -> dict[str, Exercise]:
        """Its exercises by the name of their module."""
        return {exercise.module: exercise for exercise in self.exercises}

    def named(self, name: str) -> Exercise:
        """The exercise of that name: ``03_affine``, ``affine``, ``3``, ``exercises/03_affine/``.

        Raises
        ------
        CourseError
            If there is none.
        """
        # What a shell completes to is as good as a name.
        parts = [part for part in name.replace("\\", "/").split("/") if part]
        short = parts[-1].removesuffix(".py") if parts else name
        for exercise in self.exercises:
            number, _, _ = exercise.name.partition("_")
            if short in (exercise.name, exercise.module) or short.zfill(2) == number:
                return exercise
        known = ", ".join(exercise.name for exercise in self.exercises)
        raise CourseError(
            say("there is no exercise {name!r}; the course has {known}", name=name, known=known)
        )


def find_course(start: Path) -> Course | None:
    """The course that a file or folder belongs to.

    Parameters
    ----------
    start : Path
        The file or folder.

    Returns
    -------
    Course or None
        The nearest one, looking upwards.
    """
    start = start.absolute()
    for folder in (start, *start.parents):
        course = _load(folder)
        if course is not None:
            return course
    return None


def current_course() -> Course:
    """The course around the working folder, or else the one that this package lies in.

    Raises
    ------
    CourseError
        If there is none.
    """
    course = find_course(Path.cwd()) or find_course(Path(__file__).resolve())
    if course is None:
        raise CourseError(
            say(
                "there is no course here: expected a folder whose pyproject.toml has [tool.kata], "
                "looked in {folder} and above. Change to the course's folder and try again",
                folder=Path.cwd(),
            )
        )
    return course


@cache
def _load(root: Path) -> Course | None:
    settings = root / "pyproject.toml"
    if not settings.is_file():
        return None
    import tomllib  # here, since every pytest looks for a course, and few find one

    try:
        tool = tomllib.loads(settings.read_text("utf-8")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        told = say("{path} is not valid TOML: {error}", path=settings, error=error)
        raise CourseError(told) from None
    if "kata" not in tool:
        return None
    names = tool["kata"].get("exercises") if isinstance(tool["kata"], dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CourseError(f"{settings}: [tool.kata] needs exercises, a list of folder names")
    try:
        limits = Limits().changed(tool["kata"].get("limits", {}))
    except (LimitError, AttributeError) as error:
        raise CourseError(f"{settings}: [tool.kata.limits]: {error}") from None
    hints = tool["kata"].get("hints", MAX_HINTS)
    if type(hints) is not int or not 0 <= hints <= MAX_HINTS:
        raise CourseError(
            f"{settings}: [tool.kata] hints: expected 0 (none), 1 or {MAX_HINTS}, found {hints!r}"
        )
    shown = tool["kata"].get("shown", [])
    if not isinstance(shown, list) or not all(isinstance(line, str) for line in shown):
        raise CourseError(f"{settings}: [tool.kata] shown: expected a list of lines of code")
    try:
        deadlines = read_deadlines(tool["kata"], names)
    except ValueError as error:
        raise CourseError(f"{settings}: [tool.kata] {error}") from None
    where = f"{settings}: [tool.kata] follow_through"
    follow = follow_through_named(tool["kata"].get("follow_through", "off"), where)
    exercises = tuple(Exercise(root, name) for name in names)
    lines = tuple(line.strip() for line in shown)
    return Course(root, exercises, limits, hints, lines, deadlines, follow)


def follow_through_named(name: object, where: str) -> FollowThrough:
    """A policy by its name.

    Parameters
    ----------
    name : object
        The name.
    where : str
        Where it stands.

    Raises
    ------
    CourseError
        If there is none of that name.
    """
    for policy in get_args(FollowThrough):
        if name == policy:
            found: FollowThrough = policy
            return found
    raise CourseError(f'{where}: expected "off", "report" or "count", found {name!r}')
