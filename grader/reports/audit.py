"""The audit trail: all changes of marks in a journal, with time, author and course version."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.table import Table
from rich.text import Text

from grader.gradebook.journal import Line
from grader.gradebook.marks import (
    WHOLE,
    Arrival,
    Attempt,
    Lateness,
    ManualMark,
    Publication,
    points_of,
    whole,
)
from grader.gradebook.records.identity import Identity, Renaming
from grader.gradebook.records.journal_format import Decision
from grader.gradebook.rows import Row
from grader.gradebook.standing import Standing, standings
from grader.messages.escaping import printable
from grader.verdicts.verdict import Verdict

SCHEMA = 1
_HASHES = {"submission": "submission", "course": "course", "secret": "seed"}


def events(lines: Sequence[Line], name: str = "", exercise: str = "") -> list[dict[str, Any]]:
    """List the events that changed marks.

    Parameters
    ----------
    lines : sequence of Line
        Lines of a journal.
    name : str, default ""
        Name of the submission; if empty, all submissions are included.
    exercise : str, default ""
        Full name of the only exercise whose points are told; if empty, all of them are.

    Returns
    -------
    list of dict
        Events in the order of the journal (judged, set by hand, withdrawn, published, ...), each
        with the points of the submission after it.
    """
    told = []
    before: dict[str, list[Line]] = {}
    for line in lines:
        one = line.content.name
        if name in ("", one):
            own = before.setdefault(one, [])
            own.append(line)
            if not isinstance(line.content, Identity) and _concerns(line.content, exercise):
                told.append(_event(line, standings(own)[one], exercise))
    return told


def _concerns(content: Verdict | Decision, exercise: str) -> bool:
    if not exercise:
        return True
    if isinstance(content, Verdict):
        return any(one.name == exercise for one in content.exercises)
    return getattr(content, "exercise", WHOLE) in (WHOLE, exercise)


def _event(line: Line, standing: Standing, exercise: str) -> dict[str, Any]:
    marks, late = standing.marks, standing.late
    chosen = tuple(one for one in standing.verdict.exercises if exercise in ("", one.name))
    verdict = replace(standing.verdict, exercises=chosen)
    exercises = {one.name: points_of(one, marks, late) for one in chosen}
    event = {
        "at": line.at,
        "name": verdict.name,
        "points": whole(sum(exercises.values())),
        "max_points": Row(verdict.name, verdict, marks=marks).max_points,
        "exercises": exercises,
        "submission": verdict.submission,
        "course": verdict.conditions.course,
        "seed": verdict.conditions.seed,
    }
    return {**event, **_what(line.content)}


def _what(content: Verdict | Decision) -> dict[str, Any]:
    match content:
        case Verdict():
            return {"event": "judged", "by": "grader"}
        case Publication():
            return {"event": "published", "by": content.by, "digest": content.digest}
        case Arrival():
            return {"event": "arrived", "by": "policy", "handed_in": content.handed_in}
        case Attempt():
            return {"event": "attempt", "by": "policy"}
        case Lateness():
            late = {"percent": content.percent, "reason": str(content.reason)}
            return {"event": "late", "by": "policy", "exercise": content.exercise, **late}
        case Renaming():
            return {"event": "renamed", "by": "grader", "before": content.before}
        case ManualMark():
            return {
                "event": "withdrawn" if content.withdrawn else "set",
                "by": content.by,
                "exercise": content.exercise,
                "set_points": content.points,
                "excused": content.excused,
                "comment": content.comment,
                "reason": content.reason,
            }
    raise TypeError(f"{type(content).__name__} changes no mark")


def render_json(source: str, found: Sequence[dict[str, Any]]) -> str:
    """Return the audit trail as JSON, in pure ASCII.

    Parameters
    ----------
    source : str
        Name of the class.
    found : sequence of dict
        Result of `events`.
    """
    return json.dumps({"audit": SCHEMA, "class": source, "events": list(found)}, indent=1)


def render_table(found: Sequence[dict[str, Any]]) -> Table:
    """Return the audit trail as a table.

    Parameters
    ----------
    found : sequence of dict
        Result of `events`.
    """
    table = Table()
    table.add_column("when", no_wrap=True)
    table.add_column("who", overflow="fold")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("what", overflow="fold")
    for one in found:
        when = one["at"].removesuffix("+00:00").replace("T", " ")
        points = f"{one['points']} / {one['max_points']}"
        table.add_row(*(Text(printable(cell)) for cell in (when, one["name"], points, _told(one))))
    return table


def _told(event: dict[str, Any]) -> str:
    if event["event"] == "judged":
        hashes = (f"{key} {event[where][:8]}" for key, where in _HASHES.items())
        return f"judged: {', '.join(hashes)}"
    if event["event"] == "renamed":
        return f"was {event['before']} before, by the same id"
    if event["event"] == "published":
        return f"published by {event['by']}"
    if event["event"] == "attempt":
        return f"what counts: submission {event['submission'][:8]}"
    if event["event"] == "arrived":
        return f"handed in at {event['handed_in']}"
    if event["event"] == "late":
        return f"{event['exercise']}: {event['reason']}"
    where = event["exercise"] or "all of it"
    if event["event"] == "withdrawn":
        said = f"what was set on {where} withdrawn by {event['by']}"
    elif event["excused"]:
        said = f"excused from {where} by {event['by']}"
    elif event["set_points"] is None:
        said = f"comment on {where} by {event['by']}"
    else:
        said = f"{where} set to {event['set_points']} by {event['by']}"
    notes = [f"{key}: {event[key]}" for key in ("reason", "comment") if event[key]]
    return "; ".join([said, *notes])
