"""The program that Gradescope runs for each submission.

The command is ``python -m grader.platforms.gradescope_autograder ROOT [EXERCISE]``.

In a new container, Gradescope puts the submission into ``ROOT/submission`` and its metadata into
``ROOT/submission_metadata.json``, and reads the result from ``ROOT/results/results.json``. If no
sandbox is available or the grader fails, the result contains no score.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grader.course.late_policy import Deadlines, delay
from grader.course.secret import read_secret
from grader.course.settings import current_course
from grader.errors import CommandError, SubmissionError
from grader.files import write_atomically
from grader.gradebook.lateness import lateness_of
from grader.gradebook.marks import Lateness
from grader.gradebook.rows import GradebookEntry, Row
from grader.judging.judgement import JudgeConfig
from grader.messages.escaping import lines
from grader.messages.language import chosen, speaking
from grader.reports.common.translated import translated
from grader.reports.formats import gradescope
from grader.submissions.class_folder import collect
from grader.transport.worker_process import WorkerFailed, sandbox_layers
from grader.verdicts.verdict import Verdict


def grade(root: Path, secret_file: Path, exercise: str = "") -> str:
    """Grade the submission in a container.

    Parameters
    ----------
    root : Path
        Folder of the autograder; ``/autograder`` on Gradescope.
    secret_file : Path
        File with the secret that hidden inputs are drawn from.
    exercise : str, optional
        Name of the only exercise to judge; by default all exercises.

    Returns
    -------
    str
        Content of ``results.json``.
    """
    started = time.monotonic()
    try:
        row = _judge(root, secret_file, exercise)
        with speaking(chosen()):
            told = translated(row, current_course())
            return gradescope.render(told, seconds=round(time.monotonic() - started))
    except WorkerFailed as error:
        return _without_score(
            f"Not graded: no sandbox is available in this container ({error}), and code is run "
            "only in a sandbox. Please tell your instructor; your work was received."
        )
    except SubmissionError as error:
        return _without_score(f"Not graded: {error}")
    except CommandError as error:
        return _without_score(
            f"Not graded: the grader failed, not your code ({error}). Please tell your "
            "instructor; your work was received."
        )


def _judge(root: Path, secret_file: Path, exercise: str) -> Row:
    course = current_course()
    only = course.named(exercise) if exercise else None
    collected = collect(root / "submission", course, only=only, is_class=False)
    layers = sandbox_layers()
    names = tuple(one.name for one in collected.exercises)
    secret = read_secret(secret_file)
    settings = JudgeConfig(course.root, names, secret, course.limits, layers, course.follow_through)
    (entry,) = collected.entries
    verdict = settings.judge().judge(entry.read())
    metadata = _read_metadata(root / "submission_metadata.json")
    late = tuple(_lateness(verdict, metadata, course.deadlines))
    by = f"handed in by {metadata.names}" if metadata.names else ""
    beyond = "" if course.deadlines.due else _beyond(metadata)
    notes = filter(None, (by, beyond, _ends_early(metadata, names, course.deadlines)))
    row = GradebookEntry(entry).row(replace(verdict, notes=(*notes, *verdict.notes)))
    return replace(row, name=metadata.names or row.name, late=late)


@dataclass(frozen=True)
class Metadata:
    """Gradescope's metadata of a submission. Missing values have their defaults.

    Attributes
    ----------
    names : str, default ""
        Names of the learners who handed in the submission, separated by commas.
    at : datetime or None, default None
        When the submission was handed in.
    due : datetime or None, default None
        The deadline of the assignment.
    own : datetime or None, default None
        The deadline of the learner, which differs from `due` if it was changed for them.
    """

    names: str = ""
    at: datetime | None = None
    due: datetime | None = None
    own: datetime | None = None

    @property
    def extension(self) -> datetime | None:
        """The learner's own deadline, if it is later than that of the assignment."""
        is_later = self.own and self.due and delay(self.own, self.due) > timedelta()
        return self.own if is_later else None


def _read_metadata(file: Path) -> Metadata:
    try:
        raw: dict[str, Any] = json.loads(file.read_text("utf-8"))
        users = raw.get("users") or [{}]
        names = ", ".join(str(user["name"]) for user in users if user.get("name"))
        due, own = (_time((one.get("assignment") or {}).get("due_date")) for one in (raw, users[0]))
        return Metadata(names, _time(raw.get("created_at")), due, own)
    except (OSError, ValueError, TypeError, AttributeError, OverflowError):
        return Metadata()


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone() if text else None


def _lateness(verdict: Verdict, metadata: Metadata, deadlines: Deadlines) -> Iterator[Lateness]:
    """Yield what the course takes off for lateness, with the extension set on Gradescope."""
    if metadata.at is None:
        return
    until = metadata.extension
    extensions = {one.name: until for one in verdict.exercises if until}
    for one in lateness_of(verdict, metadata.at, extensions, deadlines, metadata.at.isoformat()):
        if one.reason:
            yield one


def _ends_early(metadata: Metadata, exercises: Sequence[str], deadlines: Deadlines) -> str:
    """Return a note if the learner's own deadline is too early to be an extension."""
    due = [deadlines.deadline(name) for name in exercises if name in deadlines.due]
    deadline = min(due, default=metadata.due)
    if (
        metadata.own is None
        or deadline is None
        or metadata.own == metadata.due
        or metadata.own >= deadline
    ):
        return ""
    own, counts = (time.isoformat(" ", "minutes") for time in (metadata.own, deadline))
    return f"the extension until {own} ends before the deadline, {counts}; the deadline counts"


def _beyond(metadata: Metadata) -> str:
    """Return a note on how late the submission is by Gradescope's deadline, without a deduction."""
    due = max(filter(None, (metadata.due, metadata.own)), default=None)
    late = delay(metadata.at, due) if metadata.at and due else timedelta()
    if late <= timedelta():
        return ""
    hours, minutes = divmod(int(late.total_seconds()) // 60, 60)
    return f"handed in late, by {hours} h {minutes} min"


def _without_score(text: str) -> str:
    document = {"output": lines(text), "output_format": "text", "visibility": "visible"}
    return json.dumps({**document, "stdout_visibility": "hidden"}, indent=1)


def main() -> int:
    """Grade the submission and write ``results.json`` atomically.

    Returns
    -------
    int
        The exit code: 0, or 2 if the result contains no score.
    """
    root = Path(sys.argv[1])
    text = grade(root, Path(__file__).parents[3] / "secret", *sys.argv[2:])
    results = root / "results" / "results.json"
    results.parent.mkdir(exist_ok=True)
    write_atomically(results, f"{text}\n".encode())
    return 0 if "score" in json.loads(text) else 2


if __name__ == "__main__":
    sys.exit(main())
