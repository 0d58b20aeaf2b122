"""Feedback files for each learner: promises kept and broken, as Markdown and as an HTML page."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from grader.course.course import Course
from grader.gradebook.rows import Row
from grader.messages.escaping import lines, printable
from grader.messages.language import ENGLISH, say, speaking, spoken, tell
from grader.reports.common.adjustments import adjustments
from grader.reports.common.feedback_zip import Told
from grader.reports.common.learner_markdown import (
    part_of,
    render_markdown,
    reproduced_by,
    score_of,
    total_of,
)
from grader.reports.common.pages import template
from grader.reports.common.translated import translated
from grader.verdicts.causes import causes_of
from grader.verdicts.learner_view import command_for
from grader.verdicts.outcome_labels import OUTCOME_LABELS, stars, word

SUFFIXES = (".feedback.md", ".feedback.html")
_MAX_STEM = 60  # characters of at most three bytes: a name with suffix is below 255 bytes
_RESERVED = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9¹²³]", re.IGNORECASE)  # on Windows


def render(
    rows: Sequence[Row], steps: int = 1, course: Course | None = None, language: str = ENGLISH
) -> dict[str, str]:
    """Return the feedback files of all learners.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    steps : int, default 1
        Maximum number of hints for each spec.
    course : Course, optional
        Course whose catalogues translate the findings. Without it, they stay in English.
    language : str, default "en"
        Language for learners for whom the roster has none.

    Returns
    -------
    dict of str to str
        Contents of the files by name, two for each learner.
    """
    found = {}
    each = render_each(rows, steps, course, language)
    for stem, told in zip(_stems(rows), each, strict=True):
        markdown, page = (f"{stem}{suffix}" for suffix in SUFFIXES)
        found[markdown], found[page] = told.markdown, told.page
    return found


def render_each(
    rows: Sequence[Row], steps: int, course: Course | None, language: str
) -> list[Told]:
    """Return the feedback of each row, in the learner's language.

    Parameters
    ----------
    rows, steps, course, language
        As in `render`.
    """
    found = []
    for row in rows:
        own = row.learner.language if row.learner else ""
        with speaking(own or language):
            told = translated(row, course) if course else row
            found.append(Told(render_markdown(told, steps), render_page(told, steps)))
    return found


def render_page(row: Row, steps: int = 1) -> str:
    """Return the feedback to one learner as an HTML page.

    Parameters
    ----------
    row : Row
        Row of the learner.
    steps : int, default 1
        Maximum number of hints for each spec.
    """
    row = row.for_learner()
    return template("feedback.html", "feedback.css").render(
        row=row,
        steps=steps,
        marks=OUTCOME_LABELS,
        language=spoken(),
        title=say("feedback"),
        say=say,
        word=word,
        total_of=total_of,
        score_of=score_of,
        part_of=part_of,
        printable=printable,
        lines=lines,
        stars=stars,
        adjustments=adjustments,
        command_for=command_for,
        reproduced_by=reproduced_by,
        causes_of=causes_of,
        tell=tell,
    )


def _stems(rows: Sequence[Row]) -> list[str]:
    """Return file names without suffix that are unique and valid on every operating system."""
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
