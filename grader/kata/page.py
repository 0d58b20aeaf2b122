"""A verdict as a notebook shows it: as HTML, and as text where there is no HTML.

The HTML needs nothing from outside, and no style to be understood: where a notebook is not trusted,
Jupyter takes all styles away. It sets no colour of text or of background, so that it fits the
light and the dark themes of Jupyter, VS Code and Colab alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from grader.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

GREEN, RED, GREY, PURPLE = "#2a9d5c", "#e0524d", "#8a8a8a", "#b05cd6"
"""Each can be seen on white and on black; none of them says what words do not say as well."""

MARKS = {
    Outcome.PASSED: ("✓", "kept", GREEN),
    Outcome.FAILED: ("✗", "broken", RED),
    Outcome.TIMED_OUT: ("✗", "took too long", RED),
    Outcome.CRASHED: ("✗", "ended the process", RED),
    Outcome.NOT_STARTED: ("…", "not written yet", GREY),
    Outcome.BLOCKED: ("…", "waits for an earlier exercise", GREY),
    Outcome.GRADER_ERROR: ("!", "an error of the course, not yours", PURPLE),
}
STRETCH_OPEN = ("☆", "stretch, still open", GREY)


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
        return self.html

    def __repr__(self) -> str:
        return self.text


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
    broken = [s for s in verdict.specs if not s.passed and not s.outcome.is_waiting]
    broken.sort(key=lambda spec: spec.tier is Tier.STRETCH)
    waiting = [spec for spec in verdict.specs if spec.outcome.is_waiting]
    kept = [spec for spec in verdict.specs if spec.passed]
    told = _sum_up(verdict)
    last = _what_next(verdict, following)
    colour = GREEN if verdict.done else RED if broken else GREY
    parts = [
        f"<strong>{escape(told)}</strong>",
        *(_broken_html(spec, unfolded=not n) for n, spec in enumerate(broken)),
        *(_waiting_html(message, specs) for message, specs in _by_message(waiting)),
        _kept_html(kept),
        f"<div>{escape(last)}</div>",
    ]
    style = f"border-left: 4px solid {colour}; padding: 0.2em 0 0.2em 1em; line-height: 1.5"
    html = f'<div style="{style}">{"".join(parts)}</div>'
    lines = [told, ""]
    for spec in broken:
        lines += [*_head(spec), *(f"    {line}" for line in spec.message.splitlines()), ""]
    for message, specs in _by_message(waiting):
        lines.append(f"{' '.join(_mark(specs[0])[:2])}: {message}{_number(specs)}")
    lines += [f"✓ kept: {spec.promise}" for spec in kept]
    return Page(_clean(html), _clean("\n".join([*lines, "", last]).replace("\n\n\n", "\n\n")))


def show_hint(spec: SpecVerdict, steps: Sequence[str], is_last: bool) -> Page:
    """Show some steps of help for a broken promise.

    Parameters
    ----------
    spec : SpecVerdict
        The verdict on it.
    steps : sequence of str
        The steps to show, of which the last is new.
    is_last : bool
        Whether there are no more.
    """
    more = "That is all the help there is." if is_last else "Ask again to go one step further."
    items = "".join(f"<li>{escape(step)}</li>" for step in steps)
    html = f"<div>{_head_html(spec)}<ol>{items}</ol><div>{more}</div></div>"
    lines = [*_head(spec), *(f"    {n}. {step}" for n, step in enumerate(steps, 1)), more]
    return Page(_clean(html), _clean("\n".join(lines)))


def show_message(text: str) -> Page:
    """Show a sentence."""
    return Page(_clean(f"<div>{escape(text)}</div>"), _clean(text))


def _sum_up(verdict: ExerciseVerdict) -> str:
    core, stretch = verdict.of(Tier.CORE), verdict.of(Tier.STRETCH)
    stars = "".join("★" if spec.passed else "☆" for spec in stretch)
    kept = f"{sum(spec.passed for spec in core)} of {len(core)} core promises kept"
    return f"{verdict.name}: {kept}, {verdict.points} of {verdict.max_points} points {stars}".strip()


def _what_next(verdict: ExerciseVerdict, following: str) -> str:
    if not verdict.done:
        return ""
    return f"Done! Next: {following}" if following else "Done, and it was the last one."


def _mark(spec: SpecVerdict) -> tuple[str, str, str]:
    if spec.tier is Tier.STRETCH and spec.outcome is Outcome.FAILED:
        return STRETCH_OPEN
    return MARKS[spec.outcome]


def _head(spec: SpecVerdict) -> list[str]:
    symbol, word, _ = _mark(spec)
    return [f"{symbol} {word}: {spec.promise}"]


def _head_html(spec: SpecVerdict) -> str:
    symbol, word, colour = _mark(spec)
    mark = f'<span style="color: {colour}; font-weight: bold">{symbol}&nbsp;{word}</span>'
    return f"{mark}&ensp;{escape(spec.promise)}"


def _broken_html(spec: SpecVerdict, *, unfolded: bool) -> str:
    printed = f"<div>printed</div>{_pre(spec.output)}" if spec.output.strip() else ""
    body = _pre(spec.message) + printed + _hints_html(getattr(spec, "hints", ()))
    return _fold(_head_html(spec), body, unfolded=unfolded)


def _hints_html(hints: Sequence[str]) -> str:
    """Each step inside the one before, so that nobody sees further than she wants to."""
    html = ""
    for number, hint in reversed(list(enumerate(hints, 1))):
        summary = "a hint" if number == 1 else "one step further"
        html = _fold(summary, f"<div>{escape(hint)}</div>{html}")
    return html


def _waiting_html(message: str, specs: Sequence[SpecVerdict]) -> str:
    symbol, word, colour = _mark(specs[0])
    mark = f'<span style="color: {colour}; font-weight: bold">{symbol}&nbsp;{word}</span>'
    return f"<div>{mark}&ensp;{escape(message)}{_number(specs)}</div>"


def _kept_html(kept: Sequence[SpecVerdict]) -> str:
    if not kept:
        return ""
    symbol, word, colour = MARKS[Outcome.PASSED]
    promises = "1 promise" if len(kept) == 1 else f"{len(kept)} promises"
    mark = f'<span style="color: {colour}; font-weight: bold">{symbol}&nbsp;{word}</span>'
    return _fold(
        f"{mark}&ensp;{promises}",
        "".join(f"<div>{symbol} {escape(_starred(spec))}</div>" for spec in kept),
    )


def _starred(spec: SpecVerdict) -> str:
    return f"{spec.promise} ★" if spec.tier is Tier.STRETCH else spec.promise


def _number(specs: Sequence[SpecVerdict]) -> str:
    return f" ({len(specs)} promises)" if len(specs) > 1 else ""


def _by_message(specs: Iterable[SpecVerdict]) -> list[tuple[str, list[SpecVerdict]]]:
    found: dict[str, list[SpecVerdict]] = {}
    for spec in specs:
        found.setdefault(spec.message, []).append(spec)
    return list(found.items())


def _pre(text: str) -> str:
    style = (
        "margin: 0.3em 0; padding: 0.5em 0.8em; overflow-x: auto; white-space: pre; "
        "color: inherit; background: rgba(127, 127, 127, 0.13); border-radius: 4px"
    )
    return f'<pre style="{style}">{escape(text)}</pre>' if text.strip() else ""


def _fold(summary: str, body: str, *, unfolded: bool = False) -> str:
    opened = " open" if unfolded else ""
    return (
        f'<details{opened} style="margin: 0.2em 0">'
        f'<summary style="cursor: pointer">{summary}</summary>'
        f'<div style="margin-left: 1.2em">{body}</div></details>'
    )


def _clean(text: str) -> str:
    """Text without halves of characters, which no notebook can hold, and control codes."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in whole)
