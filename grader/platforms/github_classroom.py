"""Writes a workflow that grades on GitHub Classroom."""

import re
from pathlib import Path

from grader.platforms.gradescope_package import NEEDED, PackageError

WORKFLOW = """\
name: grade

on: [push, workflow_dispatch]

permissions:
  contents: read

jobs:
  grade:
    if: github.actor != 'github-classroom[bot]' # which only creates the repository
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          path: submission
          persist-credentials: false
      # For a private course: a read-only deploy key, as a secret of the organisation.
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
      # The learner can read the log, so what was found with the hidden inputs is not printed.
      - name: Grade
        working-directory: course
        run: >-
          python -m grader grade "$GITHUB_WORKSPACE/submission" --single @EXERCISE@
          --report "github=$GITHUB_STEP_SUMMARY" --secret-file "$RUNNER_TEMP/secret"
          > /dev/null
"""


def github(out: Path, repository: str, ref: str, exercise: str = "") -> list[Path]:
    """Write a workflow that grades on GitHub Classroom, and instructions for its setup.

    Parameters
    ----------
    out : Path
        Folder of the template repository.
    repository : str
        GitHub repository of the course, as ``OWNER/NAME``.
    ref : str
        Branch, tag or commit of the course.
    exercise : str, optional
        Name of the only exercise to judge; by default all exercises.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    PackageError
        If `repository` or `ref` is malformed, or a file exists already or cannot be written.
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
        raise PackageError(f"{there[0]} already exists; remove it, or name another folder")
    try:
        for path, text in zip(paths, files.values(), strict=True):
            for mark, value in values.items():
                text = text.replace(mark, value)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(re.sub(" +\n", "\n", text), "utf-8")
    except OSError as error:
        raise PackageError(f"{out} cannot be written: {error.strerror or error}") from None
    return paths
