"""The files that make up this repository: what a wheel ships, and what a new course consists of.

Imports the standard library only, because `grader.release.build` loads this file by its path.
"""

from collections.abc import Iterator
from pathlib import Path

TOP_LEVEL = (
    *("exercises", "solutions", "tests", "grader", "dataset"),
    *("README.md", "LICENSE", "pyproject.toml"),
    *(".binder", ".ci", ".devcontainer", ".github", ".gitignore", ".pre-commit-config.yaml"),
    ".vscode",
    ".kata/pristine",  # the stubs of a course that has been handed out
)
"""Files and folders at the top level. Others there may be someone's work, or a cache."""

ARCHIVE = "shipped.zip"
"""The file in the package ``grader`` of a wheel that holds the rest of the repository."""


def files_of(root: Path) -> Iterator[tuple[str, Path]]:
    """Find the files of a repository without git, which an unpacked archive does not have.

    Parameters
    ----------
    root : Path
        Folder of the repository.

    Yields
    ------
    tuple of str and Path
        Path within the repository, with slashes, and the file, in a fixed order.
    """
    for name in sorted(TOP_LEVEL):
        found = root / name
        for path in [found] if found.is_file() else sorted(found.rglob("*")):
            if path.is_file() and not _is_made(path.relative_to(root)):
                yield path.relative_to(root).as_posix(), path


def _is_made(path: Path) -> bool:
    """Return whether Python, pytest or a build has made a file."""
    made = ("__pycache__", ".pytest_cache", ".ipynb_checkpoints")
    return path.name == ARCHIVE or any(part in made for part in path.parts)
