"""The registry of report formats: parsing, checking and writing of requested reports."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.course import Course, Part
from grader.errors import ReportError
from grader.files import write_atomically
from grader.gradebook.rows import Row
from grader.messages.language import ENGLISH, speaking
from grader.reports.common.class_overview import Sources
from grader.reports.common.feedback_zip import Told, Uploads
from grader.reports.common.translated import translated
from grader.reports.formats import canvas, csv_file, feedback, github, gradescope, moodle
from grader.reports.formats import html_page as html
from grader.reports.formats import json_file as json
from grader.reports.formats.feedback_zips import canvas as canvas_feedback
from grader.reports.formats.feedback_zips import moodle as moodle_feedback
from grader.roster.roster import Export


@dataclass(frozen=True)
class Wanted:
    """A requested report.

    Attributes
    ----------
    format : str
        One of `FORMATS`.
    path : Path
        File to write, or for feedback, a folder.
    """

    format: str
    path: Path

    def __str__(self) -> str:
        return f"{self.format}={self.path}"


@dataclass(frozen=True)
class Findings:
    """The data from which reports are made.

    Attributes
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    is_class : bool
        Whether a class was graded, not a single submission.
    export : Export or None
        The roster as exported by a platform.
    assignment : str
        Name of the assignment on the platform.
    steps : int
        Maximum number of hints that learners are shown.
    sources : callable
        Returns the code of the submissions. Called only if a report needs it.
    seconds : int, optional
        Wall-clock time of grading.
    course : Course, optional
        Course with the translations of its messages.
    language : str, default "en"
        Language for learners for whom the roster has none.
    uploads : mapping, optional
        Names of what was handed in, as they are in the class.
    """

    rows: Sequence[Row]
    is_class: bool
    export: Export | None
    assignment: str
    steps: int
    sources: Callable[[], Sources]
    seconds: int | None = None
    course: Course | None = None
    language: str = ENGLISH
    uploads: Uploads = field(default_factory=dict)

    @property
    def parts(self) -> Sequence[Part]:
        """The parts of the course."""
        return self.course.parts if self.course else ()

    @property
    def told(self) -> list[Told]:
        """The feedback of each row."""
        return feedback.render_each(self.rows, self.steps, self.course, self.language)


Files = Mapping[str, str | bytes]
"""Contents of files by name in a folder; the name is empty for a single file."""


def _feedback(found: Findings, path: Path) -> Files:
    return feedback.render(found.rows, found.steps, found.course, found.language)


def _canvas(found: Findings, path: Path) -> Files:
    assert found.export is not None
    return {"": canvas.render(found.rows, found.export, found.assignment)}


def _moodle(found: Findings, path: Path) -> Files:
    assert found.export is not None
    return {"": moodle.render(found.rows, found.export, found.assignment)}


def _moodle_feedback(found: Findings, path: Path) -> Files:
    return {"": moodle_feedback.render(found.rows, found.told, found.uploads)}


def _canvas_feedback(found: Findings, path: Path) -> Files:
    return {"": canvas_feedback.render(found.rows, found.told, found.uploads)}


def _worksheet(found: Findings, path: Path) -> Files:
    assert found.export is not None
    return {"": moodle.render_worksheet(found.rows, found.export)}


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
    "json": lambda found, path: {"": json.render(found.rows, found.parts) + "\n"},
    "html": lambda found, path: {"": html.render(found.rows, found.sources(), parts=found.parts)},
    "csv": lambda found, path: {"": csv_file.render(found.rows, found.parts)},
    "feedback": _feedback,
    "canvas": _canvas,
    "feedback-canvas": _canvas_feedback,
    "moodle": _moodle,
    "feedback-moodle": _moodle_feedback,
    "worksheet": _worksheet,
    "gradescope": _gradescope,
    "github": _github,
}
OF_A_ROSTER = ("canvas", "moodle", "worksheet")
OF_A_PLATFORM = (*OF_A_ROSTER, "feedback-canvas", "feedback-moodle")


def parse(reports: Sequence[str], *, pseudonyms: bool) -> list[Wanted]:
    """Parse the values of ``--report``.

    Parameters
    ----------
    reports : sequence of str
        Values of the form ``FORMAT=PATH``.
    pseudonyms : bool
        Whether names are replaced by pseudonyms.

    Returns
    -------
    list of Wanted
        Requested reports, in the same order.

    Raises
    ------
    ReportError
        If a value is invalid, or if its format needs the names of learners.
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
    """Check that formats are available for a class, or for a single submission.

    Parameters
    ----------
    wanted : sequence of Wanted
        Requested reports.
    is_class : bool
        Whether a class is graded, not a single submission.

    Raises
    ------
    ReportError
        If a format is not available.
    """
    for one in wanted:
        if one.format == "gradescope" and is_class:
            raise ReportError(f"--report {one}: Gradescope reads one submission; say --single")
        if one.format in OF_A_PLATFORM and not is_class:
            # For a single submission, late work and marks set by hand are unknown.
            raise ReportError(f"--report {one}: {one.format} takes marks of a class; say --class")


def check(
    wanted: Sequence[Wanted],
    export: Export | None,
    assignment: str,
    inputs: Sequence[Path],
    uploads: Uploads | None = None,
) -> None:
    """Check before grading that the reports can be written.

    Parameters
    ----------
    wanted : sequence of Wanted
        Requested reports.
    export : Export or None
        The roster as exported by a platform.
    assignment : str
        Name of the assignment on the platform.
    inputs : sequence of Path
        Input files and folders. A report must not overwrite them or be written into them.
    uploads : mapping, optional
        Names of what was handed in, as they are in the class.

    Raises
    ------
    ReportError
        If a report cannot be written.
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
        if one.format in OF_A_ROSTER and export is None:
            raise ReportError(
                f"{told}: expected the roster that the platform exported; name it with --roster"
            )
        if one.format in OF_A_PLATFORM:
            nobody = Findings((), True, export, assignment, 0, dict, uploads=uploads or {})
            try:
                FORMATS[one.format](nobody, one.path)
            except ReportError as error:
                raise ReportError(f"{told}: {error}") from None


def write(wanted: Sequence[Wanted], found: Findings) -> list[str]:
    """Render and write the reports.

    Parameters
    ----------
    wanted : sequence of Wanted
        Requested reports.
    found : Findings
        Data from which they are made.

    Returns
    -------
    list of str
        Remarks for the instructor.

    Raises
    ------
    ReportError
        If a report cannot be rendered or written.
    """
    told = []
    for one in wanted:
        files = FORMATS[one.format](found, one.path)
        with _telling(one.path):
            _write(one, files)
        told += [f"{one.path}: {remark}" for remark in _remarks(one, found)]
    return told


def _remarks(one: Wanted, found: Findings) -> list[str]:
    match one.format:
        case "canvas" if found.export:
            return canvas.remarks(found.rows, found.export, found.assignment)
        case "moodle" if found.export:
            return moodle.remarks(found.rows, found.export)
        case "worksheet" if found.export:
            return moodle.worksheet_remarks(found.rows, found.export)
        case "feedback-canvas":
            return canvas_feedback.remarks(found.rows, found.uploads)
        case "feedback-moodle":
            return moodle_feedback.remarks(found.rows, found.uploads)
    return []


def _write(one: Wanted, files: Files) -> None:
    if one.format != "feedback":
        content = _encoded(files[""])
        # Earlier commands of the step may have written to its summary; other files are ours.
        if one.format == "github" and _is_step_summary(one.path):
            with one.path.open("ab") as file:
                file.write(content)
        else:
            write_atomically(one.path, content, follow_link=True)
        return
    one.path.mkdir(exist_ok=True)
    for name, text in files.items():
        (one.path / name).write_bytes(_encoded(text))
    for old in one.path.iterdir():  # feedback to learners no longer in the gradebook
        if old.name.endswith(feedback.SUFFIXES) and old.name not in files:
            old.unlink()


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


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
