"""Displays a verdict in a notebook, as HTML, or as text where HTML is not supported.

The HTML refers to no other files, and can be read without styles, which Jupyter removes from
untrusted notebooks. It sets no text or page colours, so it fits the light and dark themes of
Jupyter, VS Code and Colab.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from grader.messages.escaping import cleaned
from grader.messages.language import say, tell
from grader.verdicts.causes import Cause, causes_of
from grader.verdicts.origin import told_to_begin
from grader.verdicts.outcome_labels import STILL_OPEN, label_of, stars
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

GREEN, RED, GREY, PURPLE = "#22884f", "#d9433e", "#7c7c7c", "#a855c9"
"""Colours that are visible on white and on black; what they mean is also said in words."""

PRE = (
    "margin: 0.3em 0; padding: 0.5em 0.8em; overflow-x: auto; white-space: pre; "
    "font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; "
    "color: inherit; background: rgba(127, 127, 127, 0.13); border-radius: 4px"
)


@dataclass(frozen=True)
class Page:
    """A page to be displayed: notebooks use its HTML, consoles its text.

    Attributes
    ----------
    html, text : str
        The same content in both formats.
    """

    html: str
    text: str

    def _repr_html_(self) -> str:
        return cleaned(self.html)

    def __repr__(self) -> str:
        return cleaned(self.text)


def show_message(text: str) -> Page:
    """Return a page that shows a sentence."""
    return Page(f"<div>{escape(text)}</div>", text)


def show_program(program: str) -> Page:
    """Return a page that shows what was called as Python, to paste into a cell."""
    told = say("Try it: paste this into a cell.")
    return Page(f"<div>{escape(told)}</div>{_pre(program)}", f"{told}\n\n{program}")


def show_verdict(verdict: ExerciseVerdict, following: str = "") -> Page:
    """Return a page that shows the verdict on an exercise.

    Parameters
    ----------
    verdict : ExerciseVerdict
        Verdict of a complete run.
    following : str, default ""
        Name of the next exercise; empty if there is none.

    Returns
    -------
    Page
        Broken promises, the first of them unfolded, then those not written yet, then kept ones.
    """
    causes = causes_of(verdict.specs)
    broken = [cause for cause in causes if not cause.is_waiting]
    waiting = [cause.specs for cause in causes if cause.is_waiting]
    kept = [spec for tier in Tier for spec in verdict.of(tier) if spec.passed]
    first, last = _sum_up(verdict), _what_next(verdict, following)
    parts = [
        f"<strong>{escape(first)}</strong>",
        *(_broken_html(cause, unfolded=not n) for n, cause in enumerate(broken)),
        *map(_waiting_html, waiting),
        _kept_html(kept),
        f"<div>{escape(last)}</div>",
    ]
    colour = GREEN if verdict.done else RED if broken else GREY
    style = f"border-left: 4px solid {colour}; padding: 0.2em 0 0.2em 1em; line-height: 1.5"
    blocks = [
        first,
        *map(_broken_text, broken),
        "\n".join(map(_waiting_text, waiting)),
        "\n".join(_line(spec, _starred(spec)) for spec in kept),
        last,
    ]
    html = f'<div style="{style}">{"".join(parts)}</div>'
    return Page(html, "\n\n".join(filter(None, blocks)))


def show_hint(spec: SpecVerdict, steps: int) -> Page:
    """Return a page that shows the first hints for a broken promise.

    Parameters
    ----------
    spec : SpecVerdict
        Verdict on the spec of the promise.
    steps : int
        Number of hints to show.

    Returns
    -------
    Page
        The promise, the hints, and whether there are more.
    """
    shown = spec.hints[:steps]
    more = say("Ask again to go one step further.")
    if not spec.hints:
        more = told_to_begin(spec.message) or say(
            "This is not a known mistake: compare what was returned with what was expected."
        )
    elif steps >= len(spec.hints):
        more = say("That is all the help there is.")
    items = "".join(f"<li>{escape(tell(hint))}</li>" for hint in shown)
    html = f"<div>{_marked(spec, spec.promise)}<ol>{items}</ol><div>{escape(more)}</div></div>"
    lines = (f"    {number}. {tell(hint)}" for number, hint in enumerate(shown, 1))
    return Page(html, "\n".join([_line(spec, spec.promise), *lines, more]))


# Texts


def _sum_up(verdict: ExerciseVerdict) -> str:
    core = verdict.of(Tier.CORE)
    return say(
        "{name}: {kept} of {count} core promises kept, {points} of {most} points {stars}",
        name=verdict.name,
        kept=sum(spec.passed for spec in core),
        count=len(core),
        points=verdict.points,
        most=verdict.max_points,
        stars=stars(verdict),
    ).rstrip()


def _what_next(verdict: ExerciseVerdict, following: str) -> str:
    if not verdict.done:
        return ""
    if not following:
        return say("Done, and it was the last one.")
    return say("Done! Next: {name}", name=following)


def _colour(spec: SpecVerdict) -> str:
    """Return the colour of an outcome, which only repeats what symbol and word say."""
    match spec.outcome:
        case Outcome.PASSED:
            return GREEN
        case Outcome.NOT_STARTED | Outcome.BLOCKED:
            return GREY
        case Outcome.GRADER_ERROR:
            return PURPLE
        case _:
            return GREY if label_of(spec).symbol == STILL_OPEN.symbol else RED


def _waiting(specs: Sequence[SpecVerdict]) -> tuple[str, str]:
    """Return the first line of a message with the number of specs, and the rest of the message."""
    what, _, more = tell(specs[0].message).partition("\n")
    if len(specs) > 1:
        what = say("{what} ({count} promises)", what=what, count=len(specs))
    return what, more


def _starred(spec: SpecVerdict) -> str:
    return f"{spec.promise} ★" if spec.tier is Tier.STRETCH else spec.promise


# Text format


def _line(spec: SpecVerdict, text: str) -> str:
    label = label_of(spec)
    return say("{symbol} {word}: {text}", symbol=label.symbol, word=tell(label.word), text=text)


def _broken_text(cause: Cause) -> str:
    first = cause.first
    others = [cause.tell_others(), *(f"  {spec.promise}" for spec in cause.others)]
    told = [tell(first.message), *others] if cause.others else [tell(first.message)]
    return "\n".join([_line(first, first.promise), *_indented("\n".join(told))])


def _waiting_text(specs: Sequence[SpecVerdict]) -> str:
    what, more = _waiting(specs)
    return "\n".join([_line(specs[0], what), *_indented(more)])


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.splitlines())


# HTML


def _marked(spec: SpecVerdict, text: str) -> str:
    label = label_of(spec)
    mark = f"{label.symbol}&nbsp;{escape(tell(label.word))}"
    style = f"color: {_colour(spec)}; font-weight: bold"
    return f'<span style="{style}">{mark}</span>&ensp;{escape(text)}'


def _broken_html(cause: Cause, *, unfolded: bool) -> str:
    first = cause.first
    body = _pre(tell(first.message))
    if first.output.strip():
        body += f"<div>{escape(say('Your code printed:'))}</div>{_pre(first.output)}"
    body += _hints_html([tell(hint) for hint in first.hints])
    if cause.others:
        body += _fold(escape(cause.tell_others()), _list(cause.others, lambda spec: spec.promise))
    return _fold(_marked(first, first.promise), body, unfolded=unfolded)


def _waiting_html(specs: Sequence[SpecVerdict]) -> str:
    what, more = _waiting(specs)
    return f"<div>{_marked(specs[0], what)}{_pre(more)}</div>"


def _hints_html(hints: Sequence[str]) -> str:
    """Nest each hint inside the one before, so that the learner unfolds one at a time."""
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


def _list(specs: Sequence[SpecVerdict], text_of: Callable[[SpecVerdict], str]) -> str:
    return "".join(f"<div>{label_of(spec).symbol} {escape(text_of(spec))}</div>" for spec in specs)


def _pre(text: str) -> str:
    return f'<pre style="{PRE}">{escape(text)}</pre>' if text.strip() else ""


def _fold(summary: str, body: str, *, unfolded: bool = False) -> str:
    opened = " open" if unfolded else ""
    return (
        f'<details{opened} style="margin: 0.2em 0">'
        f'<summary style="cursor: pointer">{summary}</summary>'
        f'<div style="margin-left: 1.2em">{body}</div></details>'
    )
