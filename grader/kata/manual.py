"""What ``--help`` says of the commands, in the language that is spoken."""

from collections.abc import Iterator
from typing import Any

from grader.language import translate


def translate_help(command: Any) -> None:
    """Translate all help texts of a command and of those below it.

    Parameters
    ----------
    command : click.Command
        The command, as typer has made it.
    """
    for one in _with_help(command):
        one.help = "\n\n".join(map(translate, _paragraphs(one.help)))


def help_texts(command: Any) -> list[str]:
    """What there is to be translated: the paragraphs of all help texts, each in one line."""
    return [paragraph for one in _with_help(command) for paragraph in _paragraphs(one.help)]


def _with_help(command: Any) -> Iterator[Any]:
    """Commands, their arguments and their options."""
    for one in (command, *command.params, *getattr(command, "commands", {}).values()):
        if one is not command and hasattr(one, "params"):
            yield from _with_help(one)
        elif getattr(one, "help", None):
            yield one


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
