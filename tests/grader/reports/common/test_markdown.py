"""Untrusted text in Markdown is shown literally."""

import pytest
from gradebooks import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.messages.escaping import lines, printable
from grader.reports.common.markdown import block, text

PARSER = MarkdownIt("gfm-like", {"html": True, "linkify": False})
TEXT = st.text(st.characters() | st.sampled_from("`*_[]()<>|~&$#:!\\\n\t \u202e="), max_size=30)


@given(TEXT | st.sampled_from(HOSTILE))
def test_text_is_only_text(content):
    """Links, emphasis, HTML and code are not interpreted; no character is lost."""
    _, inline, _ = PARSER.parse(f"x {text(content)} x")
    assert {one.type for one in inline.children} == {"text"}
    found = "".join(one.content for one in inline.children)
    found = found.replace("\u200b", "")  # it cannot come from the content: it is not printable
    assert found.replace(" ", "") == f"x {printable(content)} x".replace(" ", "")


@given(TEXT | st.sampled_from(HOSTILE))
def test_text_stays_in_its_cell(content):
    """A bar or a line break in a text must not create a cell or row."""
    tokens = PARSER.parse(
        f"| a | b |\n| --- | --- |\n| {text(content)} | {text(content)} |\n| c | d |"
    )
    assert sum(one.type == "td_open" for one in tokens) == 4
    assert sum(one.type == "tr_open" for one in tokens) == 3


@given(TEXT | st.sampled_from(HOSTILE))
@pytest.mark.parametrize("indent", ["", "  "])
def test_a_block_is_one_block(indent, content):
    """With any number of backticks in it."""
    before = "- item\n\n" if indent else ""
    tokens = PARSER.parse(f"{before}{block(content, indent)}\n\nend")
    (fence,) = [one for one in tokens if one.type == "fence"]
    assert [line.rstrip() for line in fence.content.removesuffix("\n").split("\n")] == [
        line.rstrip() for line in lines(content).split("\n")
    ]


@pytest.mark.parametrize("content", ["http://x.invalid", "https://x.invalid", "www.x.invalid"])
def test_addresses_are_no_links(content):
    """GitHub turns them into links automatically; a backslash inside prevents that."""
    assert content not in text(content)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("@octocat", "@\u200boctocat"),
        ("(@everyone, @a/team)", "(@\u200beveryone, @\u200ba/team)"),
        ("é@octocat", "é@\u200boctocat"),
        ("#12", "\\#\u200b12"),
        ("a/b#12", "a/b\\#\u200b12"),
        ("GH-12", "GH-\u200b12"),
        ("jane@uni.example", "jane@uni.example"),
        ("W @ x, @ and # 3", "W @ x, @ and \\# 3"),
    ],
)
def test_nobody_is_mentioned(content, told):
    """GitHub reads names after the Markdown is rendered, where an escaped sign is a plain one."""
    assert text(content) == told


def test_plain_sentences_stay_plain():
    """Markdown is also read unrendered."""
    for sentence in ("Affine.backward sets db: dout is summed.", "03_affine", "It's 4 of 10!"):
        assert text(sentence) == sentence
