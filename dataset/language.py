"""What the data has to say, in the language of whoever reads it."""

from pathlib import Path

from kata_language import LanguageError, chosen, translate, use

__all__ = ["CATALOGUES", "LanguageError", "chosen", "say", "use"]

CATALOGUES = Path(__file__).parent
"""Folder of the catalogues of all that `say` is called with."""


def say(text: str, /, **values: object) -> str:
    """Say something in the language that is spoken.

    Parameters
    ----------
    text : str
        In English, with a ``{name}`` for each value.
    **values : object
        What stands in its place.
    """
    return translate(text, CATALOGUES).format(**values)
