"""Wrapping of text in columns of a terminal."""

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from grader.messages import wrapping
from grader.messages.wrapping import columns, wrap


def test_chinese_is_broken_between_characters_but_not_before_a_full_stop():
    """Nor after an opening bracket, nor within a word of Latin letters."""
    assert wrap("偏置被加到了每个样本上。样本沿着哪个轴排列？", 24) == [
        "偏置被加到了每个样本上。",
        "样本沿着哪个轴排列？",
    ]
    assert wrap("一二三。", 6) == ["一二", "三。"]
    assert wrap("一二（三）", 6) == ["一二", "（三）"]
    assert wrap("一二Affine.backward三", 10) == ["一二", "Affine.backward", "三"]


def test_english_is_broken_as_everybody_does():
    """Like `textwrap`: at spaces, with indentation."""
    text = "The bias was added to every sample. Along which axis do the samples lie?"
    expected = textwrap.wrap(text, 30, initial_indent="hint  ", subsequent_indent=" " * 6)
    assert wrap(text, 30, "hint  ", " " * 6) == expected


@given(
    st.text(st.sampled_from("ab 一二。，（）“”?-\n"), max_size=60),
    st.integers(1, 12),
    st.sampled_from(["", "> "]),
)
def test_wrapping_loses_nothing_and_keeps_to_the_width(text, width, margin):
    """Except spaces at the ends of lines, and words longer than a line."""
    lines = wrap(text, width, margin, margin)
    assert "".join("".join(line.removeprefix(margin) for line in lines).split()) == "".join(
        text.split()
    )
    for line in lines:
        too_wide = columns(line) > width
        assert not too_wide or len(wrapping._UNIT.findall(line.removeprefix(margin).strip())) == 1
