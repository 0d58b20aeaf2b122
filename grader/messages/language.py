"""The language that a learner is spoken to in, and the catalogues of the grader and of a course.

Which language that is, and how a catalogue is read, stands in `kata_language`. What is wrong with
either is told here as an error of the course.
"""

import re
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import kata_language
from grader.errors import CourseError
from kata_language import CHINESE, ENGLISH, LANGUAGES, catalogue_file, speaking, spoken, use

__all__ = [
    "CHINESE",
    "ENGLISH",
    "LANGUAGES",
    "MESSAGES",
    "catalogue",
    "catalogue_file",
    "chosen",
    "language_named",
    "retell",
    "say",
    "speaking",
    "spoken",
    "translate",
    "use",
]

MESSAGES = Path(__file__).parent
"""Folder of the catalogue of all that `say` is called with."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _of_the_course(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a function raise a `CourseError` where it raises a `kata_language.LanguageError`."""

    @wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except kata_language.LanguageError as error:
            raise CourseError(str(error)) from None

    return call


chosen = _of_the_course(kata_language.chosen)
language_named = _of_the_course(kata_language.language_named)
catalogue = _of_the_course(kata_language.catalogue)


@_of_the_course
def translate(text: str, folder: Path = MESSAGES, language: str | None = None) -> str:
    """Translate a text; see `kata_language.translate`.

    Parameters
    ----------
    text : str
        In English.
    folder : Path, optional
        Where the catalogues are that it is in; by default those of the messages.
    language : str, optional
        One of `LANGUAGES`; by default the one that is spoken.
    """
    return kata_language.translate(text, folder, language)


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
    language = language or spoken()
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
