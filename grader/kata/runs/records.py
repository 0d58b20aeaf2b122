"""The learner's verdicts, hints and current exercise, stored in the folder ``.kata``.

A verdict is stored with a hash of everything that it depends on, and is ignored once any of that
has changed.
"""

import hashlib
import json
import platform
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version as version_of_package
from pathlib import Path
from typing import Any

from grader.course.course import FOLDER, Course, Exercise
from grader.files import write_atomically
from grader.messages.language import spoken
from grader.verdicts.codec import plain_spec, read_spec
from grader.verdicts.conditions import version_of
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict

UNSURE = (Outcome.TIMED_OUT, Outcome.CRASHED, Outcome.GRADER_ERROR)
"""Outcomes that may differ in the next run, and are not stored."""


@dataclass(frozen=True)
class Records:
    """Records of one learner's work in a course.

    Attributes
    ----------
    course : Course
        The learner's own course, in whose folder the records are stored.
    """

    course: Course

    @property
    def folder(self) -> Path:
        """Folder of the records."""
        return self.course.root / FOLDER

    # The current exercise

    @property
    def at(self) -> Exercise | None:
        """The exercise that the learner chose; None if they chose none."""
        names = {exercise.name: exercise for exercise in self.course.exercises}
        return names.get(self._read("state").get("at", ""))

    def go_to(self, exercise: Exercise) -> None:
        """Store the exercise that the learner chose."""
        self._write("state", {**self._read("state"), "at": exercise.name})

    # Hints

    def steps(self, spec: SpecVerdict) -> int:
        """Return how many hints the learner has seen for a spec that fails in this way.

        Parameters
        ----------
        spec : SpecVerdict
            Verdict on the spec that the learner works on.

        Returns
        -------
        int
            Number of hints; 0 if they were for another spec, or for another message.
        """
        seen = self._read("hints")
        steps = seen.get("steps") if seen.get("of") == _failure_hash(spec) else 0
        return min(steps, len(spec.hints)) if isinstance(steps, int) else 0

    def step(self, spec: SpecVerdict) -> int:
        """Count one more hint as seen, if there is one, and return their new number."""
        steps = min(self.steps(spec) + 1, len(spec.hints))
        self._write("hints", {"of": _failure_hash(spec), "steps": steps})
        return steps

    # Verdicts

    def content_of(self, exercise: Exercise) -> str:
        """Return a hash of the learner's files of an exercise and of those before it.

        An exercise may import the earlier ones, so its verdict depends on them, too.
        """
        digest = hashlib.sha256()
        for part in self.course.exercises[: self.course.exercises.index(exercise) + 1]:
            with suppress(OSError):
                content = part.stub.read_bytes()
                digest.update(f"{part.name}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def verdict(self, exercise: Exercise) -> ExerciseVerdict | None:
        """Return the stored verdict on the current state of an exercise; None if there is none."""
        kept = self._read(exercise.name)
        if kept.get("key") != self._key(exercise, version_of(self.course.root)):
            return None
        try:
            return ExerciseVerdict(exercise.name, tuple(map(read_spec, kept["specs"])))
        except (TypeError, ValueError, LookupError):
            return None

    def tries(self, exercise: Exercise) -> dict[str, str]:
        """Return the stored calls of failed specs; see `grader.kata.runs.interpreter.Result`."""
        kept = self._read(exercise.name).get("tries")
        return kept if isinstance(kept, dict) else {}

    def keep(
        self, verdict: ExerciseVerdict, version: str, content: str, tries: Mapping[str, str] = {}
    ) -> None:
        """Store a verdict, unless it may differ in the next run.

        Parameters
        ----------
        verdict : ExerciseVerdict
            Result of a run.
        version : str
            Version of the course at the time of the run.
        content : str
            `content_of` the exercise before the run. If it has changed since, it is unknown which
            version was run, and nothing is stored.
        tries : mapping of str to str, optional
            Calls of failed specs.
        """
        exercise = self.course.named(verdict.name)
        unsure = any(spec.outcome in UNSURE for spec in verdict.specs)
        if unsure or self.content_of(exercise) != content:
            return
        specs = [plain_spec(spec) for spec in verdict.specs]
        key = self._key(exercise, version)
        self._write(exercise.name, {"key": key, "specs": specs, "tries": dict(tries)})

    def _key(self, exercise: Exercise, version: str) -> list[str]:
        python, numpy = platform.python_version(), version_of_package("numpy")
        fingerprints = exercise.fingerprints
        known = fingerprints.read_bytes() if fingerprints.is_file() else b""
        mistakes = hashlib.sha256(known).hexdigest()
        return [version, python, numpy, mistakes, spoken(), self.content_of(exercise)]

    # Files

    def _read(self, name: str) -> dict[str, Any]:
        """Return the content of a file; empty if it is missing or damaged."""
        with suppress(OSError, ValueError):
            content = json.loads((self.folder / f"{name}.json").read_bytes())
            if isinstance(content, dict):
                return content
        return {}

    def _write(self, name: str, content: dict[str, Any]) -> None:
        """Replace a file atomically."""
        with suppress(OSError):  # in a read-only course nothing is stored
            self.folder.mkdir(exist_ok=True)
            write_atomically(self.folder / f"{name}.json", json.dumps(content).encode())


def _failure_hash(spec: SpecVerdict) -> str:
    """Return a hash of a spec and the message of its failure: hints belong to both."""
    return hashlib.sha256(f"{spec.name}\0{spec.message}".encode()).hexdigest()
