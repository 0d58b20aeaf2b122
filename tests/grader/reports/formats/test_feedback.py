"""Feedback files: their text and names, without results of other learners."""

import re
from html.parser import HTMLParser

import pytest
from gradebooks import BAD, EMPTY, GOOD, HELPED, HOSTILE, marked, row, spec, verdict
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.rows import Row
from grader.reports.common.learner_markdown import render_markdown
from grader.reports.formats.feedback import SUFFIXES, render, render_page
from grader.verdicts.verdict import Outcome


class Page(HTMLParser):
    """The tags of a page, and what it says."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.said = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.said += data


@pytest.mark.parametrize("rendered", [render_markdown, lambda row: Page(render_page(row)).said])
def test_kept_and_broken_promises_are_told_with_points_and_reason(rendered):
    """Stretch specs have stars; unwritten specs are summarised in one line."""
    said = rendered(row("jane", GOOD, BAD, EMPTY))
    for text in (
        *("jane", "6 of 12 points", "4 of 4 points", "2 of 4 points", "★", "☆"),
        *("✓", "kept", "✗", "broken", "returned  1", "expected  2", "ex.py:2    x = y"),
        *("not started", "3 promises", "ex.py was not handed in"),
    ):
        assert text in said
    assert said.count("ex.py was not handed in") == 1


def test_the_same_reason_is_told_once():
    """A misspelt name breaks everything that comes after it."""
    raised = "raised    NameError: x"
    same = tuple(spec(Outcome.FAILED, raised, name=f"test_{n}") for n in range(3))
    for said in (render_markdown(row("jane", same)), render_page(row("jane", same))):
        assert said.count(raised) == 1
        assert "The same is told of 2 more promises:" in said


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_help_goes_as_far_as_the_instructor_lets_it(steps):
    """The first step points to the idea, the second names the mistake."""
    for rendered in (render_markdown, render_page):
        said = rendered(row("jane", HELPED), steps)
        assert [hint in said for hint in HELPED[0].hints] == [steps > 0, steps > 1]


def test_notes_are_those_on_the_learners_own_files():
    """Notes about the roster may name other learners."""
    found = Row(
        "jane", verdict("jane", GOOD, notes=("layers.py was taken for ex.py",)), notes=("Bob",)
    )
    for said in (render_markdown(found), render_page(found)):
        assert "layers.py was taken for ex.py" in said
        assert "Bob" not in said


def test_everybody_gets_both_forms():
    """The files are named after the learner."""
    assert list(render([row("Doe, Jane", GOOD), row("李雷", BAD)])) == [
        *("Doe-Jane.feedback.md", "Doe-Jane.feedback.html"),
        *("李雷.feedback.md", "李雷.feedback.html"),
    ]


NAMES = st.text(max_size=40) | st.sampled_from(
    [*HOSTILE, "con", "LPT1", "a" * 300, "李" * 300, "Å", "A\u030a", ".", "..", "~", "nul.txt"]
)


@given(st.lists(NAMES, min_size=1, max_size=6, unique=True))
def test_names_of_files_are_safe_on_every_system(names):
    """No path, no clash if case is ignored, and no name that Windows reserves."""
    files = render([row(name, GOOD) for name in names])
    assert len(files) == 2 * len(names)
    assert len({name.casefold() for name in files}) == len(files)
    for name in files:
        stem = name.removesuffix(SUFFIXES[0]).removesuffix(SUFFIXES[1])
        assert re.fullmatch(r"[^\W_](?:[^\W_]|-)*", re.sub(r"[^\x00-\x7f]", "a", stem))
        assert not re.fullmatch("con|prn|aux|nul|(com|lpt)[0-9]", stem, re.IGNORECASE)
        assert len(name.encode()) <= 255
        assert name == name.strip()


def test_namesakes_keep_their_names_whoever_else_is_there():
    """A file of another learner would show one learner's marks to another."""
    one, other = Row("Jane", verdict("jane_1", GOOD)), Row("jane", verdict("jane_2", BAD))
    first, again = list(render([one, other])), list(render([other, row("Bob", GOOD), one]))
    assert len(set(first)) == 4
    assert again[:2] == first[2:]
    assert again[4:] == first[:2]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_what_strangers_wrote_is_text(hostile):
    """The page has the same elements as for any other text."""
    mild = row("x", (spec(Outcome.FAILED, "x"), spec(Outcome.BLOCKED, "x", name="test_g")))
    evil = row(
        hostile,
        (spec(Outcome.FAILED, hostile or "x"), spec(Outcome.BLOCKED, hostile, name="test_g")),
    )
    assert Page(render_page(evil)).tags == Page(render_page(mild)).tags


def test_a_page_loads_nothing_and_runs_nothing():
    """Its policy forbids both, except for its own style."""
    page = render_page(row("jane", BAD))
    policy = next(attrs["content"] for tag, attrs in Page(page).tags if "http-equiv" in attrs)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(r"(?:src|href)=", page.replace("default-src", ""))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_learner_reads_comments_and_no_reason(text):
    """As plain text; points that were set by hand are marked."""
    found = marked(row("jane", BAD), 3, comment=f"see {text} me", reason="the reason", by="eve")
    found = marked(found, comment="to all of it", exercise="")
    markdown, page = render_markdown(found), render_page(found)
    for shown in (markdown, page):
        assert "3 of 4 points, set by hand" in shown
        assert "see " in shown
        assert "to all of it" in shown
        assert "the reason" not in shown
        assert "eve" not in shown
    assert "<script>" not in page
    assert "<img" not in page
    assert "<svg" not in page
