"""Help texts and messages for usage errors."""

from typing import Annotated

import click
import pytest
import typer

from grader.kata.help import HEADINGS, help_texts, tell_misuse, translate_help
from grader.messages.language import CHINESE, ENGLISH, use


@pytest.fixture
def command():
    """Returns a command with a subcommand, as typer creates it."""
    app = typer.Typer(rich_markup_mode=None, add_completion=False)

    @app.callback()
    def main():
        """Work on the exercises."""

    @app.command()
    def run(
        name: Annotated[str, typer.Argument(help="The exercise, such as 03_affine.")],
        force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    ):
        """Run it,
        once.

        And more.
        """

    return typer.main.get_command(app)


@pytest.fixture
def chinese():
    use(CHINESE)
    yield
    use(ENGLISH)


def help_of(command, *names):
    context = click.Context(command, info_name="kata")
    for name in names:
        command = command.commands[name]
        context = click.Context(command, info_name=name, parent=context)
    return command.get_help(context)


def test_there_is_to_translate_what_is_written_at_commands_and_parameters(command):
    """Each paragraph is one line, however it was wrapped."""
    texts = help_texts(command)
    assert {"The exercise, such as 03_affine.", "Replace what is there.", "And more."} <= set(texts)
    assert "Run it, once." in texts
    assert not [text for text in texts if "\n" in text]


def test_in_english_it_stays_as_typer_writes_it(command):
    """Paragraphs are unchanged."""
    translate_help(command)
    told = help_of(command, "run")
    assert told.startswith("Usage: kata run [OPTIONS] ")
    assert "Run it, once.\n\n  And more." in told


def test_all_of_it_is_translated(command, chinese):
    """Including typer's own headings; text without a translation stays English."""
    translate_help(command)
    told = help_of(command, "run")
    assert not [heading for heading in HEADINGS if heading in told]
    assert "Replace what is there." not in told
    assert "Run it, once." in told
    assert "--force" in told


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["walk"], "No such command 'walk'"),
        (["run"], "Missing argument "),
        (["run", "01", "02"], "Got unexpected extra argument"),
        (["run", "01", "--farce"], "No such option: --farce"),
    ],
)
def test_a_misuse_is_told_with_how_it_is_called(command, arguments, wrong):
    """With the usage and the help option of the command in question."""
    translate_help(command)
    with pytest.raises(Exception, match=r".") as caught:
        command.main(arguments, prog_name="kata", standalone_mode=False)
    told = tell_misuse(caught.value)
    usage, try_this, nothing, error = told.splitlines()
    path = " ".join(["kata", *arguments[:1]]) if arguments[0] == "run" else "kata"
    assert usage.startswith(f"Usage: {path} ")
    assert try_this == f"Try '{path} --help' for help."
    assert nothing == ""
    assert error.startswith(f"Error: {wrong}")


def test_a_misuse_of_no_command_is_told_by_itself():
    """Only the error, if it belongs to no command."""
    assert tell_misuse(click.UsageError("it makes no sense")) == "Error: it makes no sense"
