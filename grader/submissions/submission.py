"""What one person handed in, as modules of the course, and how a module is read. It runs none."""

import hashlib
import json
from dataclasses import dataclass

from grader.course.course import Exercise
from grader.course.modules import BORROWED
from grader.messages.message import Text
from grader.worker.source import Source


@dataclass(frozen=True)
class Submission:
    """What one person handed in.

    Attributes
    ----------
    name : str
        Name of its folder or file, or what the platform made of the learner's name.
    sources : dict of str to Source
        Her modules by name; those that are missing are not there.
    exercises : tuple of Exercise
        The exercises to judge.
    notes : tuple of str or Message, default ()
        What was noticed when it was read.
    problem : str or Message, default ""
        Why there is nothing to judge.
    """

    name: str
    sources: dict[str, Source]
    exercises: tuple[Exercise, ...]
    notes: tuple[Text, ...] = ()
    problem: Text = ""

    def borrowed(self, exercise: Exercise) -> bool:
        """Whether the reference stands in for her own work: later exercises may build on it."""
        source = self.sources.get(exercise.module)
        codes = (source.text, *source.cells) if source else ()
        # A cell has the magic that made it the exercise's file above it.
        tops = (line for code in codes for line in code.splitlines()[:2])
        return any(line.startswith(BORROWED) for line in tops)

    @property
    def hash(self) -> str:
        """A hash of all that is judged."""
        sources = {
            name: (source.filename, source.text, str(source.problem), source.cells)
            for name, source in sorted(self.sources.items())
        }
        described = json.dumps([sources, str(self.problem)])
        return hashlib.sha256(described.encode()).hexdigest()
