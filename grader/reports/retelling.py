"""A row of the gradebook in the language of its learner. Verdicts themselves are English."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from grader.course import Course
from grader.gradebook import Row
from grader.language import retell, say, translate, wrap
from grader.verdict import WIDTH, ExerciseVerdict, SpecVerdict

INDENT = " " * 10
"""As wide as the label at the beginning of a line of a message."""

LABELS = frozenset(
    f"{label:10}"
    for label in ("checked", "returned", "expected", "differs", "perhaps", "raised", "stopped")
)
_INDEX = re.compile(r"(?:\[[^\[\]]*\])+$")


def retold(row: Row, course: Course) -> Row:
    """Tell what was found in the language that is spoken.

    Parameters
    ----------
    row : Row
        As the judge found it, in English.
    course : Course
        Its catalogues have what specs, mistakes and stubs say.

    Returns
    -------
    Row
        The same outcomes and points in other words.
    """
    tests = course.root / "tests"
    folders = (tests / "specs", tests / "mistakes", course.root / "exercises")
    verdict = row.verdict
    exercises = tuple(_exercise(one, folders) for one in verdict.exercises)
    notes = tuple(map(retell, verdict.notes))
    late = tuple(replace(one, reason=_late(one.reason)) for one in row.late)
    return replace(row, verdict=replace(verdict, exercises=exercises, notes=notes), late=late)


def _late(reason: str) -> str:
    told = retell(reason)
    for span in re.findall(r"\d+ (?:min|h|days?)(?![a-z])", told):
        told = told.replace(span, retell(span), 1)
    return told


Folders = tuple[Path, Path, Path]
"""Where the catalogues of specs, of mistakes and of stubs are."""


def _exercise(verdict: ExerciseVerdict, folders: Folders) -> ExerciseVerdict:
    return replace(verdict, specs=tuple(_spec(spec, folders) for spec in verdict.specs))


def _spec(spec: SpecVerdict, folders: Folders) -> SpecVerdict:
    specs, mistakes, _ = folders
    hint = tuple(translate(one, mistakes) for one in spec.hints[:1])
    named = tuple(_mistakes(one, mistakes) for one in spec.hints[1:])
    promise = translate(spec.promise, specs)
    message = "\n".join(_message(spec.message, folders)) if spec.message else ""
    return replace(spec, promise=promise, message=message, hints=(*hint, *named))


def _mistakes(named: str, folder: Path) -> str:
    """What `grader.diagnosis.hints_of` has put together."""
    told = []
    for one in named.split(" or: "):
        title, _, place = one.rpartition(", in ")
        told.append(say("{title}, in {place}", title=translate(title, folder), place=place))
    return say(" or: ").join(told)


def _message(message: str, folders: Folders) -> Iterator[str]:
    """The lines of a message; a part of it begins with a label, and is indented below that."""
    parts: list[list[str]] = []
    for line in message.split("\n"):
        if line.startswith(INDENT) and parts and parts[-1][0][: len(INDENT)] in LABELS:
            parts[-1].append(line.removeprefix(INDENT))
        else:
            parts.append([line])
    for first, *rest in parts:
        label, text = first[: len(INDENT)], first[len(INDENT) :]
        if label in LABELS:
            yield from _part(label, [text, *rest], folders)
        elif label == "at        ":
            yield from (say("at        ") + text, *rest)
        else:
            yield _sentence(first, folders)


def _part(label: str, lines: list[str], folders: Folders) -> Iterator[str]:
    specs = folders[0]
    told = translate(label)
    if label in ("differs   ", "perhaps   "):
        whole = " ".join(lines)
        parts = [whole] if retell(whole) != whole else whole.split("; ")
        yield from wrap("; ".join(_either(one, specs) for one in parts), WIDTH, told, INDENT)
        return
    if label == "checked   ":
        index = "".join(_INDEX.findall(lines[0]))
        lines = [retell(lines[0].removesuffix(index), specs) + index, *lines[1:]]
    elif label == "raised    ":
        whole = "\n".join(lines)
        kind, colon, text = whole.partition(": ")
        told_whole = retell(whole)
        lines = (told_whole if told_whole != whole else kind + colon + retell(text)).split("\n")
    else:
        lines = [_shown(line) for line in lines]
    yield told + lines[0]
    yield from (INDENT + line if line else line for line in lines[1:])


def _either(text: str, specs: Path) -> str:
    """In the words of the grader, or in those of a spec."""
    told = retell(text)
    return told if told != text else retell(text, specs)


def _shown(line: str) -> str:
    """A line of a value; within a container its key comes first."""
    found = re.match(r"\s*(?:\[[^\]]*\] )?", line)
    start = found[0] if found else ""
    return start + retell(line.removeprefix(start))


def _sentence(text: str, folders: Folders) -> str:
    told = translate(text, folders[2])
    if told != text:
        return told
    _, colon, what = text.partition(": ")
    told = retell(text)
    return told.replace(what, translate(what, folders[2])) if colon and what in told else told
