"""The language that a learner is spoken to in."""

import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kata_language
from grader.errors import CourseError
from grader.messages import wrapping
from grader.messages.explanation import explain
from grader.messages.language import (
    CHINESE,
    ENGLISH,
    MESSAGES,
    catalogue,
    say,
    tell,
    translate,
    use,
)
from grader.messages.message import english, phrase
from grader.messages.wrapping import columns, wrap

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def as_before():
    """English for the next test."""
    yield
    use(ENGLISH)


# Translating


def test_nothing_is_chinese_unless_somebody_says_so(environment):
    """A judge's messages are the same wherever it runs."""
    environment(KATA_LANG="zh-CN", LC_ALL="zh_CN.UTF-8")
    assert say("hint      ") == "hint      "


def test_who_reads_english_opens_no_catalogue(monkeypatch):
    """Not even to find out that there is none."""
    monkeypatch.setattr(kata_language, "catalogue", None)
    assert translate("mistake   ") == "mistake   "


def test_a_message_is_translated_and_then_filled_in():
    """Values may hold braces of their own."""
    use(CHINESE)
    said = say("{title}, in {place}", title="{title}", place="Affine.backward")
    assert said == "{title}（Affine.backward）"


def test_a_text_without_a_translation_stays_english(tmp_path):
    """In a folder with a catalogue, and in one without."""
    use(CHINESE)
    assert say("never said before") == "never said before"
    assert translate("never said before", tmp_path) == "never said before"


def test_a_language_may_be_asked_for_by_name(tmp_path):
    """As for a stub that is written into another folder; what is spoken stays the same."""
    (tmp_path / "zh-CN.toml").write_text('"one" = "一"\n', "utf-8")
    assert translate("one", tmp_path, CHINESE) == "一"
    assert translate("one", tmp_path) == "one"
    use(CHINESE)
    assert translate("one", tmp_path) == "一"
    assert translate("one", tmp_path, ENGLISH) == "one"


def test_what_was_found_is_told_with_the_words_of_the_course(tmp_path):
    """Each part from its own catalogue; what a learner wrote is in none."""
    specs = tmp_path / "tests" / "specs"
    specs.mkdir(parents=True)
    (specs / "zh-CN.toml").write_text('"{name} of it" = "它的{name}"\n"loss" = "损"\n', "utf-8")
    found = english("{number} values were expected, not {found}", number=2, found=3)
    what = phrase("{name} of it", name="loss")
    explanation = explain(("checked", what), ("differs", found), ("", "nothing was handed in"))
    assert tell(explanation, tmp_path) == str(explanation)
    use(CHINESE)
    assert tell(explanation, tmp_path).split("\n") == [
        "检查对象  它的loss",
        "差异      应该有2个值，而不是3个",
        "nothing was handed in",
    ]
    assert tell(what) == "loss of it"
    assert tell(phrase("loss"), tmp_path) == "损"
    assert tell(english("loss"), tmp_path) == "损失"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'"one" = \n', "is not valid TOML"),
        (b'"one" = "\xff"\n', "is not valid TOML"),
        (b'"one" = "1"\n"one" = "2"\n', "is not valid TOML"),
        (b'[one]\n"two" = "2"\n', "found 'one'"),
        (b'"one" = 1\n', "found 'one'"),
    ],
)
def test_a_file_that_is_no_catalogue_is_told_by_name(tmp_path, content, told):
    """With what was expected."""
    (tmp_path / "zh-CN.toml").write_bytes(content)
    with pytest.raises(CourseError, match=told) as caught:
        catalogue(tmp_path, CHINESE)
    assert str(tmp_path / "zh-CN.toml") in str(caught.value)


def test_the_messages_are_part_of_the_package():
    """Also where it is not installed from a clone."""
    assert (MESSAGES / "zh-CN.toml").is_file()
    assert '"grader.messages" = ["*.toml"]' in (ROOT / "pyproject.toml").read_text("utf-8")


# Fitting into lines


def test_chinese_is_broken_between_characters_but_not_before_a_full_stop():
    """Nor behind an opening bracket, nor within a word of Latin letters."""
    assert wrap("偏置被加到了每个样本上。样本沿着哪个轴排列？", 24) == [
        "偏置被加到了每个样本上。",
        "样本沿着哪个轴排列？",
    ]
    assert wrap("一二三。", 6) == ["一二", "三。"]
    assert wrap("一二（三）", 6) == ["一二", "（三）"]
    assert wrap("一二Affine.backward三", 10) == ["一二", "Affine.backward", "三"]


def test_english_is_broken_as_everybody_does():
    """At spaces, with its indentation."""
    text = "The bias was added to every sample. Along which axis do the samples lie?"
    expected = textwrap.wrap(text, 30, initial_indent="hint  ", subsequent_indent=" " * 6)
    assert wrap(text, 30, "hint  ", " " * 6) == expected


@given(
    st.text(st.sampled_from("ab 一二。，（）“”?-\n"), max_size=60),
    st.integers(1, 12),
    st.sampled_from(["", "> "]),
)
def test_wrapping_loses_nothing_and_keeps_to_the_width(text, width, margin):
    """But for spaces at the ends of lines, and for what cannot be broken."""
    lines = wrap(text, width, margin, margin)
    assert "".join("".join(line.removeprefix(margin) for line in lines).split()) == "".join(
        text.split()
    )
    for line in lines:
        too_wide = columns(line) > width
        assert not too_wide or len(wrapping._UNIT.findall(line.removeprefix(margin).strip())) == 1
