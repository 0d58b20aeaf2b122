"""The language that a learner is spoken to in."""

import sys
from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.messages import language
from grader.messages.language import (
    CHINESE,
    ENGLISH,
    MESSAGES,
    catalogue,
    chosen,
    retell,
    say,
    translate,
    use,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def as_before():
    """English for the next test."""
    yield
    use(ENGLISH)


@pytest.fixture
def environment(monkeypatch):
    """Nothing in the environment names a language, but for what is given."""

    def environment(**names):
        for name in ("KATA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in names.items():
            monkeypatch.setenv(name, value)

    return environment


# Choosing


@pytest.mark.parametrize(
    ("named", "expected"),
    [("en", ENGLISH), ("zh-CN", CHINESE), ("zh_cn", CHINESE), ("zh", CHINESE), ("EN", ENGLISH)],
)
def test_kata_lang_names_the_language(environment, named, expected):
    """Also against the locale, and in any spelling."""
    environment(KATA_LANG=named, LC_ALL="de_DE.UTF-8")
    assert chosen() == expected


@pytest.mark.parametrize("named", ["de", "chinese", "zh-TW", "zhuang"])
def test_an_unknown_language_is_told_with_those_that_are_known(environment, named):
    """So that nobody has to look them up."""
    environment(KATA_LANG=named)
    with pytest.raises(CourseError, match=f"KATA_LANG is '{named}'; the languages are en, zh-CN"):
        chosen()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, CHINESE),
        ({"LANG": "zh_CN.GBK"}, CHINESE),
        ({"LANG": "zh_SG.UTF-8@pinyin"}, CHINESE),
        ({"LANG": "zh-Hans-CN"}, CHINESE),
        ({"LANG": "zh"}, CHINESE),
        ({"LANG": "zh_TW.UTF-8"}, ENGLISH),
        ({"LANG": "zh-Hant"}, ENGLISH),
        ({"LANG": "ja_JP.UTF-8"}, ENGLISH),
        ({"LANG": "C.UTF-8"}, ENGLISH),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, ENGLISH),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_CN", "LANG": "en_US"}, CHINESE),
        ({"LC_MESSAGES": "en_US", "LANG": "zh_CN"}, ENGLISH),
        ({"KATA_LANG": "", "LANG": "zh_CN"}, CHINESE),
    ],
)
def test_without_it_the_locale_decides(environment, names, expected):
    """In the usual order; traditional Chinese gets English."""
    environment(**names)
    assert chosen() == expected


@pytest.mark.parametrize(("ui", "expected"), [(0x0804, CHINESE), (0x0404, ENGLISH), (0, ENGLISH)])
def test_on_windows_it_is_the_language_of_windows(environment, monkeypatch, ui, expected):
    """Which sets none of the variables."""
    import ctypes

    class Kernel:
        def GetUserDefaultUILanguage(self):
            return ui

    environment()
    monkeypatch.setattr(sys, "platform", "win32")
    windll = type("windll", (), {"kernel32": Kernel()})
    monkeypatch.setattr(ctypes, "windll", windll, raising=False)
    assert chosen() == expected


# Translating


def test_nothing_is_chinese_unless_somebody_says_so(environment):
    """A judge's messages are the same wherever it runs."""
    environment(KATA_LANG="zh-CN", LC_ALL="zh_CN.UTF-8")
    assert say("hint      ") == "hint      "


def test_who_reads_english_opens_no_catalogue(monkeypatch):
    """Not even to find out that there is none."""
    monkeypatch.setattr(language, "catalogue", None)
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


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("one", "一"),
        ("3 of (4)", "4中的3"),
        ("a\nb of (c)", "c中的a\nb"),
        ("1,000 bytes", "1,000字节"),
        ("a, and a", "a与a"),
        ("a, and b", "a, and b"),
        ("3 of 4", "3 of 4"),
        ("one more", "one more"),
    ],
)
def test_what_was_said_in_english_can_be_told_again(tmp_path, told, expected):
    """With the values that are in it already; what fits nothing stays English."""
    (tmp_path / "zh-CN.toml").write_text(
        '"one" = "一"\n"{some} of ({all})" = "{all}中的{some}"\n'
        '"{n:,} bytes" = "{n:,}字节"\n"{a}, and {a}" = "{a}与{a}"\n',
        "utf-8",
    )
    assert retell(told, tmp_path) == told
    assert retell(told, tmp_path, CHINESE) == expected


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
