"""Files in the current folder: pictures, if there is matplotlib to draw them, and pages."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dataset.language import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def can_draw() -> bool:
    """Whether matplotlib is installed; if it is not, print how to get it."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        print(say('for pictures: python -m pip install -e ".[plots]"'))
        return False
    return True


def save(figure: "Figure", path: Path, told: str) -> None:
    """Write a figure, and print its file and, in words, what it shows.

    If the file cannot be written, the reason is printed instead.
    """
    write(figure.savefig, path, told)


def write(into: Callable[[Path], object], path: Path, told: str) -> None:
    """Write a file, and print its path and what it shows, or else why it cannot be written.

    Parameters
    ----------
    into : callable
        Writes the file at a path.
    path : Path
        The file.
    told : str
        What it shows, in words.
    """
    try:
        into(path)
    except OSError as error:
        print(say("{path} cannot be written: {reason}", path=path, reason=error.strerror))
        return
    print(f"{path}: {told}")
