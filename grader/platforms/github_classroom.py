"""Writes the workflow for GitHub Classroom."""

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
