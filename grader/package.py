"""The course made ready for the places where courses live: Gradescope and GitHub Classroom."""

import os
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from grader.course import Course, current_course
from grader.language import ENGLISH, language_named
from grader.refusal import Refusal
from grader.secret import default_secret_file, read_secret

COURSE_PARTS = ("grader", "dataset", "exercises", "solutions", "tests/specs", "tests/mistakes")
COURSE_FILES = ("pyproject.toml", "README.md", "LICENSE")

SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
new_enough() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'; }
for python in python3 python3.14 python3.13 python3.12 python3.11; do
    if new_enough "$python" 2>/dev/null; then break; fi
    python=""
done
if [ -z "$python" ]; then
    apt-get update
    apt-get install -y python3.11 python3.11-venv
    python=python3.11
fi
"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --no-cache-dir -e "$root/source/course"
chmod 600 "$root/source/secret"
cd "$root/source/course"
@DATA@"""

DATA = '"$root/venv/bin/python" -m dataset  # the digits, which 07 trains on\n'

RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each submission, and then reads results/results.json.
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$root/source/course" || exit 2
export KATA_LANG=@LANGUAGE@
exec "${AUTOGRADER_PYTHON:-$root/venv/bin/python}" -m grader.gradescope "$root" @EXERCISE@
"""

WORKFLOW = """\
name: grade

on: [push, workflow_dispatch]

permissions:
  contents: read

jobs:
  grade:
    if: github.actor != 'github-classroom[bot]' # which only makes the repository
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          path: submission
          persist-credentials: false
      # For a private course: a deploy key that may only read, as a secret of the organisation.
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          repository: @REPOSITORY@
          ref: @REF@
          ssh-key: ${{ secrets.COURSE_KEY }}
          path: course
          persist-credentials: false
      - uses: actions/setup-python@e797f83bcb11b83ae66e0230d6156d7c80228e7c # v6.0.0
        with:
          python-version: "3.11"
      - run: python -m pip install -e ./course
      - name: Grade
        working-directory: course
        run: >-
          python -m grader grade "$GITHUB_WORKSPACE/submission" --single @EXERCISE@
          --report "github=$GITHUB_STEP_SUMMARY" --secret-file "$RUNNER_TEMP/secret"
"""

NEEDED = """\
# Grading on GitHub Classroom

`.github/workflows/classroom.yml` belongs into the template repository of the assignment. On each
push it fetches @REPOSITORY@ at @REF@, judges the learner's repository in its sandbox, and
writes what it found into the summary of the run: green if all of core passed.

- If the course's repository is private, make a deploy key for it that may only read, and save its
  private half as the organisation's secret `COURSE_KEY`.
- Whoever can change the workflow of her repository can read what that workflow can read: the key,
  and with it specs and solutions. Keep those of an exam out of that repository.
- The run is feedback. Its inputs are drawn anew each time, from a secret that ends with it. For
  marks, download the repositories and run `grader grade`, with the secret that only you have.
"""


class PackageError(Refusal):
    """A package cannot be made."""


def gradescope(
    course: Course, out: Path, secret: str, exercise: str = "", language: str = ENGLISH
) -> None:
    """Write the zip that Gradescope takes for an autograder.

    Parameters
    ----------
    course : Course
        The course.
    out : Path
        The zip. It has the secret and the solutions in it, and only its owner may read it.
    secret : str
        What the hidden inputs are drawn from.
    exercise : str, optional
        The one to judge; by default all.
    language : str, default "en"
        In which learners are told what was found.

    Raises
    ------
    PackageError
        If it cannot be written there.
    """
    trains = exercise in ("", course.exercises[-1].name)
    scripts = {
        "setup.sh": SETUP.replace("@DATA@", DATA if trains else ""),
        "run_autograder": RUN.replace("@EXERCISE@", exercise)
        .replace(" \n", "\n")
        .replace("@LANGUAGE@", language),
    }
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name, text in scripts.items():
                _add(archive, name, text.encode(), 0o755)
            _add(archive, "secret", f"{secret}\n".encode(), 0o600)
            for name, path in _course_files(course.root):
                _add(archive, f"course/{name}", path.read_bytes(), 0o644)
    except FileExistsError:
        raise PackageError(f"{out} is there already; remove it, or name another file") from None
    except OSError as error:
        raise PackageError(f"{out} cannot be written: {error.strerror or error}") from None


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    """The same bytes each time: with one date for all."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # Unix, whose modes these are
    info.external_attr = (stat.S_IFREG | mode) << 16
    archive.writestr(info, content)


def _course_files(root: Path) -> Iterator[tuple[str, Path]]:
    for name in COURSE_FILES:
        if (root / name).is_file():
            yield name, root / name
    for part in COURSE_PARTS:
        for path in sorted((root / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix(), path


def github(out: Path, repository: str, ref: str, exercise: str = "") -> list[Path]:
    """Write the workflow that grades on GitHub Classroom, and what it needs.

    Parameters
    ----------
    out : Path
        Folder of the template repository.
    repository : str
        Where the course is: ``OWNER/NAME``.
    ref : str
        Which version of it: a branch, a tag, or a commit.
    exercise : str, optional
        The one to judge; by default all.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    PackageError
        If there is no such repository, or it cannot be written there.
    """
    for name, value, form in (
        ("--repository", repository, r"[\w.-]+/[\w.-]+"),
        ("--ref", ref, r"[\w./-]+"),
    ):
        if not re.fullmatch(form, value, re.ASCII):
            raise PackageError(f"{name} {value!r}: expected a name such as OWNER/COURSE or main")
    files = {".github/workflows/classroom.yml": WORKFLOW, ".github/GRADING.md": NEEDED}
    values = {"@REPOSITORY@": repository, "@REF@": ref}
    values["@EXERCISE@"] = f"--exercise {exercise}" if exercise else ""
    paths = [out / name for name in files]
    if there := [path for path in paths if path.exists()]:
        raise PackageError(f"{there[0]} is there already; remove it, or name another folder")
    try:
        for path, text in zip(paths, files.values(), strict=True):
            for mark, value in values.items():
                text = text.replace(mark, value)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(re.sub(" +\n", "\n", text), "utf-8")
    except OSError as error:
        raise PackageError(f"{out} cannot be written: {error.strerror or error}") from None
    return paths


# The commands

_ExerciseOption = Annotated[str, typer.Option(help="Judge this exercise only.")]


def register(app: typer.Typer) -> None:
    """Add the commands to those of the grader."""
    packages = typer.Typer(help="Make the course ready for Gradescope or GitHub Classroom.")
    packages.command("gradescope")(_gradescope)
    packages.command("github")(_github)
    app.add_typer(packages, name="package", no_args_is_help=True)


def _gradescope(
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="Where it is to be.")],
    exercise: _ExerciseOption = "",
    language: Annotated[
        str, typer.Option(metavar="NAME", help="In which learners are told what was found.")
    ] = ENGLISH,
    secret_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What the hidden inputs are drawn from; made on first use.",
            show_default="in your data folder",
        ),
    ] = None,
) -> None:
    """Write the zip that Gradescope takes for an autograder."""
    course = current_course()
    name = course.named(exercise).name if exercise else ""
    secret = read_secret(secret_file or default_secret_file())
    gradescope(course, out, secret, name, language_named(language, "--language"))
    typer.echo(
        f"{out} is ready to be uploaded.\n"
        "It has your secret, the specs and the solutions in it: give it to nobody else."
    )


def _github(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The template repository.")],
    repository: Annotated[str, typer.Option(metavar="OWNER/NAME", help="Where the course is.")],
    ref: Annotated[str, typer.Option(help="Branch, tag or commit of it.")] = "main",
    exercise: _ExerciseOption = "",
) -> None:
    """Write the workflow that grades on GitHub Classroom."""
    name = current_course().named(exercise).name if exercise else ""
    for path in github(out, repository, ref, name):
        typer.echo(path)
