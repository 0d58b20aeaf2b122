"""What Gradescope calls for each submission: ``python -m grader.gradescope ROOT [EXERCISE]``.

The platform puts a submission into ``ROOT/submission`` of a fresh container, and what it knows of
it into ``ROOT/submission_metadata.json``; it reads ``ROOT/results/results.json``. Where there is
no sandbox, or the grader fails, that file has no score at all: no mark is made up.
"""

import json
import os
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.classroom import collect
from grader.course import current_course
from grader.gradebook import Row, Seat
from grader.grading import Settings
from grader.language import chosen, speaking
from grader.launch import WorkerFailed, sandbox_layers
from grader.refusal import Refusal
from grader.reports import gradescope
from grader.reports.retelling import retold
from grader.reports.wording import lines
from grader.secret import read_secret
from grader.submission import SubmissionError


def grade(root: Path, secret_file: Path, exercise: str = "") -> str:
    """Grade the submission that lies in a container.

    Parameters
    ----------
    root : Path
        What is ``/autograder`` on the platform.
    secret_file : Path
        What the hidden inputs are drawn from.
    exercise : str, optional
        The one to judge; by default all.

    Returns
    -------
    str
        What is to be in results.json.
    """
    started = time.monotonic()
    try:
        row = _judge(root, secret_file, exercise)
        with speaking(chosen()):
            told = retold(row, current_course())
            return gradescope.render(told, seconds=round(time.monotonic() - started))
    except WorkerFailed as error:
        return _without_score(
            f"Not graded: a sandbox cannot be had in this container ({error}), and without one "
            "nobody's code is run. Please tell your instructor; your work was received."
        )
    except SubmissionError as error:
        return _without_score(f"Not graded: {error}")
    except Refusal as error:
        return _without_score(
            f"Not graded: the grader failed, and not your code ({error}). Please tell your "
            "instructor; your work was received."
        )


def _judge(root: Path, secret_file: Path, exercise: str) -> Row:
    course = current_course()
    only = course.named(exercise) if exercise else None
    collected = collect(root / "submission", course, only=only, is_class=False)
    layers = sandbox_layers()
    names = tuple(one.name for one in collected.exercises)
    secret = read_secret(secret_file)
    settings = Settings(course.root, names, secret, course.limits, layers, course.follow_through)
    (entry,) = collected.entries
    verdict = settings.judge().judge(entry.read())
    name, notes = _known(root / "submission_metadata.json")
    row = Seat(entry).row(replace(verdict, notes=(*notes, *verdict.notes)))
    return replace(row, name=name or row.name)


def _known(file: Path) -> tuple[str, tuple[str, ...]]:
    """Who handed it in, and whether late; what the platform does not tell is left out."""
    try:
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
        users = told.get("users") or [{}]
        names = ", ".join(str(user["name"]) for user in users if user.get("name"))
        # Her own date, where she has an extension.
        assignment = {**(told.get("assignment") or {}), **(users[0].get("assignment") or {})}
        late = _late(told.get("created_at"), assignment.get("due_date"))
    except (OSError, ValueError, TypeError, AttributeError):
        return "", ()
    by = f"handed in by {names}" if names else ""
    return names, tuple(filter(None, (by, late)))


def _late(handed_in: str | None, due: str | None) -> str:
    if not handed_in or not due:
        return ""
    seconds = (datetime.fromisoformat(handed_in) - datetime.fromisoformat(due)).total_seconds()
    if seconds <= 0:
        return ""
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"handed in late, by {hours} h {minutes} min"


def _without_score(text: str) -> str:
    document = {"output": lines(text), "output_format": "text", "visibility": "visible"}
    return json.dumps({**document, "stdout_visibility": "hidden"}, indent=1)


def main() -> int:
    """Write results.json, all at once."""
    root = Path(sys.argv[1])
    text = grade(root, Path(__file__).parents[2] / "secret", *sys.argv[2:])
    results = root / "results" / "results.json"
    results.parent.mkdir(exist_ok=True)
    draft = results.with_name(".results.json")
    draft.write_text(text + "\n", "utf-8")
    os.replace(draft, results)
    return 0 if "score" in json.loads(text) else 2


if __name__ == "__main__":
    sys.exit(main())
