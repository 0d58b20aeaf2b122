"""Variants: additional exercises that an instructor can add to the course.

The textbook's code and answers to its exercises are public; answers to a variant are not, and less
so if the instructor changes it. A variant is a folder in tests/variants/ that contains the files of
an exercise under the same paths as in a course. Its catalogues contain only its own texts.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from grader.course.course import Course
from grader.course.settings import read_plan
from grader.errors import CourseError
from grader.messages.language import LANGUAGES, catalogue

_PART = r"^\[\[tool\.kata\.parts\]\]"
_NAMES = r"(?:(?!^\[).)*?^[ \t]*exercises[ \t]*=[ \t]*\[)([^\]]*)\]"
_LISTS = (
    re.compile(rf"(^\[tool\.kata\]{_NAMES}", re.MULTILINE | re.DOTALL),
    re.compile(rf"({_PART}(?!.*{_PART}){_NAMES}", re.MULTILINE | re.DOTALL),
)
"""Match the list of exercises of a course, and that of its last part, in pyproject.toml."""


def variants(course: Course) -> dict[str, Path]:
    """Return the folders of the variants that can be added to a course, by name."""
    folder = course.root / "tests" / "variants"
    known = {exercise.name for exercise in course.exercises}
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return {one.name: one for one in found if one.is_dir() and one.name not in known}


def add(course: Course, name: str) -> list[Path]:
    """Add a variant to a course.

    Parameters
    ----------
    course : Course
        Course to change; the variant becomes its last exercise.
    name : str
        Name of the variant, such as ``14_prelu``.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    CourseError
        If there is no such variant, or one of its files already exists. Nothing is written then.
    """
    known = variants(course)
    if name not in known:
        there = ", ".join(known) or "none that it does not have already"
        raise CourseError(f"there is no variant {name!r} of {course.root}; there is {there}")
    settings = course.root / "pyproject.toml"
    text = settings.read_text("utf-8")
    listed = _listed(text, name)
    if _exercises(listed)[-1:] != (name,):
        raise CourseError(f"{settings}: expected a list of exercises in [tool.kata]; add {name!r}")
    files = dict(_files(known[name], course.root))
    for path in files:
        if path.exists() and path.stem not in LANGUAGES:
            raise CourseError(f"{path} is there already; put it aside, and try again")
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    settings.write_text(listed, "utf-8")
    return [*files, settings]


def _listed(settings: str, name: str) -> str:
    """Return settings in which each list that has to name an exercise ends with it."""

    def with_name(found: re.Match[str]) -> str:
        names = found[2].rstrip().removesuffix(",")
        return f'{found[1]}{names}{"," if names else ""}\n    "{name}",\n]'

    for pattern in _LISTS:
        settings = pattern.sub(with_name, settings, count=1)
    return settings


def _exercises(settings: str) -> tuple[str, ...]:
    """Return the exercises of settings; none if they are invalid."""
    import tomllib

    try:
        return read_plan(tomllib.loads(settings)["tool"]["kata"]).exercises
    except (ValueError, LookupError):
        return ()


def _files(variant: Path, root: Path) -> Iterator[tuple[Path, str]]:
    """Yield the path in the course and the content of each file to be written."""
    for source in sorted(variant.rglob("*")):
        path = root / source.relative_to(variant)
        if not source.is_file() or "__pycache__" in source.parts or source.parent == variant:
            continue
        content = source.read_text("utf-8")
        yield path, _joined(path, content) if path.stem in LANGUAGES else content


def _joined(path: Path, more: str) -> str:
    """Return the text of a catalogue, with those lines of `more` whose keys it lacks."""
    known = catalogue(path.parent, path.stem)
    kept = [line for line in more.splitlines() if line.partition('" = "')[0][1:] not in known]
    before = path.read_text("utf-8").rstrip() if path.is_file() else ""
    return "\n".join([before, *kept, ""])
