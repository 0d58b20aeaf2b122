"""The commands ``grader new``, a course of one's own, and ``grader variant``, one more exercise."""

from pathlib import Path
from typing import Annotated

import typer

from grader.course.settings import current_course, find_course
from grader.messages.pasting import quoted
from grader.release.new_course import start_instructors
from grader.release.shipped import course_to_copy
from grader.release.variants import add, variants


def register(app: typer.Typer) -> None:
    """Add the commands to the ``grader`` application."""
    app.command("new")(_new)
    app.command("variant")(_variant)


def _new(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="The new folder, which must be empty or not exist."),
    ],
) -> None:
    """Make a course of your own: lessons, stubs, solutions, specs, mistakes, grader and tests.

    It is a copy of the current course, or else of the one that is installed.
    """
    with course_to_copy() as course:
        start_instructors(course, folder.absolute())
    typer.echo(
        f"Your course is in {folder}. Put it under version control, so that the original stubs are "
        f'known:\n  cd {quoted(folder)}\n  git init && git add . && git commit -m "The course"'
    )


def _variant(
    name: Annotated[str, typer.Argument(help="The variant; without a name, all are listed.")] = "",
) -> None:
    """Add an exercise to the course whose answer is not in the textbook.

    Variants are in tests/variants/; the README there explains how to write your own.
    """
    course = current_course()
    if not name:
        for one, folder in variants(course).items():
            title = (folder / "exercises" / one / "README.md").read_text("utf-8").splitlines()[0]
            typer.echo(f"{one}   {title.lstrip('# ')}")
        return
    from grader.checks.course_check import fingerprints_of
    from grader.course.settings import load_course

    written = add(course, name)
    load_course.cache_clear()
    changed = find_course(course.root)
    assert changed is not None
    exercise = changed.named(name)
    exercise.fingerprints.write_text(fingerprints_of(exercise), "utf-8")
    for path in (*written, exercise.fingerprints):
        typer.echo(path.relative_to(course.root))
    typer.echo(
        "It is now the last exercise. Commit it, and check that the course is sound: grader check"
    )
