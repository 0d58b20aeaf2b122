"""In which language the screen speaks: the one place that a translation has to know."""

import locale
import os

from grader.course import CourseError

ENGLISH = "en"
LANGUAGES = (ENGLISH,)


def say(template: str, **values: object) -> str:
    """One text of the screen.

    Parameters
    ----------
    template : str
        A whole sentence or label, in English, with the names of the values in braces. It is the
        key to its translations, so it is never glued from pieces.
    **values
        What stands in the braces.

    Returns
    -------
    str
        The text.
    """
    return template.format(**values)


def wanted_language() -> str:
    """The language that the learner wants: ``KATA_LANG``, or else that of her system.

    Returns
    -------
    str
        One of `LANGUAGES`; English where there is no translation.
    """
    wanted = os.environ.get("KATA_LANG") or locale.getlocale()[0] or ENGLISH
    wanted = wanted.partition(".")[0].replace("_", "-")
    return next((one for one in LANGUAGES if one.lower() == wanted.lower()), ENGLISH)


def stub_in(language: str, text: bytes) -> bytes:
    """A stub as it is handed out in a language.

    Parameters
    ----------
    language : str
        The language.
    text : bytes
        The English stub.

    Returns
    -------
    bytes
        The same code with its comments, docstrings and messages in that language.

    Raises
    ------
    CourseError
        If there are no stubs in that language.
    """
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise CourseError(
            say(
                "there are no stubs in {language!r}; expected {known}",
                language=language,
                known=known,
            )
        )
    return text
