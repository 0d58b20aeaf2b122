"""Makes a new course in a folder of its own, with unchanged stubs, and brings it up to date."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from grader.course.course import Course
from grader.course.stub_translation import stub_in
from grader.errors import CourseError
from grader.messages.language import LANGUAGES, say
from grader.messages.pasting import quoted
from grader.release.files import (
    PRISTINE,
    Files,
    absent_from,
    handout,
    package,
    with_manifest,
    without_names,
)
from grader.release.pristine import untouched
from grader.release.update import Kept, cannot, write_folder
from grader.repository import files_of

_PART = "[[tool.kata.parts]]"

SETTINGS = """\
# A course in a folder of your own. It is about what lies in exercises/; `kata` leads through it.

{course}
[tool.pytest.ini_options]
testpaths = ["exercises"]
addopts = "--import-mode=importlib -p no:anyio"
"""


def start(source: Course, folder: Path, language: str) -> None:
    """Make a new copy of a course for a learner.

    Parameters
    ----------
    source : Course
        The course to copy.
    folder : Path
        The new folder, which must not exist, or be empty.
    language : str
        Language of the stubs, one of `grader.messages.language.LANGUAGES`.

    Raises
    ------
    CourseError
        If the folder is not empty or cannot be written, or the original stubs are unknown.
    """
    write_new(_files_for(source, language), folder)


def start_instructors(source: Course, folder: Path) -> None:
    """Make a new copy of a whole repository: course, solutions, grader and tests.

    Parameters
    ----------
    source : Course
        The course to copy, which must contain its solutions.
    folder : Path
        The new folder, which must not exist, or be empty.

    Raises
    ------
    CourseError
        If there are no solutions, the folder is not empty or cannot be written, or the original
        stubs are unknown.
    """
    if not all(exercise.solution.is_file() for exercise in source.exercises):
        raise CourseError(
            f"{source.root / 'solutions'}: expected the solutions of all exercises, found some "
            "missing: this course was handed out without them. Try again outside of its folder"
        )
    files = package("grader") | package("dataset")
    for name, path in files_of(source.root):
        if not name.startswith(PRISTINE):  # these are the instructor's to change
            files[name] = path.read_bytes()
    for exercise, stub in untouched(source).items():
        files[exercise.stub.relative_to(source.root).as_posix()] = stub
    write_new(files, folder)


def update(source: Course, course: Course) -> list[Kept]:
    """Bring a learner's course up to date.

    Parameters
    ----------
    source : Course
        The newer course.
    course : Course
        The learner's, made by `start`.

    Returns
    -------
    list of Kept
        Files that the learner has edited, and that differ between the two.

    Raises
    ------
    CourseError
        If the learner's course is not such a copy, or cannot be written.
    """
    if (course.root / "grader").is_dir():
        raise CourseError(
            say(
                "{folder} has a grader of its own, so `kata update` leaves it alone. In the folder "
                "of a newer release: `grader release {quoted}`",
                folder=course.root,
                quoted=quoted(course.root),
            )
        )
    gone = {one.name for one in course.exercises} - {one.name for one in source.exercises}
    if gone:
        raise CourseError(
            say(
                "the installed course has no {names}, so it is another one than that in {folder}: "
                "nothing is changed",
                names=", ".join(sorted(gone)),
                folder=course.root,
            )
        )
    return write_folder(_files_for(source, _language_of(course, source)), course.root)


def _files_for(source: Course, language: str) -> Files:
    stubs = {
        exercise: stub_in(language, exercise, stub.decode("utf-8")).encode()
        for exercise, stub in untouched(source).items()
    }
    files = handout(source, stubs)
    files["pyproject.toml"] = _settings(source).encode()
    return with_manifest(files)


def _language_of(course: Course, source: Course) -> str:
    """Return the language of a learner's stubs: the one that most of their lines are in."""
    handed_out = untouched(course)
    ours = {exercise.name: (exercise, stub) for exercise, stub in untouched(source).items()}

    def alike(language: str) -> int:
        count = 0
        for theirs, stub in handed_out.items():
            exercise, english = ours[theirs.name]
            lines = stub_in(language, exercise, english.decode("utf-8")).splitlines()
            count += len(set(lines) & set(stub.decode("utf-8").splitlines()))
        return count

    return max(LANGUAGES, key=alike)


def write_new(files: Files, folder: Path) -> None:
    """Write files into a new folder.

    Parameters
    ----------
    files : dict of str to bytes
        Content of each file by path; those that begin with ``#!`` become executable.
    folder : Path
        The new folder, which must not exist, or be empty.

    Raises
    ------
    CourseError
        If the folder is not empty or cannot be written.
    """
    _refuse_unless_empty(folder)
    try:
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
            if content.startswith(b"#!"):
                (folder / path).chmod(0o755)
    except OSError as error:
        raise cannot(error, folder) from None


def _refuse_unless_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(
            say("{folder} is not empty; name a folder that is not there yet", folder=folder)
        )


def settings_of(source: Course, tables: str) -> str:
    """Return the settings of a course, reduced to the tables whose names match a pattern."""
    text = (source.root / "pyproject.toml").read_text("utf-8")
    header = re.compile(rf"\[{{1,2}}({tables})[].]")
    kept = filter(header.match, re.split(r"^(?=\[)", text, flags=re.M))
    absent = [f"exercises/{name}" for name in absent_from(source)]
    taught = (_taught_of(without_names(table, absent), source.left_out) for table in kept)
    return SETTINGS.format(course="".join(taught).rstrip() + "\n")


def _settings(source: Course) -> str:
    """Return the settings that a learner needs, without those to install or build the course."""
    return settings_of(source, r"tool\.kata|tool\.pyright")


def _taught_of(table: str, left_out: Iterable[str]) -> str:
    """Return a table; a part loses what is left out of it, and is empty if nothing else is."""
    if not table.startswith(_PART):
        return table
    kept = without_names(table, left_out)
    (part,) = tomllib.loads(kept)["tool"]["kata"]["parts"]
    return kept if part["exercises"] else ""
