"""Which language a learner is spoken to in, and how a text is said in it.

The course's data and its grader both build on this, and neither on the other: a folder called
``dataset`` is in many a learner's way, and whoever imports the grader must not find that one.

English texts are the keys of the catalogues: a text that was changed is missed at once. What has
no translation stays English. While English is spoken, no catalogue is read.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

__all__ = [
    "CHINESE",
    "ENGLISH",
    "LANGUAGES",
    "LanguageError",
    "catalogue",
    "catalogue_file",
    "chosen",
    "language_named",
    "speaking",
    "spoken",
    "translate",
    "use",
]

ENGLISH = "en"
CHINESE = "zh-CN"
LANGUAGES = (ENGLISH, CHINESE)


class LanguageError(ValueError):
    """There is no such language, or a catalogue cannot be read. The text says what to do."""


_spoken = ENGLISH  # for all threads: a timer's has to say something, too


def use(language: str) -> None:
    """Speak a language from now on; what nobody has chosen for, the judge above all, is English.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.
    """
    global _spoken
    assert language in LANGUAGES, language
    _spoken = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for the length of a block.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.
    """
    before = spoken()
    use(language)
    try:
        yield
    finally:
        use(before)


def spoken() -> str:
    """The language that is spoken: one of `LANGUAGES`."""
    return _spoken


def chosen() -> str:
    """The language that whoever started this process wants: KATA_LANG, or else the locale's.

    Returns
    -------
    str
        One of `LANGUAGES`.

    Raises
    ------
    LanguageError
        If KATA_LANG names none of them.
    """
    named = os.environ.get("KATA_LANG", "")
    if not named:
        return CHINESE if _is_chinese(_locale()) else ENGLISH
    return language_named(named, "KATA_LANG")


def language_named(name: str, by: str) -> str:
    """The language that a learner means.

    Parameters
    ----------
    name : str
        What they call it: ``zh-CN``, ``zh_CN.UTF-8``, ``zh``.
    by : str
        Where they have said so.

    Returns
    -------
    str
        One of `LANGUAGES`.

    Raises
    ------
    LanguageError
        If it is none of them.
    """
    for language in LANGUAGES:
        if name.lower().replace("_", "-") == language.lower():
            return language
    if _is_chinese(name):
        return CHINESE
    raise LanguageError(f"{by} is {name!r}; the languages are {', '.join(LANGUAGES)}")


def _is_chinese(name: str) -> bool:
    """Whether a locale is one of those that write simplified characters: zh_CN.UTF-8, zh-Hans."""
    return re.fullmatch(r"zh([_-](hans|cn|sg|my)\b.*)?([.@].*)?", name, re.IGNORECASE) is not None


def _locale() -> str:
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    named = next(filter(None, names), "")
    if not named and sys.platform == "win32":
        import ctypes
        import locale

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return named


# Translating


def translate(text: str, folder: Path, language: str | None = None) -> str:
    """Translate a text.

    Parameters
    ----------
    text : str
        In English.
    folder : Path
        Where the catalogues are that it is in.
    language : str, optional
        One of `LANGUAGES`; by default the one that is spoken.

    Returns
    -------
    str
        The text itself, if there is no translation.
    """
    language = language or _spoken
    return text if language == ENGLISH else catalogue(folder, language).get(text, text)


def catalogue_file(folder: Path, language: str) -> Path:
    """Where the translations are of the texts that a folder holds.

    Parameters
    ----------
    folder : Path
        The folder.
    language : str
        Of the translations.

    Returns
    -------
    Path
        A TOML file of lines ``"English" = "translation"``, which need not exist.
    """
    return folder / f"{language}.toml"


@cache
def catalogue(folder: Path, language: str) -> dict[str, str]:
    """Read a catalogue.

    Parameters
    ----------
    folder : Path
        Its folder.
    language : str
        Its language.

    Returns
    -------
    dict of str to str
        From English; empty if there is no such file.

    Raises
    ------
    LanguageError
        If the file is no catalogue.
    """
    path = catalogue_file(folder, language)
    if not path.is_file():
        return {}
    import tomllib  # here, since who reads English needs none

    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LanguageError(f"{path} is not valid TOML: {error}") from error
    for text, translation in content.items():
        if not isinstance(translation, str):
            raise LanguageError(f'{path}: expected "English" = "translation", found {text!r}')
    return content
