"""Writes the zip file of the course that Gradescope uses as an autograder."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.course.course import Course
from grader.errors import CommandError
from grader.messages.language import ENGLISH
from grader.zips import zip_entry

COURSE_PARTS = (
    *("grader", "dataset"),
    *("exercises", "solutions", "tests/specs", "tests/mistakes"),
)
COURSE_FILES = ("pyproject.toml", "README.md", "LICENSE")

SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
chmod 600 "$root/source/secret" # first: programs that unpack a zip may ignore its modes
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
"$root/venv/bin/python" -m pip install --no-cache-dir -e "$root/source/course" tzdata
cd "$root/source/course"
@DATA@"""

DATA = '"$root/venv/bin/python" -m dataset  # the digits that networks are trained on\n'

RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each submission, and then reads results/results.json.
root="${AUTOGRADER_ROOT:-/autograder}"
chmod 600 "$root/source/secret" || exit 2
cd "$root/source/course" || exit 2
export KATA_LANG=@LANGUAGE@
python="${AUTOGRADER_PYTHON:-$root/venv/bin/python}"
exec "$python" -m grader.platforms.gradescope_autograder "$root" @EXERCISE@
"""

NEEDED = """\
# Grading on GitHub Classroom

Commit `.github/workflows/classroom.yml` to the template repository of the assignment. On each
push it fetches @REPOSITORY@ at @REF@, judges the learner's repository in the sandbox, and
writes the feedback to the summary of the run. The run succeeds if all of core passed.

- If the course's repository is private, create a read-only deploy key for it, and save the
  private key as the organisation's secret `COURSE_KEY`.
- A learner who can change the workflow can read everything that the workflow can read: the key,
  and with it specs and solutions. Keep those of an exam out of the course's repository.
- The run gives feedback only. Each run draws its inputs from a new secret, which is not kept. For
  marks, download the repositories and run `grader grade` with a secret that only you have.
"""


class PackageError(CommandError):
    """A package cannot be written."""


def gradescope(
    course: Course, out: Path, secret: str, exercise: str = "", language: str = ENGLISH
) -> None:
    """Write the zip file that Gradescope uses as an autograder.

    Parameters
    ----------
    course : Course
        The course to package, with its specs and solutions.
    out : Path
        The file to create. It contains the secret and the solutions, so only its owner can read it.
    secret : str
        Secret that hidden inputs are drawn from.
    exercise : str, optional
        Name of the only exercise to judge; by default all exercises.
    language : str, default "en"
        Language of the feedback.

    Raises
    ------
    PackageError
        If `out` already exists or cannot be written.
    """
    judged = [each for each in course.exercises if exercise in ("", each.name)]
    reads_digits = any("dataset.mnist" in each.spec.read_text("utf-8") for each in judged)
    scripts = {
        "setup.sh": SETUP.replace("@DATA@", DATA if reads_digits else ""),
        "run_autograder": RUN.replace("@EXERCISE@", exercise)
        .replace(" \n", "\n")
        .replace("@LANGUAGE@", language),
    }
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name, text in scripts.items():
                archive.writestr(zip_entry(name, 0o755), text)
            archive.writestr(zip_entry("secret", 0o600), f"{secret}\n")
            for name, path in _course_files(course.root):
                archive.writestr(zip_entry(f"course/{name}"), path.read_bytes())
    except FileExistsError:
        raise PackageError(f"{out} already exists; remove it, or name another file") from None
    except OSError as error:
        raise PackageError(f"{out} cannot be written: {error.strerror or error}") from None


def _course_files(root: Path) -> Iterator[tuple[str, Path]]:
    for name in COURSE_FILES:
        if (root / name).is_file():
            yield name, root / name
    for part in COURSE_PARTS:
        for path in sorted((root / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix(), path
