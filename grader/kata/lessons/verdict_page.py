"""A verdict as a notebook shows it: as HTML, and as text where there is no HTML.

The HTML needs nothing from outside, and no style to be understood: where a notebook is not trusted,
Jupyter takes all styles away. It sets no colour of text or of background, so that it fits the
light and the dark themes of Jupyter, VS Code and Colab alike.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from grader.messages.language import say, tell
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

GREEN, RED, GREY, PURPLE = "#22884f", "#d9433e", "#7c7c7c", "#a855c9"
"""Each can be seen on white and on black; none of them says what words do not say as well."""

PRE = (
    "margin: 0.3em 0; padding: 0.5em 0.8em; overflow-x: auto; white-space: pre; "
    "font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; "
    "color: inherit; background: rgba(127, 127, 127, 0.13); border-radius: 4px"
)


@dataclass(frozen=True)
class Page:
    """What a notebook displays: it asks for HTML, a console for text.

    Attributes
    ----------
    html, text : str
        The same in both.
    """

    html: str
    text: str

    def _repr_html_(self) -> str:
        return _clean(self.html)

    def __repr__(self) -> str:
        return _clean(self.text)


def show_message(text: str) -> Page:
    """Show a sentence."""
    return Page(f"<div>{escape(text)}</div>", text)


def show_verdict(verdict: ExerciseVerdict, following: str = "") -> Page:
    """Show the verdict on an exercise.

    Parameters
    ----------
    verdict : ExerciseVerdict
        The verdict.
    following : str, default ""
        The exercise that comes next, if any.

    Returns
    -------
    Page
        What is broken first, the first of it unfolded; then what is not written, and what is kept.
    """
    ordered = sorted(verdict.specs, key=lambda spec: spec.tier is Tier.STRETCH)
    broken = _alike(s for s in ordered if not s.passed and not s.outcome.is_waiting)
    waiting = _alike(spec for spec in ordered if spec.outcome.is_waiting)
    kept = [spec for spec in ordered if spec.passed]
    first, last = _sum_up(verdict), _what_next(verdict, following)
    parts = [
        f"<strong>{escape(first)}</strong>",
        *(_broken_html(specs, unfolded=not n) for n, specs in enumerate(broken)),
        *map(_waiting_html, waiting),
        _kept_html(kept),
        f"<div>{escape(last)}</div>",
    ]
    colour = GREEN if verdict.done else RED if broken else GREY
    style = f"border-left: 4px solid {colour}; padding: 0.2em 0 0.2em 1em; line-height: 1.5"
    blocks = [
        first,
        *(_broken_text(specs) for specs in broken),
        "\n".join(map(_waiting_text, waiting)),
        "\n".join(_line(spec, _starred(spec)) for spec in kept),
        last,
    ]
    html = f'<div style="{style}">{"".join(parts)}</div>'
    return Page(html, "\n\n".join(filter(None, blocks)))


def show_hint(spec: SpecVerdict, steps: int) -> Page:
    """Show the first steps of help for a broken promise.

    Parameters
    ----------
    spec : SpecVerdict
        The verdict on it.
    steps : int
        How many; if there are no more, this is said.

    Returns
    -------
    Page
        The promise, and the hints.
    """
    shown = spec.hints[:steps]
    more = say("Ask again to go one step further.")
    if not spec.hints:
        more = say("This is no known mistake: compare what was returned with what was expected.")
    elif steps >= len(spec.hints):
        more = say("That is all the help there is.")
    items = "".join(f"<li>{escape(tell(hint))}</li>" for hint in shown)
    html = f"<div>{_marked(spec, spec.promise)}<ol>{items}</ol><div>{escape(more)}</div></div>"
    lines = (f"    {number}. {tell(hint)}" for number, hint in enumerate(shown, 1))
    return Page(html, "\n".join([_line(spec, spec.promise), *lines, more]))


# What is said


def _sum_up(verdict: ExerciseVerdict) -> str:
    core, stretch = verdict.of(Tier.CORE), verdict.of(Tier.STRETCH)
    return say(
        "{name}: {kept} of {count} core promises kept, {points} of {most} points {stars}",
        name=verdict.name,
        kept=sum(spec.passed for spec in core),
        count=len(core),
        points=verdict.points,
        most=verdict.max_points,
        stars="".join("★" if spec.passed else "☆" for spec in stretch),
    ).rstrip()


def _what_next(verdict: ExerciseVerdict, following: str) -> str:
    if not verdict.done:
        return ""
    if not following:
        return say("Done, and it was the last one.")
    return say("Done! Next: {name}", name=following)


def _mark(spec: SpecVerdict) -> tuple[str, str, str]:
    """Symbol, word and colour."""
    if spec.tier is Tier.STRETCH and spec.outcome is Outcome.FAILED:
        return "☆", say("stretch, still open"), GREY
    match spec.outcome:
        case Outcome.PASSED:
            return "✓", say("kept"), GREEN
        case Outcome.FAILED:
            return "✗", say("broken"), RED
        case Outcome.TIMED_OUT:
            return "✗", say("took too long"), RED
        case Outcome.CRASHED:
            return "✗", say("ended the process"), RED
        case Outcome.NOT_STARTED:
            return "…", say("not written yet"), GREY
        case Outcome.BLOCKED:
            return "…", say("waits for an earlier exercise"), GREY
        case Outcome.GRADER_ERROR:
            return "!", say("an error of the course, not yours"), PURPLE


def _waiting(specs: Sequence[SpecVerdict]) -> tuple[str, str]:
    """What is waited for, in a line; and what there is to say beyond."""
    what, _, more = tell(specs[0].message).partition("\n")
    if len(specs) > 1:
        what = say("{what} ({count} promises)", what=what, count=len(specs))
    return what, more


def _starred(spec: SpecVerdict) -> str:
    return f"{spec.promise} ★" if spec.tier is Tier.STRETCH else spec.promise


def _alike(specs: Iterable[SpecVerdict]) -> list[list[SpecVerdict]]:
    """Put together what has one and the same reason: it need not be read ten times."""
    found: dict[tuple[Outcome, str], list[SpecVerdict]] = {}
    for spec in specs:
        found.setdefault((spec.outcome, tell(spec.message)), []).append(spec)
    return list(found.values())


# As text


def _line(spec: SpecVerdict, text: str) -> str:
    symbol, word, _ = _mark(spec)
    return say("{symbol} {word}: {text}", symbol=symbol, word=word, text=text)


def _broken_text(specs: Sequence[SpecVerdict]) -> str:
    lines = [_line(spec, spec.promise) for spec in specs]
    return "\n".join([*lines, *_indented(tell(specs[0].message))])


def _waiting_text(specs: Sequence[SpecVerdict]) -> str:
    what, more = _waiting(specs)
    return "\n".join([_line(specs[0], what), *_indented(more)])


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.splitlines())


# As HTML


def _marked(spec: SpecVerdict, text: str) -> str:
    symbol, word, colour = _mark(spec)
    mark = f'<span style="color: {colour}; font-weight: bold">{symbol}&nbsp;{escape(word)}</span>'
    return f"{mark}&ensp;{escape(text)}"


def _broken_html(specs: Sequence[SpecVerdict], *, unfolded: bool) -> str:
    first, *others = specs
    body = _pre(tell(first.message))
    if first.output.strip():
        body += f"<div>{escape(say('Your code printed:'))}</div>{_pre(first.output)}"
    body += _hints_html([tell(hint) for hint in first.hints])
    if others:
        told = say("{count} more promises for the same reason", count=len(others))
        body += _fold(escape(told), _list(others, lambda spec: spec.promise))
    return _fold(_marked(first, first.promise), body, unfolded=unfolded)


def _waiting_html(specs: Sequence[SpecVerdict]) -> str:
    what, more = _waiting(specs)
    return f"<div>{_marked(specs[0], what)}{_pre(more)}</div>"


def _hints_html(hints: Sequence[str]) -> str:
    """Each step inside the one before, so that nobody sees further than she wants to."""
    html = ""
    for number, hint in reversed(list(enumerate(hints))):
        summary = say("one step further") if number else say("a hint")
        html = _fold(escape(summary), f"<div>{escape(hint)}</div>{html}")
    return html


def _kept_html(kept: Sequence[SpecVerdict]) -> str:
    if not kept:
        return ""
    number = say("{count} promises", count=len(kept)) if len(kept) > 1 else say("1 promise")
    return _fold(_marked(kept[0], number), _list(kept, _starred))


def _list(specs: Sequence[SpecVerdict], told: Callable[[SpecVerdict], str]) -> str:
    return "".join(f"<div>{_mark(spec)[0]} {escape(told(spec))}</div>" for spec in specs)


def _pre(text: str) -> str:
    return f'<pre style="{PRE}">{escape(text)}</pre>' if text.strip() else ""


def _fold(summary: str, body: str, *, unfolded: bool = False) -> str:
    opened = " open" if unfolded else ""
    return (
        f'<details{opened} style="margin: 0.2em 0">'
        f'<summary style="cursor: pointer">{summary}</summary>'
        f'<div style="margin-left: 1.2em">{body}</div></details>'
    )


def _clean(text: str) -> str:
    """Text without halves of characters, which no notebook can hold, and without control codes."""
    return "".join(
        c if c in "\n\t\N{IDEOGRAPHIC SPACE}" or c.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )
