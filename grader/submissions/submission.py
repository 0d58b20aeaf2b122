"""A submission as modules of the course. Nothing here runs them."""

import hashlib
import json
from dataclasses import dataclass
from typing import Literal

from grader.course.course import Exercise
from grader.course.modules import BORROWED
from grader.messages.message import Text
from grader.worker.source import Source

Fault = Literal["nothing", "unreadable", "grader"]
"""Why there is nothing to judge: no file of the course was handed in; what was handed in cannot be
read; or the grader could not read it where the instructor keeps it."""


@dataclass(frozen=True)
class Submission:
    """The modules of one learner.

    Attributes
    ----------
    name : str
        Name of the folder or file, or the learner's name in the form that the platform uses.
    sources : dict of str to Source
        The learner's modules by name, without those that are missing.
    exercises : tuple of Exercise
        The exercises to judge.
    notes : tuple of str or Message, default ()
        Notes from reading the files, such as which were ignored.
    problem : str or Message, default ""
        Why there is nothing to judge.
    fault : {"nothing", "unreadable", "grader"}, default "nothing"
        What kind of problem it is; without a problem, it means nothing.
    """

    name: str
    sources: dict[str, Source]
    exercises: tuple[Exercise, ...]
    notes: tuple[Text, ...] = ()
    problem: Text = ""
    fault: Fault = "nothing"

    def borrowed(self, exercise: Exercise) -> bool:
        """Return whether the learner borrowed the reference for an exercise, to build on it."""
        source = self.sources.get(exercise.module)
        codes = (source.text, *source.cells) if source else ()
        # In a notebook, the ``%%kata`` magic is on the line above.
        tops = (line for code in codes for line in code.splitlines()[:2])
        return any(line.startswith(BORROWED) for line in tops)

    @property
    def hash(self) -> str:
        """SHA-256 of everything that is judged."""
        sources = {
            name: (source.filename, source.text, str(source.problem), source.cells)
            + (("exported",) if source.exported else ())
            for name, source in sorted(self.sources.items())
        }
        described = json.dumps([sources, str(self.problem)])
        return hashlib.sha256(described.encode()).hexdigest()
