"""The command ``grader variant``: adds an exercise whose answer is not in the textbook."""

from typing import Annotated

import typer

from grader.course.settings import current_course, find_course
from grader.release.variants import add, variants


def register(app: typer.Typer) -> None:
    """Add the command to the ``grader`` application."""
    app.command("variant")(_variant)


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
