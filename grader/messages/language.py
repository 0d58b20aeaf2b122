"""The language that a learner is spoken to in, and the catalogues of the grader and of a course.

Which language that is, and how a catalogue is read, stands in `kata_language`. What is wrong with
either is told here as an error of the course.
"""

from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import kata_language
from grader.errors import CourseError
from grader.messages.explanation import Reason
from grader.messages.message import Message
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
    "say",
    "speaking",
    "spoken",
    "tell",
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
            raise CourseError(_why(error)) from None

    return call


def _why(error: kata_language.LanguageError) -> str:
    if isinstance(error.__cause__, UnicodeDecodeError):
        from grader.messages.encodings import reason  # here, since a catalogue is mostly fine

        return str(error).replace(str(error.__cause__), reason(error.__cause__))
    return str(error)


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
