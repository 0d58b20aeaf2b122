"""The summary of a step in GitHub Actions, as Markdown within GitHub's size limit."""

from collections.abc import Iterator, Sequence

from grader.gradebook.rows import Row
from grader.reports.common.adjustments import follow_through_legend, other_mark
from grader.reports.common.learner_markdown import render_markdown
from grader.reports.common.markdown import text
from grader.reports.common.statistics import broken_promises, made_mistakes
from grader.verdicts.outcome_labels import BY_HAND, EXCUSED, stars

LIMIT = 1 << 20
"""Maximum size of a step's summary in bytes. GitHub does not show a larger one at all."""

_RESERVE = 200  # bytes for the sentence about omitted lines
_MAX_LISTED = 10


def render(
    rows: Sequence[Row], *, is_class: bool = True, steps: int = 1, limit: int = LIMIT
) -> str:
    """Return the summary of one submission in full, or of a class as a table.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    is_class : bool, default True
        Whether to return a table, even for a class of one.
    steps : int, default 1
        Maximum number of hints for each spec of a single submission.
    limit : int
        Maximum size in bytes.

    Returns
    -------
    str
        Markdown. If it is too long, it is cut after a complete line, and a sentence says so.
    """
    if not is_class:
        return _cut([render_markdown(row, steps) for row in rows], limit)
    return _cut([f"{line}\n" for line in _class(rows)], limit)


def _class(rows: Sequence[Row]) -> Iterator[str]:
    done = sum(row.verdict.done for row in rows)
    yield f"# {len(rows)} learners, {done} have done all of core"
    yield ""
    if mistakes := made_mistakes(rows)[:_MAX_LISTED]:
        yield "| mistake | exercise | learners | promises | points |"
        yield "| --- | --- | ---: | ---: | ---: |"
        for one in mistakes:
            told = f"{text(one.name)} | {text(one.exercise)} | {len(one.learners)}"
            yield f"| {told} | {one.promises} | {one.points} |"
        yield ""
    if promises := broken_promises(rows)[:_MAX_LISTED]:
        yield from ("| promise | exercise | broken by | of those who started |",)
        yield "| --- | --- | ---: | ---: |"
        for two in promises:
            share = f"{two.share}% of {two.started}"
            told = f"{text(two.promise)} | {text(two.exercise)}"
            yield f"| {told} | {len(two.learners)} | {share} |"
        yield ""
    yield from _table(rows)
    noted = [row for row in rows if row.notes]
    if any(row.is_set_by_hand(one) for row in rows for one in row.verdict.exercises):
        yield from ("", rf"\{BY_HAND} set by hand")
    if any(row.excused for row in rows):
        yield from ("", f"{EXCUSED} excused, and so not counted")
    for meaning in follow_through_legend(rows):
        yield from ("", meaning)
    if noted:
        yield ""
    for row in noted:
        yield f"- {text(row.name)}: {text('; '.join(map(str, row.notes)))}"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    exercises = [text(one.name) for one in rows[0].verdict.exercises] if rows else []
    yield f"| {' | '.join(['learner', 'section', *exercises, 'points'])} |"
    yield f"| --- | --- |{' ---: |' * (len(exercises) + 1)}"
    for row in rows:
        cells = [text(row.name), text(row.section)]
        for exercise in row.verdict.exercises:
            if row.is_excused(exercise):
                cells.append(EXCUSED)
                continue
            mark = "!" if exercise.has_grader_error else "✓" if exercise.done else ""
            by_hand = rf"\{BY_HAND}" if row.is_set_by_hand(exercise) else ""
            points = f"{row.points_of(exercise)}{by_hand}{other_mark(row, exercise)}"
            cells.append(f"{mark} {points} {stars(exercise)}".strip())
        total = EXCUSED if row.is_all_excused else f"{row.points} / {row.max_points}"
        yield f"| {' | '.join(cells)} | {total} |"


def _cut(parts: list[str], limit: int) -> str:
    """Join the parts, cut after a complete line if they are too long, and close a code block."""
    whole = "".join(parts)
    if len(whole.encode()) <= limit:
        return whole
    lines = whole.split("\n")[:-1]
    room, kept, fence = limit - _RESERVE, 0, ""
    for kept, line in enumerate(lines):  # noqa: B007
        room -= len(line.encode()) + 1
        mark = line.strip()
        closes, opens = fence and mark == fence, not fence and mark.startswith("```")
        if room - (0 if closes else len(fence)) < 0:
            break
        fence = "" if closes else mark.removesuffix("text") if opens else fence
    closing = [f"  {fence}"] if fence else []
    told = f"**Cut here: {len(lines) - kept} more lines are too many for a summary.**"
    return "\n".join([*lines[:kept], *closing, "", told, ""])
