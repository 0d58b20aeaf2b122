"""Finds a course, and reads its settings from pyproject.toml."""

from functools import cache
from pathlib import Path
from typing import get_args

from grader.course.course import MAX_HINTS, Course, Exercise, FollowThrough
from grader.course.late_policy import read_deadlines
from grader.course.limits import LimitError, Limits
from grader.errors import CourseError
from grader.messages.language import say


def find_course(start: Path) -> Course | None:
    """Return the course that a file or folder belongs to.

    Parameters
    ----------
    start : Path
        A file or folder, which need not exist.

    Returns
    -------
    Course or None
        The course of the nearest folder, from `start` upwards.
    """
    start = start.absolute()
    for folder in (start, *start.parents):
        course = load_course(folder)
        if course is not None:
            return course
    return None


HOME = Path(__file__).resolve().parents[2]
"""Folder that contains this package: of a clone, or of an environment."""

_named: Course | None = None


def use_course(folder: Path) -> None:
    """Make the course that contains a folder the current one, whatever the working directory is.

    Raises
    ------
    CourseError
        If there is none.
    """
    global _named
    _named = find_course(folder.resolve())  # pytest's items have paths without `..`
    if _named is None:
        raise CourseError(
            f"{folder}: expected a course, a folder whose pyproject.toml has [tool.kata], found "
            "none there and above. Make one: grader new DIR"
        )


def chosen_course() -> Course | None:
    """Return the course of `use_course`, or else the one that contains the working directory."""
    return _named or find_course(Path.cwd())


def current_course() -> Course:
    """Return the chosen course, or else the clone that this package belongs to.

    Raises
    ------
    CourseError
        If there is none.
    """
    course = chosen_course() or load_course(HOME)
    if course is None:
        raise CourseError(
            say(
                "there is no course here: expected a folder whose pyproject.toml has [tool.kata], "
                "looked in {folder} and above. Change to the course's folder and try again, or "
                "make one: `kata start DIR`, or with its solutions `grader new DIR`",
                folder=Path.cwd(),
            )
        )
    return course


@cache
def load_course(root: Path) -> Course | None:
    """Read the course in a folder; None if the folder has no ``[tool.kata]``."""
    settings = root / "pyproject.toml"
    if not settings.is_file():
        return None
    import tomllib  # here, because every run of pytest looks for a course, and few find one

    try:
        tool = tomllib.loads(settings.read_text("utf-8")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        from grader.messages.encodings import reason  # here, since errors are rare

        told = say("{path} is not valid TOML: {error}", path=settings, error=reason(error))
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
    modules = tool["kata"].get("modules", [])
    if not isinstance(modules, list) or not all(map(_is_module, modules)):
        raise CourseError(
            f'{settings}: [tool.kata] modules: expected a list of names such as "scipy", '
            f"found {modules!r}"
        )
    try:
        deadlines = read_deadlines(tool["kata"], names)
    except ValueError as error:
        raise CourseError(f"{settings}: [tool.kata] {error}") from None
    where = f"{settings}: [tool.kata] follow_through"
    follow = follow_through_named(tool["kata"].get("follow_through", "off"), where)
    exercises = tuple(Exercise(root, name) for name in names)
    lines = tuple(line.strip() for line in shown)
    return Course(root, exercises, limits, hints, lines, deadlines, follow, tuple(modules))


def _is_module(name: object) -> bool:
    """Return whether a setting is the name of a module at the top level."""
    return isinstance(name, str) and name.isascii() and name.isidentifier()


def follow_through_named(name: object, where: str) -> FollowThrough:
    """Check the name of a follow-through policy, and return it.

    Parameters
    ----------
    name : object
        The value from the settings or the command line.
    where : str
        Name of the setting or option, for the error message.

    Raises
    ------
    CourseError
        If there is no such policy.
    """
    for policy in get_args(FollowThrough):
        if name == policy:
            found: FollowThrough = policy
            return found
    raise CourseError(f'{where}: expected "off", "report" or "count", found {name!r}')
