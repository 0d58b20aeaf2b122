"""Which reports an instructor asked for, and how they get to the disk."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.course.course import Course
from grader.errors import ReportError
from grader.files import write_atomically
from grader.gradebook.rows import Row
from grader.messages.language import ENGLISH, speaking
from grader.reports.common.translated import translated
from grader.reports.formats import canvas, feedback, github, gradescope, moodle
from grader.reports.formats import html_page as html
from grader.reports.formats import json_file as json
from grader.roster.roster import Export


@dataclass(frozen=True)
class Wanted:
    """A report that was asked for.

    Attributes
    ----------
    format : str
        One of `FORMATS`.
    path : Path
        Where it is to be: a file, or for feedback a folder.
    """

    format: str
    path: Path

    def __str__(self) -> str:
        return f"{self.format}={self.path}"


@dataclass(frozen=True)
class Findings:
    """What reports are made of.

    Attributes
    ----------
    rows : sequence of Row
        The gradebook.
    is_class : bool
        Whether it is a class.
    export : Export or None
        The roster as it was exported.
    assignment : str
        What a platform calls the assignment.
    steps : int
        How many steps of help learners are told.
    sources : callable
        Reads what was handed in again.
    seconds : int, optional
        How long it all took.
    course : Course, optional
        What was judged, and how it says that in other languages.
    language : str, default "en"
        In which learners are told what is theirs, unless the roster says so.
    """

    rows: Sequence[Row]
    is_class: bool
    export: Export | None
    assignment: str
    steps: int
    sources: Callable[[], html.Sources]
    seconds: int | None = None
    course: Course | None = None
    language: str = ENGLISH


Files = Mapping[str, str]
"""What is to be written, by name in a folder; a single file has no name."""


def _feedback(found: Findings, path: Path) -> Files:
    return feedback.render(found.rows, found.steps, found.course, found.language)


def _canvas(found: Findings, path: Path) -> Files:
    assert found.export is not None
    return {"": canvas.render(found.rows, found.export, found.assignment)}


def _moodle(found: Findings, path: Path) -> Files:
    assert found.export is not None
    return {"": moodle.render(found.rows, found.export, found.assignment)}


def _github(found: Findings, path: Path) -> Files:
    before = path.stat().st_size if _is_step_summary(path) and path.is_file() else 0
    limit = github.LIMIT - before
    text = github.render(found.rows, is_class=found.is_class, steps=found.steps, limit=limit)
    return {"": text}


def _gradescope(found: Findings, path: Path) -> Files:
    learner = found.rows[0].learner
    with speaking((learner and learner.language) or found.language):
        row = translated(found.rows[0], found.course) if found.course else found.rows[0]
        return {"": gradescope.render(row, steps=found.steps, seconds=found.seconds)}


FORMATS: dict[str, Callable[[Findings, Path], Files]] = {
    "json": lambda found, path: {"": json.render(found.rows) + "\n"},
    "html": lambda found, path: {"": html.render(found.rows, found.sources())},
    "feedback": _feedback,
    "canvas": _canvas,
    "moodle": _moodle,
    "gradescope": _gradescope,
    "github": _github,
}
OF_A_PLATFORM = ("canvas", "moodle")


def parse(reports: Sequence[str], *, pseudonyms: bool) -> list[Wanted]:
    """Read what was asked for.

    Parameters
    ----------
    reports : sequence of str
        ``FORMAT=PATH`` each.
    pseudonyms : bool
        Whether names are to be hidden.

    Returns
    -------
    list of Wanted
        The same.

    Raises
    ------
    ReportError
        If there is no such format, or not of that.
    """
    wanted = []
    for report in reports:
        name, _, path = report.partition("=")
        if name not in FORMATS or not path:
            raise ReportError(
                f"--report {report}: expected FORMAT=PATH with one of {', '.join(FORMATS)}, "
                "as html=gradebook.html"
            )
        if name in OF_A_PLATFORM and pseudonyms:
            raise ReportError(
                f"--report {report}: {name} knows nobody by a pseudonym; leave --pseudonyms out"
            )
        wanted.append(Wanted(name, Path(path)))
    return wanted


def check_kind(wanted: Sequence[Wanted], is_class: bool) -> None:
    """Make sure that reports can be made of a class, or of one submission.

    Parameters
    ----------
    wanted : sequence of Wanted
        What was asked for.
    is_class : bool
        What it is to be made of.

    Raises
    ------
    ReportError
        If a format is not for that.
    """
    for one in wanted:
        if one.format == "gradescope" and is_class:
            raise ReportError(f"--report {one}: Gradescope reads one submission; say --single")
        if one.format in OF_A_PLATFORM and not is_class:
            # Of a single submission it is not known what is late or was set by hand.
            raise ReportError(f"--report {one}: {one.format} takes marks of a class; say --class")


def check(
    wanted: Sequence[Wanted], export: Export | None, assignment: str, inputs: Sequence[Path]
) -> None:
    """Find out before the work is done whether the reports can be made.

    Parameters
    ----------
    wanted : sequence of Wanted
        What was asked for.
    export : Export or None
        The roster as it was exported.
    assignment : str
        What a platform calls the assignment.
    inputs : sequence of Path
        What is read: no report may overwrite it, or lie in it.

    Raises
    ------
    ReportError
        If not.
    """
    taken = {path.resolve(): f"{path} is read here" for path in inputs}
    for one in wanted:
        told = f"--report {one}"
        if one.path.resolve() in taken:
            raise ReportError(f"{told}: {taken[one.path.resolve()]}; name another file")
        if any(
            place.is_dir() and place.resolve() in one.path.resolve().parents for place in inputs
        ):
            raise ReportError(
                f"{told}: it would lie among the submissions, and be one next time; name a place "
                "outside"
            )
        taken[one.path.resolve()] = f"{one.path} is named twice"
        if not one.path.absolute().parent.is_dir():
            raise ReportError(f"{told}: the folder {one.path.parent} does not exist; make it first")
        if one.format == "feedback" and one.path.exists() and not one.path.is_dir():
            raise ReportError(f"{told}: expected a folder, found a file; name another one")
        if one.format != "feedback" and one.path.is_dir():
            raise ReportError(f"{told}: expected a file, found a folder; name a file in it")
        if one.format in OF_A_PLATFORM:
            if export is None:
                raise ReportError(
                    f"{told}: expected the roster that the platform exported; name it with --roster"
                )
            FORMATS[one.format](Findings((), True, export, assignment, 0, dict), one.path)


def write(wanted: Sequence[Wanted], found: Findings) -> list[str]:
    """Make the reports.

    Parameters
    ----------
    wanted : sequence of Wanted
        What was asked for.
    found : Findings
        What they are made of.

    Returns
    -------
    list of str
        What an instructor should know of them.

    Raises
    ------
    ReportError
        If one cannot be made, or not written there.
    """
    told = []
    for one in wanted:
        files = FORMATS[one.format](found, one.path)
        with _telling(one.path):
            _write(one, files)
        told += [f"{one.path}: {remark}" for remark in _remarks(one, found)]
    return told


def _remarks(one: Wanted, found: Findings) -> list[str]:
    if found.export is None or one.format not in OF_A_PLATFORM:
        return []
    if one.format == "canvas":
        return canvas.remarks(found.rows, found.export, found.assignment)
    return moodle.remarks(found.rows, found.export)


def _write(one: Wanted, files: Files) -> None:
    if one.format != "feedback":
        # What a step has said before stays; everything else is a file of our own.
        if one.format == "github" and _is_step_summary(one.path):
            with one.path.open("a", encoding="utf-8", newline="") as file:
                file.write(files[""])
        else:
            write_atomically(one.path, files[""].encode(), follow_link=True)
        return
    one.path.mkdir(exist_ok=True)
    for name, content in files.items():
        (one.path / name).write_text(content, "utf-8")
    for old in one.path.iterdir():  # of somebody who is not in the gradebook any more
        if old.name.endswith(feedback.SUFFIXES) and old.name not in files:
            old.unlink()


def _is_step_summary(path: Path) -> bool:
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    return bool(summary) and path.resolve() == Path(str(summary)).resolve()


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReportError(f"{path}: the report cannot be written there: {reason}") from None
