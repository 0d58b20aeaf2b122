"""The language that a learner is spoken to in."""

from pathlib import Path

import pytest

import kata_language
from grader.errors import CourseError
from grader.messages.explanation import explain
from grader.messages.language import (
    CHINESE,
    ENGLISH,
    MESSAGES,
    catalogue,
    chosen,
    language_named,
    say,
    tell,
    translate,
    use,
)
from grader.messages.message import english, phrase

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def as_before():
    """English for the next test."""
    yield
    use(ENGLISH)


# Translating


@pytest.mark.parametrize("ask", [chosen, lambda: language_named("xx", "KATA_LANG")])
def test_a_language_that_there_is_not_is_an_error_of_the_course(monkeypatch, ask):
    """Which commands tell in one sentence."""
    monkeypatch.setenv("KATA_LANG", "xx")
    with pytest.raises(CourseError, match="KATA_LANG is 'xx'; the languages are en, zh-CN"):
        ask()


def test_nothing_is_chinese_unless_somebody_says_so(monkeypatch):
    """A judge's messages are the same wherever it runs."""
    monkeypatch.setenv("KATA_LANG", "zh-CN")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
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
