"""The language that a learner is spoken to in.

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

ENGLISH = "en"
CHINESE = "zh-CN"
LANGUAGES = (ENGLISH, CHINESE)

MESSAGES = Path(__file__).parent
"""Folder of the catalogue of all that `say` is called with."""

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
        What she calls it: ``zh-CN``, ``zh_CN.UTF-8``, ``zh``.
    by : str
        Where she has said so.

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
    raise _course_error(f"{by} is {name!r}; the languages are {', '.join(LANGUAGES)}")


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
    return translate(text).format(**values)


def translate(text: str, folder: Path = MESSAGES, language: str | None = None) -> str:
    """Translate a text.

    Parameters
    ----------
    text : str
        In English.
    folder : Path, optional
        Where the catalogues are that it is in; by default those of the messages.
    language : str, optional
        One of `LANGUAGES`; by default the one that is spoken.

    Returns
    -------
    str
        The text itself, if there is no translation.
    """
    language = language or _spoken
    return text if language == ENGLISH else catalogue(folder, language).get(text, text)


def retell(text: str, folder: Path = MESSAGES, language: str | None = None) -> str:
    """Translate a text whose values have been filled in already.

    Parameters
    ----------
    text : str
        In English. That of a spec stays so until it is shown: mistakes are recognised by it.
    folder, language : optional
        As for `translate`.

    Returns
    -------
    str
        The text itself, if there is no translation.
    """
    language = language or _spoken
    if language == ENGLISH or text in catalogue(folder, language):
        return translate(text, folder, language)
    for pattern, translation in _patterns(folder, language):
        if found := pattern.fullmatch(text):
            return translation.format(**found.groupdict())
    return text


_NUMBERS = ("number", "count", "all", "points", "most", "least", "kept", "percent", "seconds")
"""Values that are numbers by their names, and so have no spaces in them."""

_VALUE = re.compile(r"\{(\w+)[^{}]*\}")


@cache
def _patterns(folder: Path, language: str) -> list[tuple[re.Pattern[str], str]]:
    """What matches a text with values in it, for each that has some, and its translation.

    How a value is formatted does not matter any more. Where there are no words around the values,
    any text would match.
    """
    found = [
        one
        for one in catalogue(folder, language).items()
        if _VALUE.search(one[0]) and re.search(r"[a-z]", _VALUE.sub("", one[0]))
    ]
    found.sort(key=lambda one: -len(_VALUE.sub("", one[0])))  # what says most, first
    return [(_pattern(text), _VALUE.sub(r"{\1}", translation)) for text, translation in found]


def _pattern(text: str) -> re.Pattern[str]:
    pattern = ""
    for number, part in enumerate(_VALUE.split(text)):
        if number % 2 == 0:
            pattern += re.escape(part)
        else:
            value = r"\S+" if part in _NUMBERS else ".+"
            pattern += f"(?P={part})" if f"(?P<{part}>" in pattern else f"(?P<{part}>{value})"
    return re.compile(pattern, re.DOTALL)


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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        from grader.messages.encodings import reason

        raise _course_error(f"{path} is not valid TOML: {reason(error)}") from None
    for text, translation in content.items():
        if not isinstance(translation, str):
            raise _course_error(f'{path}: expected "English" = "translation", found {text!r}')
    return content


def _course_error(reason: str) -> Exception:
    from grader.errors import CourseError  # here, since courses have things to say themselves

    return CourseError(reason)
