"""The language that a learner is spoken to in, and the catalogues of translations.

English texts are the keys of the catalogues, so that a changed text is noticed at once. A text
without a translation stays English. As long as the language is English, no catalogue is read.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from grader.errors import CourseError
from grader.messages.explanation import Reason
from grader.messages.message import Message

MESSAGES = Path(__file__).parent
"""Folder of the catalogue of all texts that `say` and `english` are called with."""

ENGLISH = "en"
CHINESE = "zh-CN"
LANGUAGES = (ENGLISH, CHINESE)


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
    CourseError
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
    CourseError
        If it is none of them.
    """
    for language in LANGUAGES:
        if name.lower().replace("_", "-") == language.lower():
            return language
    if _is_chinese(name):
        return CHINESE
    raise CourseError(f"{by} is {name!r}; the languages are {', '.join(LANGUAGES)}")


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


def translate(text: str, folder: Path = MESSAGES, language: str | None = None) -> str:
    """Translate a text.

    Parameters
    ----------
    text : str
        The English text.
    folder : Path, optional
        Folder of its catalogues; by default, that of the messages of the grader.
    language : str, optional
        One of `LANGUAGES`; by default, the current one.

    Returns
    -------
    str
        The translation, or the text itself if there is none.
    """
    language = language or _spoken
    return text if language == ENGLISH else catalogue(folder, language).get(text, text)


def say(text: str, /, **values: object) -> str:
    """Say something to the learner.

    Parameters
    ----------
    text : str
        In English, with a ``{name}`` for each value.
    **values : object
        What stands in its place.

    Returns
    -------
    str
        In the language that is spoken.
    """
    return translate(text).format(
        **{
            name: tell(value) if isinstance(value, Message) else value
            for name, value in values.items()
        }
    )


def tell(reason: Reason, root: Path | None = None) -> str:
    """Say what was found.

    Parameters
    ----------
    reason : str, Message or Explanation
        What is a str stays as it is: somebody else wrote it.
    root : Path, optional
        Folder of the course, whose own words are told in English without it.

    Returns
    -------
    str
        In the language that is spoken.
    """
    if isinstance(reason, str):
        return reason
    if spoken() == ENGLISH:
        return str(reason)
    return reason.said(partial(_translation, root))


def _translation(root: Path | None, message: Message) -> str:
    if not message.home:
        return translate(message.text)
    return translate(message.text, root / message.home) if root else message.text


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
    CourseError
        If the file is no catalogue.
    """
    path = catalogue_file(folder, language)
    if not path.is_file():
        return {}
    import tomllib  # here, since who reads English needs none

    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path} is not valid TOML: {error}") from None
    except UnicodeDecodeError as error:
        from grader.messages.encodings import reason

        raise CourseError(f"{path} is not valid TOML: {reason(error)}") from None
    for text, translation in content.items():
        if not isinstance(translation, str):
            raise CourseError(f'{path}: expected "English" = "translation", found {text!r}')
    return content
