"""A row of the gradebook in the language of its learner. Verdicts themselves are English."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from grader.course.course import Course
from grader.gradebook.rows import Row
from grader.messages.language import ENGLISH, catalogue, retell, say, spoken, translate
from grader.messages.wrapping import wrap
from grader.verdicts.verdict import WIDTH, ExerciseVerdict, SpecVerdict

INDENT = " " * 10
"""As wide as the label at the beginning of a line of a message."""

LABELS = frozenset(
    f"{label:10}" for label in ("checked", "returned", "expected", "differs", "perhaps", "raised")
)
_FAULT = re.compile(r" (?=(?:is|has|holds|cannot|leads|and) )")
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
    notes = tuple(map(_noted, verdict.notes))
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
    """What `grader.mistakes.diagnosis.hints_of` has put together."""
    told = []
    for one in named.split(" or: "):
        title, with_place, place = one.rpartition(", in ")
        if with_place:
            told.append(say("{title}, in {place}", title=translate(title, folder), place=place))
        else:
            told.append(translate(one, folder))
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
        elif label == "stopped   ":
            yield from (say("stopped   {why}", why=retell(text)), *rest)
        else:
            yield _sentence(first, folders)


def _part(label: str, lines: list[str], folders: Folders) -> Iterator[str]:
    specs = folders[0]
    told = translate(label)
    if label in ("differs   ", "perhaps   "):
        yield from wrap(translate("; ").join(_parts(" ".join(lines), specs)), WIDTH, told, INDENT)
        return
    if label == "checked   ":
        index = "".join(_INDEX.findall(lines[0]))
        lines = [_what(lines[0].removesuffix(index), specs) + index, *lines[1:]]
    elif label == "raised    ":
        kind, colon, text = "\n".join(lines).partition(": ")
        lines = f"{translate(kind)}{colon}{retell(text)}".split("\n")
    else:
        lines = [_shown(line) for line in lines]
    yield told + lines[0]
    yield from (INDENT + line if line else line for line in lines[1:])


def _what(text: str, specs: Path) -> str:
    """What was compared; of "(dx, dy) of the first layer" it may be the dx alone."""
    told = retell(text, specs)
    if told != text or spoken() == ENGLISH:
        return told
    for key, translation in catalogue(specs, spoken()).items():
        for names in re.findall(r"\((\w+(?:, \w+)+)\)", key):
            for name in names.split(", "):
                if key.replace(f"({names})", name) == text:
                    return translation.replace(f"({names})", name)
    return text


def _parts(text: str, specs: Path) -> Iterator[str]:
    """Several remarks, in the words of the grader or of a spec; one may have a semicolon in it."""
    rest = text.split("; ")
    while rest:
        for count in range(1, len(rest) + 1):
            part = "; ".join(rest[:count])
            told = next((one for one in (retell(part), retell(part, specs)) if one != part), "")
            if told:
                break
        else:
            count, told = 1, rest[0]
        yield told
        rest = rest[count:]


def _shown(line: str) -> str:
    """A line of a value; within a container its key comes first."""
    found = re.match(r"\s*(?:\[[^\]]*\] )?", line)
    start = found[0] if found else ""
    return start + retell(line.removeprefix(start))


def _sentence(text: str, folders: Folders) -> str:
    """A line of its own; what comes behind a colon may be of a stub, or of the grader, too."""
    stubs = folders[2]
    told = translate(text, stubs)
    if told != text:
        return told
    _, colon, why = text.partition(": ")
    told = _noted(text)
    return told.replace(why, retell(translate(why, stubs))) if colon and told != text else told


def _noted(text: str) -> str:
    """What was noticed of a hand-in: a sentence, or what is wrong with the file it begins with."""
    for start in (0, *(fault.end() for fault in _FAULT.finditer(text))):
        told = retell(text[start:])
        if told != text[start:]:
            break
    else:
        return text
    told = text[:start] + told
    for quoted in filter(None, [text.partition(" taken: ")[2], *text.split("; ")[1:]]):
        told = told.replace(quoted, _noted(quoted))  # which may be such a sentence, too
    return told
