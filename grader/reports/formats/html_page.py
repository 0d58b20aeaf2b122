"""The gradebook as a self-contained HTML page: learners, their verdicts, and class statistics.

Text of learners is embedded as JSON that cannot close its script element. The script of the page
inserts it as text, for a part of the rows at a time, so that thousands of rows stay responsive.
Messages and output are those that learners read: the page is easily shown to one.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from markupsafe import Markup

from grader.course.course import Part, by_part
from grader.gradebook.doubts.review import ordered
from grader.gradebook.rows import Row
from grader.messages.escaping import lines, printable
from grader.messages.explanation import Explanation, Reason
from grader.reports.common.adjustments import (
    adjustments,
    decisions,
    follow_through_legend,
    other_mark,
)
from grader.reports.common.class_overview import (
    Sources,
    identical_code,
    kind_of,
    module_of,
    overviews,
    unjudged,
)
from grader.reports.common.code_excerpts import excerpts, room_for
from grader.reports.common.pages import template
from grader.reports.common.statistics import broken_promises, made_mistakes
from grader.verdicts.causes import causes_of
from grader.verdicts.outcome_labels import BY_HAND, EXCUSED, OUTCOME_LABELS
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict
from grader.worker.source import Source

_PLACE = re.compile(r"(?P<file>.+):(?P<line>\d+)(?: {4}|$)")


def render(
    rows: Sequence[Row],
    sources: Sources | None = None,
    title: str = "Gradebook",
    parts: Sequence[Part] = (),
) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    sources : mapping, optional
        Code of the submissions, which is shown with the lines that failed.
    title : str, default "Gradebook"
        Title of the page.
    parts : sequence of Part, default ()
        Parts of the course, by which exercises are grouped, each with a total.
    """
    rows = [row.for_learner() for row in rows]
    numbers = {outcome: number for number, outcome in enumerate(Outcome)}
    table = _Table(rows, numbers, parts)
    data = {
        "outcomes": [
            {"name": o, "symbol": OUTCOME_LABELS[o].symbol, "word": str(OUTCOME_LABELS[o].word)}
            for o in Outcome
        ],
        **table.data(sources or {}),
    }
    # Only "<" can close a script element, or start a comment that hides its closing tag.
    embedded = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    return template("gradebook.html", "gradebook.css", "gradebook.js").render(
        title=printable(title),
        data=Markup(embedded),
        rows=rows,
        printable=printable,
        marks=OUTCOME_LABELS,
        sections=_sections(rows),
        exercises=[(table.title_before(one.exercise), one) for one in overviews(rows)],
        unjudged=unjudged(rows),
        unloaded=sum(any(map(kind_of, row.verdict.exercises)) for row in rows),
        identical=identical_code(rows, sources or {}),
        promises=broken_promises(rows),
        mistakes=made_mistakes(rows),
        finished=sum(row.verdict.done for row in rows),
        empty=sum(not row.handed_in for row in rows),
        faults=sum(row.verdict.has_grader_error for row in rows),
        by_hand=any(row.is_set_by_hand(one) for row in rows for one in row.verdict.exercises),
        follow_through=follow_through_legend(rows),
        to_look_at=ordered(rows),
        hidden=any(not row.verdict.conditions.is_public for row in rows),
        bare=bool(rows) and not rows[0].verdict.conditions.sandbox,
    )


class _Table:
    """The gradebook in a compact form, in which each text is stored once and referred to by index.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    numbers : mapping of Outcome to int
        Number that represents each outcome.
    parts : sequence of Part
        Parts of the course.
    """

    def __init__(
        self, rows: Sequence[Row], numbers: Mapping[Outcome, int], parts: Sequence[Part]
    ) -> None:
        self.rows = rows
        self.numbers = numbers
        self.texts: dict[str, int] = {}
        self.room = room_for(len(rows))
        self.exercises: dict[str, dict[str, SpecVerdict]] = {}
        for row in rows:
            for exercise in row.verdict.exercises:
                specs = self.exercises.setdefault(exercise.name, {})
                for spec in exercise.specs:
                    specs.setdefault(spec.name, spec)
        self.parts = by_part(self.exercises, parts, str)

    def title_before(self, exercise: str) -> str:
        """Return the title of the part that an exercise begins; empty if it begins none."""
        begun = (part for part, names in self.parts if names[0] == exercise)
        return next((printable(f"Part {one.number}: {one.title}") for one in begun), "")

    def data(self, sources: Sources) -> dict[str, Any]:
        learners = [self._learner(row, sources.get(row.handed_in, {})) for row in self.rows]
        exercises = [
            {
                "name": printable(name),
                "max": sum(spec.max_points for spec in specs.values()),
                "specs": [
                    {"promise": printable(one.promise), "tier": one.tier, "max": one.max_points}
                    for one in specs.values()
                ],
            }
            for name, specs in self.exercises.items()
        ]
        places = list(self.exercises)
        parts = [
            {"title": self.title_before(names[0]), "exercises": [places.index(n) for n in names]}
            for _, names in self.parts
        ]
        texts = list(self.texts)
        return {"exercises": exercises, "parts": parts, "learners": learners, "texts": texts}

    def _text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))

    def _learner(self, row: Row, modules: Mapping[str, Source]) -> dict[str, Any]:
        verdicts = {one.name: {s.name: s for s in one.specs} for one in row.verdict.exercises}
        found = [
            [self._spec(verdicts.get(name, {}).get(spec)) for spec in specs]
            for name, specs in self.exercises.items()
        ]
        return {
            "name": printable(row.name),
            "section": printable(row.section),
            "points": row.points,
            "scores": self._scores(row),
            "max": row.max_points,
            "totals": [row.total_of(part.members(row.verdict.exercises)) for part, _ in self.parts],
            "handedIn": bool(row.handed_in),
            "notes": [self._text(lines(str(note))) for note in (*row.notes, *decisions(row))],
            "verdicts": found,
            "causes": [self._causes(one) for one in self._judged(row)],
            "unjudged": [kind_of(one) for one in self._judged(row)],
            "code": self._code(row, modules),
        }

    def _judged(self, row: Row) -> list[ExerciseVerdict]:
        """Return the verdict on each exercise of the class; one without specs if there is none."""
        judged = {one.name: one for one in row.verdict.exercises}
        return [judged.get(name, ExerciseVerdict(name, ())) for name in self.exercises]

    def _scores(self, row: Row) -> list[list[Any]]:
        """Return points, sign and explanations for each exercise; empty if it was not judged."""
        return [self._score(row, one) if one.specs else [] for one in self._judged(row)]

    def _score(self, row: Row, exercise: ExerciseVerdict) -> list[Any]:
        signs = BY_HAND if row.is_set_by_hand(exercise) else other_mark(row, exercise)
        signs = EXCUSED if row.is_excused(exercise) else signs
        told = [*adjustments(row, exercise), *decisions(row, exercise.name)]
        return [row.points_of(exercise), signs, *(self._text(lines(one)) for one in told)]

    def _causes(self, exercise: ExerciseVerdict) -> list[list[Any]]:
        """Return each cause as what to say of its other promises, and the indices of all."""
        places = {name: place for place, name in enumerate(self.exercises[exercise.name])}
        return [
            [self._text(cause.tell_others()), *(places[spec.name] for spec in cause.specs)]
            for cause in causes_of(exercise.specs)
        ]

    def _spec(self, spec: SpecVerdict | None) -> list[Any]:
        """Return outcome, message with hints, and output; only the outcome if both are empty."""
        if spec is None:
            return []
        told, number = (spec.told(), spec.output), self.numbers[spec.outcome]
        return [number, *(self._text(lines(text)) for text in told)] if any(told) else [number]

    def _code(self, row: Row, modules: Mapping[str, Source]) -> list[list[list[Any]]]:
        """Return the files or cells of each exercise, with the numbers of the lines that failed."""
        failing: dict[str, set[int]] = {}
        for exercise in row.verdict.exercises:
            for spec in exercise.specs:
                for place in _places(spec.message):
                    failing.setdefault(place["file"], set()).add(int(place["line"]))
        files = {name: _files_of(source) for name, source in modules.items()}
        found = excerpts((one for parts in files.values() for one in parts), failing, self.room)
        return [
            [
                [printable(file), self._text(one.text), one.first, one.total, one.failing]
                for file, text in files.get(module_of(exercise), ())
                if (one := found.get((file, text)))
            ]
            for exercise in self._judged(row)
        ]


def _files_of(source: Source) -> list[tuple[str, str]]:
    """Return name, as in tracebacks, and code of each file or cell that is not empty."""
    parts = source.parts().items()
    return [(PurePath(file).name, text) for file, text in parts if text.strip()]


def _places(reason: Reason) -> Iterator[re.Match[str]]:
    """Yield a match for each line of a traceback in a reason."""
    for part in reason.parts if isinstance(reason, Explanation) else ():
        if part.label == "at" and (found := _PLACE.match(str(part.text))):
            yield found


def _sections(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return size, mean points and number of learners done for each section, if there are any."""
    names = sorted({row.section for row in rows})
    if names in ([], [""]):
        return []
    found = []
    for name in names:
        members = [row for row in rows if row.section == name]
        mean = sum(row.points for row in members) / len(members)
        done = sum(row.verdict.done for row in members)
        found.append({"name": name, "size": len(members), "mean": mean, "done": done})
    return found
