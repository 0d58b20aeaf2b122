"""Commands of `kata`. To add one, write its function in its own module, and register it here."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text
from typer.main import get_command

from grader.errors import CommandError, CourseError
from grader.kata.course_commands import course_around, start, update
from grader.kata.graph.scenes import graph
from grader.kata.help import tell_misuse, translate_help
from grader.kata.notebook_command import notebook
from grader.kata.runs.progress import Progress
from grader.kata.runs.status import table_of, tell_statuses
from grader.kata.runs.wording import ask_reset, no_program, tell_copy, tell_done, tell_reset
from grader.kata.runs.work import borrow as borrow_reference
from grader.kata.runs.work import is_borrowed, reference
from grader.kata.runs.work import reset as reset_stub
from grader.kata.watch.frame import View, focus, frame_of
from grader.kata.watch.screen import is_plain, screen_for
from grader.messages.escaping import plain
from grader.messages.language import chosen, say, use
from grader.pytest_plugin.no_hint import no_hint

CANNOT = 2
"""Exit code of a command that failed."""

USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]
"""The base class of usage errors: depending on typer's version, click's or typer's own copy."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
# Without markup: a folder may be called "My Course [a]".
out = Console(emoji=False, highlight=False, markup=False, soft_wrap=True)
err = Console(stderr=True, emoji=False, highlight=False, markup=False, soft_wrap=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Which exercise: 03, affine, 03_affine.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Plain = Annotated[
    bool,
    typer.Option("--plain", envvar="KATA_PLAIN", help="Print plain lines, for screen readers."),
]


def current_progress() -> Progress:
    """Return the learner's progress in the course that contains the working folder.

    Raises
    ------
    CourseError
        If the folder is in no course, or the course has no exercises.
    """
    course = course_around()
    if not course.exercises:
        raise CourseError(say("the course in {folder} has no exercises", folder=course.root))
    return Progress(course)


@app.callback(invoke_without_command=True)
def kata(context: typer.Context, plain: Plain = False) -> None:
    """Run the current exercise on every save, and show one promise at a time.

    Keys: h hint, t try it, n next, l list, r reset, Enter run again, q quit.
    """
    context.obj = plain
    if context.invoked_subcommand is None:
        from grader.kata.watch.watch import Watch

        Watch(current_progress(), screen_for(plain_wanted=plain)).go()


@app.command("list")
def list_(context: typer.Context) -> None:
    """Show how far you are with each exercise."""
    progress = current_progress()
    with _telling(context) as tell:
        for exercise in progress.find_all(tell):
            tell(say("running {name}", name=exercise.name))
    statuses, parts = progress.statuses(), progress.course.parts
    if not is_plain(wanted=context.obj):
        out.print(table_of(statuses, parts))
        return
    for line in tell_statuses(statuses, parts):
        print(line)


@app.command()
def run(context: typer.Context, name: Name = "") -> None:
    """Run the spec of an exercise once.

    Without a name, run the current exercise.

    Exit code 0 if it is done, 1 if not.
    """
    progress = current_progress()
    exercise = progress.named(name)
    with _telling(context) as tell:
        tell(say("running {name}", name=exercise.name))
        verdict = progress.run(exercise, tell)
    spec = focus(verdict)
    steps = progress.records.steps(spec) if spec else 0
    done = (tell_done(verdict, borrowed=is_borrowed(exercise)),) if verdict.done else ()
    notes = (*progress.notes(exercise), *done)
    _print(View(exercise, verdict, steps, notes))
    raise typer.Exit(0 if verdict.done else 1)


@app.command()
def hint(context: typer.Context, name: Name = "") -> None:
    """Show the next hint."""
    progress = current_progress()
    exercise = progress.named(name)
    with _telling(context) as tell:
        verdict = progress.find(exercise, tell)
    spec = focus(verdict)
    if spec is None:
        out.print(tell_done(verdict, borrowed=is_borrowed(exercise)))
        return
    seen = progress.records.steps(spec)
    steps = progress.records.step(spec)
    answer = no_hint(exercise, spec, seen) if steps == seen else ""
    _print(View(exercise, verdict, steps, answer=answer))


@app.command("try")
def try_(context: typer.Context, name: Name = "") -> None:
    """Print what was called as Python, to paste and try."""
    progress = current_progress()
    exercise = progress.named(name)
    with _telling(context) as tell:
        verdict = progress.find(exercise, tell)
    spec = focus(verdict)
    program = progress.program(exercise, spec) if spec else ""
    if not program:
        raise CourseError(no_program(spec))
    print(program, end="")


@app.command()
def reset(name: Name, yes: Yes = False) -> None:
    """Reset an exercise to its stub.

    What you wrote is kept beside it, as a dated copy.
    """
    exercise = current_progress().named(name)
    if yes or _confirm(ask_reset(exercise)):
        out.print(tell_reset(exercise, reset_stub(exercise)))


@app.command()
def solution(name: Name) -> None:
    """Print the reference solution of an exercise that is done."""
    progress = current_progress()
    exercise = progress.named(name)
    code = reference(exercise)
    if not progress.find(exercise).done:
        raise CourseError(
            say(
                "{name} is not done yet: its solution is shown once all of its promises are kept. "
                "If you are stuck, try `kata hint {module}`, or borrow it: `kata borrow {module}`",
                name=exercise.name,
                module=exercise.module,
            )
        )
    print(code.decode("utf-8"), end="")


@app.command()
def borrow(name: Name, yes: Yes = False) -> None:
    """Continue with the reference solution, without points.

    It replaces what you wrote, which is kept beside it.
    """
    exercise = current_progress().named(name)
    question = say(
        "Borrow {name}? You can go on, but it earns no points. (y/n)", name=exercise.name
    )
    reference(exercise)  # fails before the question is asked, if there is none
    if yes or _confirm(question):
        copy = borrow_reference(exercise)
        out.print(say("{name} is borrowed: it earns no points.", name=exercise.name))
        if copy is not None:
            out.print(tell_copy(exercise, copy))


app.command()(start)
app.command()(update)
app.command()(graph)
app.command()(notebook)


@contextmanager
def _telling(context: typer.Context) -> Iterator[Callable[[str], None]]:
    """Show progress: in a status line, or as permanent lines for screen readers and pipes."""
    if context.obj or not err.is_terminal:
        yield lambda line: err.print(line)
    else:
        with err.status("") as status:
            yield lambda line: status.update(Text(line))


def _print(view: View) -> None:
    frame = frame_of(view)
    for line in (*frame.top, *frame.middle, *frame.bottom):
        out.print(line)


def _confirm(question: str) -> bool:
    """Ask a yes-or-no question at the terminal; raise `CourseError` if input has ended."""
    try:
        return input(f"{question} ").strip().lower() in ("y", "yes", "j", "是")
    except EOFError:
        print()
        raise CourseError(say("no answer on standard input; --yes skips the question")) from None


def main() -> None:
    """Run a command. An error is printed, with what to do about it, and exits with `CANNOT`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # not every console can print a star
    try:
        use(chosen())
        command = get_command(app)
        translate_help(command)
        sys.exit(command(prog_name="kata", standalone_mode=False))
    except USAGE_ERROR as error:
        err.print(plain(tell_misuse(error)))
        sys.exit(CANNOT)
    except CommandError as error:
        err.print(plain(f"kata: {error}"), style="red")
        sys.exit(CANNOT)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:
        err.print_exception()
        sys.exit(CANNOT)
