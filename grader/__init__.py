"""The grader, which runs the hidden specs of a course on the code of a learner or a class."""

from typing import Any

__all__ = ["errors", "load_ipython_extension"]


def load_ipython_extension(shell: Any) -> None:
    """Register the cell magic ``%%kata``; IPython calls this for ``%load_ext grader``.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The shell that runs the notebook.
    """
    from grader.kata.lessons.magic import register  # slow, and every judge imports this package

    register(shell)
