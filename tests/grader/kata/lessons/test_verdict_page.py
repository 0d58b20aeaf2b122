"""A verdict in a notebook: words for every outcome, the worst first, all text escaped."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from grader.kata.lessons.verdict_page import show_hint, show_message, show_verdict
from grader.messages.explanation import explain
from grader.messages.language import CHINESE, speaking
from grader.messages.message import english, joined
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

VOID = {"br", "img", "hr"}


def spec(promise, outcome=Outcome.PASSED, message="", tier=Tier.CORE, **more):
    """Return the verdict on one spec."""
    points = 1 if tier is Tier.CORE else 0
    return SpecVerdict(f"test_{promise}", promise, tier, outcome, points, message, **more)


def page(*specs, following=""):
    """Return the page of an exercise with these specs."""
    return show_verdict(ExerciseVerdict("03_affine", specs), following)


class Reader(HTMLParser):
    """Parses a page: its elements, its text, and what is unfolded."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.text, self.unfolded = [], [], "", 0
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.unfolded += ("open", None) in attributes
        assert not any(name.startswith("on") for name, _ in attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_a_kept_and_a_broken_promise_differ_in_symbol_and_word():
    """A reader without colours, or with a screen reader, gets the same information."""
    made = page(spec("Keeps this."), spec("Breaks that.", Outcome.FAILED, "checked   db"))
    for text in (Reader(made._repr_html_()).text.replace("\xa0", " "), repr(made)):
        assert "✓ kept" in text
        assert "✗ broken" in text
        assert text.index("Breaks that.") < text.index("Keeps this.")
        assert "checked   db" in text
        assert "03_affine: 1 of 2 core promises kept, 1 of 2 points" in text


def test_an_exercise_that_is_done_says_so_and_what_comes_next():
    """Or that it was the last; a missing star is not a fault."""
    star = spec("Shines.", Outcome.FAILED, "differs", Tier.STRETCH)
    made = repr(page(spec("Keeps this."), star, following="04_softmax"))
    assert made.startswith("03_affine: 1 of 1 core promises kept, 1 of 1 points ☆\n")
    assert made.endswith("\nDone! Next: 04_softmax")
    assert "☆ stretch, still open: Shines." in made
    assert "broken" not in made
    assert repr(page(spec("Keeps this."))).endswith("it was the last one.")
    assert "Done" not in repr(page(spec("Breaks that.", Outcome.FAILED, "no")))


def test_every_outcome_has_words_of_its_own():
    """Each has its own words, and symbols that match them."""
    made = [page(spec("This.", outcome, "why")) for outcome in Outcome]
    assert len({repr(one) for one in made}) == len({one.html for one in made}) == len(Outcome)


def test_only_the_first_broken_promise_is_unfolded():
    """One thing at a time; the others are a click away."""
    made = page(*(spec(f"Breaks {n}.", Outcome.FAILED, f"differs {n}") for n in range(3)))
    read = Reader(made.html)
    assert read.unfolded == 1
    assert read.tags.count("details") == 3


def test_the_same_reason_is_told_once():
    """A syntax error breaks every promise of an exercise, but is shown once."""
    why = "raised    SyntaxError: invalid syntax\nat        affine.py:1    class Affine(:"
    made = page(*(spec(f"Promise {n}.", Outcome.FAILED, why) for n in range(9)))
    assert repr(made).count("SyntaxError") == made.html.count("SyntaxError") == 1
    assert all(f"Promise {n}." in made.html and f"Promise {n}." in repr(made) for n in range(9))


def test_what_is_not_written_yet_is_said_once_and_is_not_broken():
    """A stub is not a failure."""
    todo = [spec(f"Promise {n}.", Outcome.NOT_STARTED, "write forward") for n in range(3)]
    made = page(*todo, spec("Later.", Outcome.BLOCKED, "it needs 02_activations"))
    assert "○ not started: write forward (3 promises)" in repr(made)
    assert "◌ blocked: it needs 02_activations" in repr(made)
    assert "broken" not in made.html + repr(made)
    lines = repr(page(spec("Later.", Outcome.BLOCKED, "it needs 02\nraised    SyntaxError")))
    assert "◌ blocked: it needs 02\n    raised    SyntaxError" in lines


def test_each_hint_is_folded_into_the_one_before():
    """Each hint is shown only on request; a console shows none unasked."""
    broken = spec("Sums.", Outcome.FAILED, "differs", hints=("Which axis?", "summed over all"))
    made = page(broken)
    first, second = made.html.index("Which axis?"), made.html.index("summed over all")
    between = made.html[first:second]
    assert "<details" in between
    assert "</details>" not in between
    assert Reader(made.html).unfolded == 1
    assert "Which axis?" not in repr(made)


def test_hints_come_step_by_step_and_then_end():
    """An unknown mistake has no hints, and the page says so."""
    broken = spec("Sums.", Outcome.FAILED, "differs", hints=("Which axis?", "summed over all"))
    one, two, three = (repr(show_hint(broken, steps)) for steps in (1, 2, 3))
    assert "1. Which axis?\nAsk again" in one
    assert "2. summed over all\nThat is all" in two
    assert two == three
    assert "not a known mistake" in repr(show_hint(spec("Sums.", Outcome.FAILED, "differs"), 1))


def test_what_the_learners_code_printed_is_shown_where_it_broke():
    """Many learners look for a mistake by printing."""
    made = page(spec("Sums.", Outcome.FAILED, "differs", output="x is 3\n"))
    assert "Your code printed:" in made.html
    assert "x is 3" in made.html


def test_a_page_needs_nothing_from_outside_and_sets_no_colour_of_text():
    """It is seen without a network, and in dark themes."""
    made = page(spec("Keeps."), spec("Breaks.", Outcome.FAILED, "differs", hints=("a", "b")))
    assert not {"script", "link", "style", "img"} & set(Reader(made.html).tags)
    assert "http" not in made.html
    assert "color: #000" not in made.html.lower()


HOSTILE = st.text() | st.sampled_from(
    ["</pre><script>alert(1)</script>", "\ud800", "\x1b[2J", "&lt;"]
)


@given(text=HOSTILE, more=HOSTILE, outcome=st.sampled_from(Outcome), tier=st.sampled_from(Tier))
def test_whatever_the_learners_code_says_stays_text(text, more, outcome, tier):
    """It is valid in any notebook, and neither ends nor starts an element."""
    one = spec("Promise.", outcome, text, tier, output=more, hints=(more, text))
    plain = spec("Promise.", outcome, "a", tier, output="b", hints=("c", "d"))
    known = set(Reader(page(plain).html).tags)
    for made in (page(one, following=more), show_hint(one, 2), show_message(text)):
        made._repr_html_().encode()
        repr(made).encode()
        assert set(Reader(made._repr_html_()).tags) <= known | {"div", "ol", "li"}
        assert "\x1b" not in repr(made)


def test_what_a_learner_wrote_is_shown_as_it_is_in_every_language():
    """Even if it equals a message of the grader, which has a translation."""
    own = "nothing was handed in"
    ours = explain(("raised", joined(["ValueError: ", own])), ("", english(own)))
    with speaking(CHINESE):
        shown = page(spec("a", Outcome.FAILED, ours, output=own), spec("b", Outcome.FAILED, own))
        hint = show_hint(spec("a", Outcome.FAILED, own, hints=(own, english(own))), 2)
    for text in (shown.html, str(shown)):
        assert f"发生异常  ValueError: {own}" in text
        assert "没有交任何东西" in text
    assert shown.html.count(own) == 3
    assert (hint.html.count(own), hint.html.count("没有交任何东西")) == (1, 1)
