"""Finds a course, and reads its settings from pyproject.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

from grader.course.course import MAX_HINTS, Course, Exercise, FollowThrough, Part
from grader.course.dependencies import find_given, untaught_in
from grader.course.late_policy import read_deadlines
from grader.course.limits import LimitError, Limits
from grader.errors import CourseError
from grader.messages.language import ENGLISH, LANGUAGES, say


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
    try:
        plan = read_plan(tool["kata"] if isinstance(tool["kata"], dict) else {})
    except ValueError as error:
        raise CourseError(f"{settings}: [tool.kata] {error}") from None
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
        deadlines = read_deadlines(tool["kata"], plan.exercises)
    except ValueError as error:
        raise CourseError(f"{settings}: [tool.kata] {error}") from None
    where = f"{settings}: [tool.kata] follow_through"
    follow = follow_through_named(tool["kata"].get("follow_through", "off"), where)
    untaught = untaught_in(root, plan.exercises)
    return Course(
        root,
        tuple(Exercise(root, name) for name in plan.exercises),
        limits,
        hints,
        tuple(line.strip() for line in shown),
        deadlines,
        follow,
        tuple(modules),
        plan.parts,
        plan.left_out,
        untaught,
        find_given(root, plan.exercises, untaught),
    )


def _is_module(name: object) -> bool:
    """Return whether a setting is the name of a module at the top level."""
    return isinstance(name, str) and name.isascii() and name.isidentifier()


PART_KEYS = {"title", "exercises"}


@dataclass(frozen=True)
class Plan:
    """What a course teaches.

    Attributes
    ----------
    exercises : tuple of str
        Names of the exercises, in order.
    parts : tuple of Part
        Its parts; empty if all exercises belong to the same one.
    left_out : tuple of str
        Exercises of parts that ``exercises`` does not choose.
    """

    exercises: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    left_out: tuple[str, ...] = ()


def read_plan(settings: Mapping[str, Any]) -> Plan:
    """Read ``exercises`` and ``parts``: the first chooses among the exercises of the second.

    Parameters
    ----------
    settings : mapping
        The table ``[tool.kata]``.

    Raises
    ------
    ValueError
        If one of them is invalid, or both contradict each other.
    """
    tables = settings.get("parts")
    if tables is None:
        return Plan(tuple(_names(settings.get("exercises"), "needs exercises, a list of")))
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ValueError(f"parts: expected tables [[tool.kata.parts]], found {tables!r}")
    found = [_read_part(number, table) for number, table in enumerate(tables, 1)]
    part_of: dict[str, int] = {}
    for number, (_, names) in enumerate(found):
        for name in names:
            if name in part_of:
                raise ValueError(f"parts: {name} is listed twice; an exercise is in one part")
            part_of[name] = number
    chosen = _names(settings.get("exercises", list(part_of)), "exercises: expected a list of")
    for name in chosen:
        if name not in part_of:
            raise ValueError(f"exercises: {name} is in none of the parts; add it to one")
    taught = [(number, tuple(names)) for number, names in groupby(chosen, key=part_of.__getitem__)]
    if len({number for number, _ in taught}) < len(taught):
        raise ValueError("exercises: those of a part have to follow each other")
    parts = tuple(
        Part(place, found[number][0], names) for place, (number, names) in enumerate(taught, 1)
    )
    left_out = tuple(name for name in part_of if name not in chosen)
    return Plan(tuple(chosen), parts if len(parts) > 1 else (), left_out)


def _read_part(number: int, table: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Return titles and exercises of a part; it may have none yet."""
    where = f"[[tool.kata.parts]] number {number}"
    unknown = sorted(table.keys() - PART_KEYS)
    if unknown:
        raise ValueError(f"{where}: expected title and exercises, found {', '.join(unknown)}")
    title, names = table.get("title"), table.get("exercises")
    titles = {ENGLISH: title} if isinstance(title, str) else title
    if (
        not isinstance(titles, dict)
        or ENGLISH not in titles
        or not titles.keys() <= set(LANGUAGES)
        or not all(isinstance(one, str) and one.strip() for one in titles.values())
    ):
        raise ValueError(
            f'{where}: title: expected a text, or one for each language such as {{en = "One", '
            f'zh-CN = "..."}} (of {", ".join(LANGUAGES)}; en is needed), found {title!r}'
        )
    return titles, _names(names, f"{where}: exercises: expected a list of")


def _names(value: object, expected: str) -> list[str]:
    """Return a list of folder names; raise `ValueError` if it is something else."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError(f"{expected} folder names, found {value!r}")
    return value


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
