"""Which language is spoken: what is asked for, and what a catalogue holds."""

import ctypes
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from kata_language import (
    CHINESE,
    ENGLISH,
    LanguageError,
    catalogue,
    chosen,
    speaking,
    spoken,
    translate,
)

ROOT = Path(__file__).parents[2]


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
    with pytest.raises(LanguageError, match=f"KATA_LANG is '{named}'; the languages are en, zh-CN"):
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

    class Kernel:
        def GetUserDefaultUILanguage(self):
            return ui

    environment()
    monkeypatch.setattr(sys, "platform", "win32")
    windll = type("windll", (), {"kernel32": Kernel()})
    monkeypatch.setattr(ctypes, "windll", windll, raising=False)
    assert chosen() == expected


def test_a_language_is_spoken_for_the_length_of_a_block():
    """Also where an error ends it."""
    with suppress(ZeroDivisionError), speaking(CHINESE):
        assert spoken() == CHINESE
        raise ZeroDivisionError
    assert spoken() == ENGLISH


# Catalogues


def test_a_text_is_looked_up_in_the_catalogue_of_its_folder(tmp_path):
    """In the language that is spoken, or another one; without a translation it stays English."""
    (tmp_path / "zh-CN.toml").write_text('"one" = "一"\n', "utf-8")
    assert translate("one", tmp_path) == "one"
    assert translate("one", tmp_path, CHINESE) == "一"
    with speaking(CHINESE):
        assert translate("one", tmp_path) == "一"
        assert translate("two", tmp_path) == "two"
        assert translate("one", tmp_path / "elsewhere") == "one"


def test_a_file_that_is_no_catalogue_is_told_by_name(tmp_path):
    """With what was expected."""
    (tmp_path / "zh-CN.toml").write_text('"one" = 1\n', "utf-8")
    with pytest.raises(LanguageError, match="found 'one'") as caught:
        catalogue(tmp_path, CHINESE)
    assert str(tmp_path / "zh-CN.toml") in str(caught.value)


def test_it_needs_nothing_else_of_ours():
    """The data and the grader build on it, also where a learner has a folder called dataset."""
    code = (
        "import sys, grader.messages.language, grader.pytest_plugin.plugin, grader.kata.cli\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'dataset'])\n"
        "import kata_language; del sys.modules['kata_language']\n"
        "before = set(sys.modules); import kata_language\n"
        "print([name for name in set(sys.modules) - before if 'grader' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]"]


@pytest.mark.parametrize("module", ["", 'raise RuntimeError("the book\'s own")'])
def test_a_folder_called_dataset_is_in_nobodys_way(tmp_path, module):
    """As readers of the book have one; pytest loads our plugin there, too."""
    (tmp_path / "dataset").mkdir()
    (tmp_path / "dataset" / "__init__.py").write_text(module, "utf-8")
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
