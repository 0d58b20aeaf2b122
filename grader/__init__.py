"""The grader: runs the hidden specs of the course against a learner's code, or a class's."""

from typing import Any

__all__ = ["errors", "load_ipython_extension"]


def load_ipython_extension(shell: Any) -> None:
    """Answer to ``%load_ext grader`` in a notebook: there is ``%%kata`` from then on.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The one that runs the notebook.
    """
    from grader.kata.lessons.magic import register  # here, since every judge imports this package

    register(shell)
