"""The language of messages, and the catalogues of translations.

English texts are the keys of the catalogues, so that a changed text is noticed at once. A text
without a translation stays English. If the language is English, no catalogue is read.
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
"""Folder of the catalogue for all texts that `say` and `english` are called with."""

ENGLISH = "en"
CHINESE = "zh-CN"
LANGUAGES = (ENGLISH, CHINESE)


_spoken = ENGLISH  # not thread-local, because the thread of a timer creates messages too


def use(language: str) -> None:
    """Set the language of messages. The default is English; a judge, for example, keeps it.

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
    """Set the language of messages within a ``with`` block.

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
    """Return the current language of messages: one of `LANGUAGES`."""
    return _spoken


def chosen() -> str:
    """Return the language that KATA_LANG or else the locale asks for.

    Returns
    -------
    str
        One of `LANGUAGES`.

    Raises
    ------
    CourseError
        If KATA_LANG names another language.
    """
    named = os.environ.get("KATA_LANG", "")
    if not named:
        return CHINESE if _is_chinese(_locale()) else ENGLISH
    return language_named(named, "KATA_LANG")


def language_named(name: str, by: str) -> str:
    """Return the language with a given name.

    Parameters
    ----------
    name : str
        Name of a language or locale: ``zh-CN``, ``zh_CN.UTF-8``, ``zh``.
    by : str
        The option or variable that has the name, for the error message.

    Returns
    -------
    str
        One of `LANGUAGES`.

    Raises
    ------
    CourseError
        If the course is not available in that language.
    """
    for language in LANGUAGES:
        if name.lower().replace("_", "-") == language.lower():
            return language
    if _is_chinese(name):
        return CHINESE
    raise CourseError(f"{by} is {name!r}; the languages are {', '.join(LANGUAGES)}")


def _is_chinese(name: str) -> bool:
    """Return whether a locale is written in simplified characters: zh_CN.UTF-8, zh-Hans."""
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
        Folder of the catalogues; by default, the grader's own.
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
    """Translate a text into the current language, and insert values.

    Parameters
    ----------
    text : str
        The English text, with a ``{name}`` for each value.
    **values : object
        Values to insert; messages among them are translated, too.

    Returns
    -------
    str
        Text in the current language.
    """
    return translate(text).format(
        **{
            name: tell(value) if isinstance(value, Message) else value
            for name, value in values.items()
        }
    )


def tell(reason: Reason, root: Path | None = None) -> str:
    """Translate a reason into the current language.

    Parameters
    ----------
    reason : str, Message or Explanation
        A str stays as it is, since it is not the grader's own text.
    root : Path, optional
        Folder of the course; without it, messages of the course stay English.

    Returns
    -------
    str
        Text in the current language.
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
    """Return the path of the catalogue for the texts in a folder.

    Parameters
    ----------
    folder : Path
        Folder of the catalogue.
    language : str
        Language of the translations.

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
        Folder of the catalogue.
    language : str
        Language of the translations.

    Returns
    -------
    dict of str to str
        Translations by their English text; empty if there is no such file.

    Raises
    ------
    CourseError
        If the file is not a valid catalogue.
    """
    path = catalogue_file(folder, language)
    if not path.is_file():
        return {}
    import tomllib  # imported here because English needs no catalogue

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
