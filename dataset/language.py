"""Messages of the dataset, in the language of the person at the keyboard.

`dataset` works without the grader and does not import it. The grader does not import `dataset`
either: on a learner's path, another package of that name may come first. So the rule for choosing
a language is in both; a test compares it with the one in `grader.messages.language`.
"""

import os
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

ENGLISH, CHINESE = "en", "zh-CN"

CATALOGUE = Path(__file__).with_name(f"{CHINESE}.toml")
"""Lines ``"English" = "translation"`` for the texts that `say` is called with."""


class LanguageError(ValueError):
    """KATA_LANG names no language of the course."""


def chosen() -> str:
    """Return the language that KATA_LANG or else the locale asks for.

    Returns
    -------
    str
        ``en`` or ``zh-CN``.

    Raises
    ------
    LanguageError
        If KATA_LANG names another language.
    """
    named = os.environ.get("KATA_LANG", "")
    if _is_chinese(named or _locale()):
        return CHINESE
    if named and named.lower().replace("_", "-") != ENGLISH:
        raise LanguageError(f"KATA_LANG is {named!r}; the languages are {ENGLISH}, {CHINESE}")
    return ENGLISH


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


def chosen_or_english() -> str:
    """Return the chosen language; English if KATA_LANG is invalid."""
    try:
        return chosen()
    except LanguageError:
        return ENGLISH


def say(text: str, /, **values: object) -> str:
    """Return a message in the chosen language; in English if KATA_LANG is invalid.

    Parameters
    ----------
    text : str
        The English text, with a ``{name}`` for each value.
    **values : object
        Values to insert.
    """
    language = chosen_or_english()
    translated = text if language == ENGLISH else _translations().get(text, text)
    return translated.format(**values)


@cache
def _translations() -> dict[str, str]:
    return tomllib.loads(CATALOGUE.read_text("utf-8"))
