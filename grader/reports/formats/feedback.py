"""What each learner is handed back: her promises, kept and broken, as Markdown and as a page."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from grader.course.course import Course
from grader.gradebook.rows import Row
from grader.messages.escaping import lines, printable
from grader.messages.language import ENGLISH, say, speaking, spoken, translate
from grader.reports.common.adjustments import adjustments
from grader.reports.common.markdown import block, text
from grader.reports.common.pages import template
from grader.reports.common.retelling import retold
from grader.verdicts.outcome_labels import MARKS, stars
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

SUFFIXES = (".feedback.md", ".feedback.html")
_MAX_STEM = 60  # characters; of three bytes each at most, with a suffix a name is below 255
_RESERVED = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9¹²³]", re.IGNORECASE)  # on Windows


def render(
    rows: Sequence[Row], steps: int = 1, course: Course | None = None, language: str = ENGLISH
) -> dict[str, str]:
    """Write the feedback to everybody.

    Parameters
    ----------
    rows : sequence of Row
        The gradebook.
    steps : int, default 1
        How many steps of help are told.
    course : Course, optional
        The course, whose catalogues translate what was found; without it, that stays English.
    language : str, default "en"
        For whom the roster knows none.

    Returns
    -------
    dict of str to str
        The content of each file by its name, two for each learner.
    """
    found = {}
    for row, stem in zip(rows, _stems(rows), strict=True):
        hers = row.learner.language if row.learner else ""
        with speaking(hers or language):
            told = retold(row, course) if course else row
            markdown, page = (f"{stem}{suffix}" for suffix in SUFFIXES)
            found[markdown] = render_markdown(told, steps)
            found[page] = render_page(told, steps)
    return found


def render_page(row: Row, steps: int = 1) -> str:
    """Write the feedback to one learner as a page.

    Parameters
    ----------
    row : Row
        Her row.
    steps : int, default 1
        How many steps of help are told.
    """
    return template("feedback.html", "feedback.css").render(
        row=row,
        steps=steps,
        marks=MARKS,
        language=spoken(),
        title=say("feedback"),
        say=say,
        word=word,
        points_of=points_of,
        part_of=part_of,
        printable=printable,
        lines=lines,
        stars=stars,
        adjustments=adjustments,
        tried=tried,
        waiting=waiting,
    )


def render_markdown(row: Row, steps: int = 1) -> str:
    """Write the feedback to one learner as Markdown.

    Parameters
    ----------
    row : Row
        Her row.
    steps : int, default 1
        How many steps of help are told.
    """
    verdict = row.verdict
    parts = [f"# {text(row.name)}", f"**{points_of(row.points, verdict.max_points)}**"]
    parts += [block(comment) for comment in row.comments_on()]
    for exercise in verdict.exercises:
        by_hand = say(", set by hand") if row.is_set_by_hand(exercise) else ""
        points = points_of(row.points_of(exercise), exercise.max_points) + by_hand
        parts.append(f"## {text(exercise.name)}: {points} {stars(exercise)}".rstrip())
        parts += [text(reason) for reason in adjustments(row, exercise)]
        parts += [block(comment) for comment in row.comments_on(exercise.name)]
        parts.append("\n".join(_items(exercise, steps)))
    # What the roster has to say of a row may name others; this is about her own files.
    if verdict.notes:
        parts.append(
            "\n".join([f"## {say('Notes')}", "", *(f"- {text(note)}" for note in verdict.notes)])
        )
    return "\n\n".join(parts) + "\n"


def points_of(points: int, most: int) -> str:
    """So many points of so many, in words."""
    return say("{points} of {most} points", points=points, most=most)


def part_of(spec: SpecVerdict) -> str:
    """The points of a spec, in words."""
    return say("{points} of {most}", points=spec.points, most=spec.max_points)


def word(outcome: Outcome) -> str:
    """What an outcome is called."""
    return translate(MARKS[outcome].word)


def _items(exercise: ExerciseVerdict, steps: int) -> Iterator[str]:
    for spec, is_new in tried(exercise):
        yield from _item(spec, steps, is_new)
    for mark, message, count in waiting(exercise):
        all_of_it = f" ({say('{count} promises', count=count)})" if count > 1 else ""
        yield f"- {MARKS[mark].symbol} {word(mark)}{all_of_it}: {text(message)}"


def _item(spec: SpecVerdict, steps: int, is_new: bool) -> Iterator[str]:
    mark = MARKS[spec.outcome]
    worth = f" ({part_of(spec)})" if spec.max_points else ""
    tier = f" *{say('stretch')}*" if spec.tier is Tier.STRETCH else ""
    again = "" if is_new else say(", as above")
    yield f"- {mark.symbol} **{word(spec.outcome)}**{tier} {text(spec.promise)}{worth}{again}"
    if spec.message and is_new:
        yield f"\n{block(spec.told(steps), '  ')}\n"


def tried(exercise: ExerciseVerdict) -> list[tuple[SpecVerdict, bool]]:
    """What was tried, and whether its reason is told for the first time.

    Parameters
    ----------
    exercise : ExerciseVerdict
        The exercise.

    Returns
    -------
    list of (SpecVerdict, bool)
        In the order of the spec file.
    """
    specs = [spec for spec in exercise.specs if not spec.outcome.is_waiting]
    reasons = [spec.told() for spec in specs]
    return [
        (spec, not reason or reason not in reasons[:number])
        for number, (spec, reason) in enumerate(zip(specs, reasons, strict=True))
    ]


def waiting(exercise: ExerciseVerdict) -> list[tuple[Outcome, str, int]]:
    """What is not there yet, said once.

    Parameters
    ----------
    exercise : ExerciseVerdict
        The exercise.

    Returns
    -------
    list of (Outcome, str, int)
        Outcome, reason, and of how many promises.
    """
    specs = (spec for spec in exercise.specs if spec.outcome.is_waiting)
    counts = Counter((spec.outcome, spec.message) for spec in specs)
    return [(outcome, message, count) for (outcome, message), count in counts.items()]


def _stems(rows: Sequence[Row]) -> list[str]:
    """Names of files that every system takes, and that no two learners share."""
    stems = [_stem(row.name) for row in rows]
    counts = Counter(stem.casefold() for stem in stems)
    return [
        stem if counts[stem.casefold()] == 1 else f"{stem}-{_short(row.verdict.name)}"
        for stem, row in zip(stems, rows, strict=True)
    ]


def _stem(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name)
    words = "".join(c if unicodedata.category(c)[0] in "LN" else " " for c in plain).split()
    stem = "-".join(words)[:_MAX_STEM]
    if not stem or _RESERVED.fullmatch(stem):
        return f"learner-{_short(name)}"
    return stem


def _short(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
