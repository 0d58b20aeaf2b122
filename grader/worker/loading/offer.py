"""What a course offers to submissions, and what it says of everything else."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from grader.messages.message import Text, english

_MAX_LISTED = 300  # characters of a list of modules


@dataclass(frozen=True)
class Offer:
    """What a course offers to submissions, besides the standard library and NumPy.

    Attributes
    ----------
    exercises : mapping of str to tuple of str
        For each module that learners write, the classes and functions that belong into it.
    modules : tuple of str
        Further modules that may be imported, from ``[tool.kata] modules``.
    """

    exercises: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    modules: tuple[str, ...] = ()

    def home_of(self, name: str) -> str:
        """Return the module that a name belongs into, or an empty string."""
        return next((module for module, names in self.exercises.items() if name in names), "")

    def tell_absent(self, module: str, names: tuple[str, ...], importer: str) -> Text:
        """Say what to write instead of something that was imported and cannot be had.

        Parameters
        ----------
        module : str
            The module that was imported.
        names : tuple of str
            The names after it, such as those in ``from module import name``.
        importer : str
            Name of the learner's module that imports it.
        """
        for name in (*reversed(names), *reversed(module.split("."))):
            home = self.home_of(name)
            if home == importer:
                return english(
                    "{name} is yours to write, in this file: this course has no {module}",
                    name=name,
                    module=module,
                )
            if home:
                return english(
                    "this course has no {module}: write `from {home} import {name}`",
                    module=module,
                    home=home,
                    name=name,
                )
        near = self._near(module.partition(".")[0])
        if near:
            return english("there is no {module}: did you mean {near}?", module=module, near=near)
        if self.modules:
            return english(
                "{module} is not there when your work is graded: the course offers the standard "
                "library of Python, NumPy and {others}",
                module=module,
                others=", ".join(self.modules)[:_MAX_LISTED],
            )
        return english(
            "{module} is not there when your work is graded: the course offers the standard "
            "library of Python and NumPy",
            module=module,
        )

    def _near(self, module: str) -> str:
        """Return the module that is likely meant by a misspelt name, or an empty string."""
        ours = get_close_matches(module, ("numpy", *self.exercises, *self.modules), 1, 0.8)
        return next(iter(ours or get_close_matches(module, sys.stdlib_module_names, 1, 0.83)), "")
