"""Translates the help texts of commands and the messages of usage errors.

Typer itself supports only English.
"""

from collections.abc import Callable, Iterator
from string import Formatter
from typing import Any

from grader.messages.language import say, translate

HEADINGS = (
    "Usage: ",
    "Arguments:",
    "Options:",
    "Commands:",
    "[OPTIONS]",
    "COMMAND [ARGS]...",
    "[required]",
    "[default: ",
    "[env var: ",
    "Show this message and exit.",
)
"""Texts that typer adds to the help texts of commands."""

MISUSES = (
    "No such command {name}.",
    "No such command {name}. Did you mean {others}?",
    "No such option: {name}",
    "No such option: {name} (Possible options: {others})",
    "Missing argument {name}.",
    "Got unexpected extra argument(s) ({others})",
    "Option {name} requires an argument.",
)
"""Messages of typer's usage errors."""


def translate_help(command: Any) -> None:
    """Translate, in place, all help texts of a command and its subcommands.

    Parameters
    ----------
    command : click.Command
        A command made by typer, with or without subcommands.
    """
    for one in _with_help(command):
        one.help = "\n\n".join(map(translate, _paragraphs(one.help)))
    for one in (command, *getattr(command, "commands", {}).values()):
        one.get_help, one.get_usage = map(_translated, (one.get_help, one.get_usage))


def _translated(write: Callable[[Any], str]) -> Callable[[Any], str]:
    def written(context: Any) -> str:
        text = write(context)
        for heading in HEADINGS:
            text = text.replace(heading, translate(heading))
        return text

    return written


def tell_misuse(error: Any) -> str:
    """Return the message for a usage error.

    Parameters
    ----------
    error : click.UsageError
        An error raised by typer.

    Returns
    -------
    str
        The usage of the command, the hint to try ``--help``, and the error.
    """
    wrong = say("Error: {message}", message=_misuse(error.format_message()))
    if error.ctx is None:
        return wrong
    try_this = say("Try '{command} --help' for help.", command=error.ctx.command_path)
    return f"{error.ctx.get_usage()}\n{try_this}\n\n{wrong}"


def _misuse(text: str) -> str:
    """Translate an error message, which typer formats from one of `MISUSES`."""
    for misuse in reversed(MISUSES):  # longer texts first
        first, *others = Formatter().parse(misuse)
        values, rest = {}, text.removeprefix(first[0])
        for name, after in zip([first[1], *(one[1] for one in others)], others, strict=False):
            values[str(name)], _, rest = rest.partition(after[0])
        if first[1] and len(values) < misuse.count("{"):
            values[str(others[-1][1] if others else first[1])] = rest
        if misuse.format(**values) == text:
            return translate(misuse).format(**values)
    return text


def help_texts(command: Any) -> list[str]:
    """Return the texts to be translated: the paragraphs of all help texts, one line each."""
    return [paragraph for one in _with_help(command) for paragraph in _paragraphs(one.help)]


def _with_help(command: Any) -> Iterator[Any]:
    """Yield a command, its parameters and its subcommands, if they have a help text."""
    for one in (command, *command.params, *getattr(command, "commands", {}).values()):
        if one is not command and hasattr(one, "params"):
            yield from _with_help(one)
        elif getattr(one, "help", None):
            yield one


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
