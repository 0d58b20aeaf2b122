"""The language of messages."""

import ctypes
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import dataset.language
from dataset.language import LanguageError
from grader.errors import CourseError
from grader.messages import language
from grader.messages.explanation import explain
from grader.messages.language import (
    CHINESE,
    ENGLISH,
    MESSAGES,
    catalogue,
    chosen,
    language_named,
    say,
    speaking,
    spoken,
    tell,
    translate,
    use,
)
from grader.messages.message import english, phrase

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def as_before():
    """Resets the language to English after a test."""
    yield
    use(ENGLISH)


@pytest.fixture
def environment(monkeypatch):
    """Returns a function that sets variables, after removing those that name a language."""

    def environment(**names):
        for name in ("KATA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in names.items():
            monkeypatch.setenv(name, value)

    return environment


# Choosing: the dataset, which stands alone, has the rule as well


@pytest.fixture(params=[language, dataset.language], ids=["grader", "dataset"])
def choose(request):
    """The function `chosen` of the grader, and the one of the dataset."""
    return request.param.chosen


@pytest.mark.parametrize(
    ("named", "expected"),
    [("en", ENGLISH), ("zh-CN", CHINESE), ("zh_cn", CHINESE), ("zh", CHINESE), ("EN", ENGLISH)],
)
def test_kata_lang_names_the_language(choose, environment, named, expected):
    """Overrides the locale, and accepts any spelling."""
    environment(KATA_LANG=named, LC_ALL="de_DE.UTF-8")
    assert choose() == expected


@pytest.mark.parametrize("named", ["de", "chinese", "zh-TW", "zhuang"])
def test_an_unknown_language_is_told_with_those_that_are_known(choose, environment, named):
    """The error lists the available languages."""
    environment(KATA_LANG=named)
    with pytest.raises(
        (CourseError, LanguageError), match=f"KATA_LANG is '{named}'; the languages are en, zh-CN"
    ):
        choose()


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
def test_without_it_the_locale_decides(choose, environment, names, expected):
    """Variables are read in the usual order; traditional Chinese gets English."""
    environment(**names)
    assert choose() == expected


@pytest.mark.parametrize(("ui", "expected"), [(0x0804, CHINESE), (0x0404, ENGLISH), (0, ENGLISH)])
def test_on_windows_it_is_the_language_of_windows(choose, environment, monkeypatch, ui, expected):
    """Windows sets none of the variables."""

    class Kernel:
        def GetUserDefaultUILanguage(self):
            return ui

    environment()
    monkeypatch.setattr(sys, "platform", "win32")
    windll = type("windll", (), {"kernel32": Kernel()})
    monkeypatch.setattr(ctypes, "windll", windll, raising=False)
    assert choose() == expected


def test_a_language_is_spoken_for_the_length_of_a_block():
    """The previous language is restored, also after an exception."""
    with suppress(ZeroDivisionError), speaking(CHINESE):
        assert spoken() == CHINESE
        raise ZeroDivisionError
    assert spoken() == ENGLISH


# Translating


@pytest.mark.parametrize("ask", [chosen, lambda: language_named("xx", "KATA_LANG")])
def test_a_language_that_there_is_not_is_an_error_of_the_course(monkeypatch, ask):
    """Commands report a CourseError in one sentence."""
    monkeypatch.setenv("KATA_LANG", "xx")
    with pytest.raises(CourseError, match="KATA_LANG is 'xx'; the languages are en, zh-CN"):
        ask()


def test_nothing_is_chinese_unless_somebody_says_so(monkeypatch):
    """The messages of a judge do not depend on the machine's locale."""
    monkeypatch.setenv("KATA_LANG", "zh-CN")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert say("hint      ") == "hint      "


def test_who_reads_english_opens_no_catalogue(monkeypatch):
    """Not even to check whether it exists."""
    monkeypatch.setattr(language, "catalogue", None)
    assert translate("mistake   ") == "mistake   "


def test_a_message_is_translated_and_then_filled_in():
    """Values may contain braces."""
    use(CHINESE)
    said = say("{title}, in {place}", title="{title}", place="Affine.backward")
    assert said == "{title}（Affine.backward）"


def test_a_text_without_a_translation_stays_english(tmp_path):
    """In a folder with a catalogue, and in one without."""
    use(CHINESE)
    assert say("never said before") == "never said before"
    assert translate("never said before", tmp_path) == "never said before"


def test_a_language_may_be_asked_for_by_name(tmp_path):
    """As for a stub that is written into another folder; the current language stays."""
    (tmp_path / "zh-CN.toml").write_text('"one" = "一"\n', "utf-8")
    assert translate("one", tmp_path, CHINESE) == "一"
    assert translate("one", tmp_path) == "one"
    use(CHINESE)
    assert translate("one", tmp_path) == "一"
    assert translate("one", tmp_path, ENGLISH) == "one"


def test_what_was_found_is_told_with_the_words_of_the_course(tmp_path):
    """Each part uses its own catalogue; the learner's text is not translated."""
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
    """The error has the path, and what was expected."""
    (tmp_path / "zh-CN.toml").write_bytes(content)
    with pytest.raises(CourseError, match=told) as caught:
        catalogue(tmp_path, CHINESE)
    assert str(tmp_path / "zh-CN.toml") in str(caught.value)


def test_the_messages_are_part_of_the_package():
    """Catalogues are also installed with a wheel."""
    assert (MESSAGES / "zh-CN.toml").is_file()
    assert '"grader.messages" = ["*.toml"]' in (ROOT / "pyproject.toml").read_text("utf-8")


# Where learners work


@pytest.mark.thorough
@pytest.mark.parametrize("module", ["", 'raise RuntimeError("the book\'s own")'])
def test_a_folder_called_dataset_is_in_the_way_of_nothing(tmp_path, module):
    """Readers of the book have one, and pytest loads the plugin there, too."""
    (tmp_path / "dataset").mkdir()
    (tmp_path / "dataset" / "__init__.py").write_text(module, "utf-8")
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
