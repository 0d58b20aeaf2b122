"""The commands `kata start` and `kata update`, which copy the installed course to a learner."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.course.course import Course
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.messages.language import chosen, language_named, say
from grader.messages.pasting import quoted
from grader.release.new_course import start as start_course
from grader.release.new_course import update as update_course
from grader.release.shipped import course_to_copy, shipped_course

out = Console(emoji=False, highlight=False, markup=False, soft_wrap=True)


def start(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="The new folder, which must be empty or not exist."),
    ],
    language: Annotated[
        str, typer.Option(help="Language of the stubs (default: KATA_LANG or your system).")
    ] = "",
) -> None:
    """Make a fresh course to work in."""
    wanted = language_named(language, "--language") if language else chosen()
    with course_to_copy() as course:
        start_course(course, folder.absolute(), wanted)
    out.print(say("A fresh course is in {folder}. Go there and begin:", folder=folder))
    out.print(f"  cd {quoted(folder)}\n  kata")


def update() -> None:
    """Bring your course up to date with the installed version.

    No line that you wrote is lost: a file that you edited stays, and the new one is put beside it.
    """
    course = course_around()
    with shipped_course() as newer:
        kept = update_course(newer, course)
    for one in kept:
        out.print(str(one), style="yellow")
    out.print(say("{folder} is up to date with the installed course.", folder=course.root))


def course_around() -> Course:
    """Return the course that contains the working folder.

    Raises
    ------
    CourseError
        If the folder is in no course.
    """
    course = find_course(Path.cwd())
    if course is None:
        raise CourseError(
            say(
                "there is no course in {folder} or above it. Change to the folder of your course, "
                "or make one: kata start DIR",
                folder=Path.cwd(),
            )
        )
    return course
