"""Makes a new course for a learner: a separate folder with unchanged stubs."""

import re
from pathlib import Path

from grader.course.course import Course
from grader.course.stub_translation import stub_in
from grader.errors import CourseError
from grader.messages.language import say
from grader.release.files import handout
from grader.release.pristine import untouched

SETTINGS = """\
# A course in a folder of your own. It is about what lies in exercises/; `kata` leads through it.

{course}
[tool.pytest.ini_options]
testpaths = ["exercises"]
addopts = "--import-mode=importlib"
"""


def start(source: Course, folder: Path, language: str) -> None:
    """Make a new copy of a course.

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
    stubs = {
        exercise: stub_in(language, exercise, stub.decode("utf-8")).encode()
        for exercise, stub in untouched(source).items()
    }
    files = handout(source, stubs)
    files["pyproject.toml"] = _settings(source).encode()
    _refuse_unless_empty(folder)
    try:
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CourseError(
            say("{path} cannot be written: {reason}", path=error.filename or folder, reason=reason)
        ) from None


def _refuse_unless_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(
            say("{folder} is not empty; name a folder that is not there yet", folder=folder)
        )


def settings_of(source: Course, tables: str) -> str:
    """Return the settings of a course, reduced to the tables whose names match a pattern."""
    text = (source.root / "pyproject.toml").read_text("utf-8")
    kept = [t for t in re.split(r"^(?=\[)", text, flags=re.M) if re.match(rf"\[({tables})[].]", t)]
    return SETTINGS.format(course="".join(kept).rstrip() + "\n")


def _settings(source: Course) -> str:
    """Return the settings that a learner needs, without those to install or build the course."""
    return settings_of(source, r"tool\.kata|tool\.pyright")
