"""Puts the course into the wheel. setuptools loads this file by its path, before an installation.

The course becomes one file, `grader.repository.ARCHIVE`, next to the grader's packages: pip does
not compile what is in it, and neither an editor nor a search shows learners its solutions. In an
editable installation there is no such file, since the repository itself is there.
"""

import runpy
import zipfile
from pathlib import Path
from typing import Any

from setuptools.command.build_py import build_py

GRADER = Path(__file__).parents[1]


def _ours(module: str) -> dict[str, Any]:
    """Return the names of a module of ours, which cannot be imported before it is installed."""
    return runpy.run_path(str(GRADER / module))


_REPOSITORY = _ours("repository.py")


class BuildWithCourse(build_py):
    """Builds the packages, and archives the rest of the repository next to them."""

    def run(self) -> None:
        """Build the packages, then write the archive."""
        super().run()
        if not self.editable_mode:
            self.mkpath(str(self._archive.parent))
            _write(self._archive)

    @property
    def _archive(self) -> Path:
        return Path(self.build_lib, "grader", _REPOSITORY["ARCHIVE"])

    def get_source_files(self) -> list[str]:
        """Return the files that a source distribution needs: all of the repository."""
        return [*super().get_source_files(), *(name for name, _ in _files())]

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Return the files that are built."""
        built: list[str] = super().get_outputs(include_bytecode)
        return built if self.editable_mode else [*built, str(self._archive)]


def _files() -> list[tuple[str, Path]]:
    return list(_REPOSITORY["files_of"](GRADER.parent))


def _write(path: Path) -> None:
    """Write the archive; the same repository gives the same bytes."""
    zip_entry = _ours("zips.py")["zip_entry"]
    with zipfile.ZipFile(path, "w") as archive:
        for name, file in _files():
            if not name.startswith("grader/"):
                archive.writestr(zip_entry(name), file.read_bytes())
