"""What is found about her work, and what she has said, kept in the folder ``.kata``.

Nothing in it decides by itself: a verdict is kept with a hash of all that it was found from, and
is as good as absent once any of that has changed.
"""

import hashlib
import json
import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version as version_of_package
from pathlib import Path
from typing import Any

from grader.course.course import Course, Exercise
from grader.messages.language import spoken
from grader.release.pristine import FOLDER
from grader.verdicts.codec import plain_spec, read_spec
from grader.verdicts.conditions import version_of
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict

UNSURE = (Outcome.TIMED_OUT, Outcome.CRASHED, Outcome.GRADER_ERROR)
"""These may come out otherwise next time, and are not kept."""


@dataclass(frozen=True)
class Records:
    """What is kept for one learner at work in a course.

    Attributes
    ----------
    course : Course
        The course.
    """

    course: Course

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return self.course.root / FOLDER

    # Where she is

    @property
    def at(self) -> Exercise | None:
        """The exercise that she has gone to by herself, if she has."""
        names = {exercise.name: exercise for exercise in self.course.exercises}
        return names.get(self._read("state").get("at", ""))

    def go_to(self, exercise: Exercise) -> None:
        """Remember that she has gone to an exercise by herself."""
        self._write("state", {**self._read("state"), "at": exercise.name})

    # How far she was helped

    def steps(self, spec: SpecVerdict) -> int:
        """How many hints she has seen: none for another spec, or another answer of hers.

        Parameters
        ----------
        spec : SpecVerdict
            The verdict on the spec that she is at.

        Returns
        -------
        int
            Their number.
        """
        told = self._read("hints")
        steps = told.get("steps") if told.get("of") == _answer(spec) else 0
        return min(steps, len(spec.hints)) if isinstance(steps, int) else 0

    def step(self, spec: SpecVerdict) -> int:
        """Go one hint further, if there is one, and answer how many she has seen then."""
        steps = min(self.steps(spec) + 1, len(spec.hints))
        self._write("hints", {"of": _answer(spec), "steps": steps})
        return steps

    # What was found

    def content_of(self, exercise: Exercise) -> str:
        """A hash of her own part in a verdict: her files of that exercise and the earlier ones.

        Parameters
        ----------
        exercise : Exercise
            The exercise.

        Returns
        -------
        str
            Another one as soon as a byte of them is another.
        """
        digest = hashlib.sha256()
        for one in self.course.exercises[: self.course.exercises.index(exercise) + 1]:
            with suppress(OSError):
                content = one.stub.read_bytes()
                digest.update(f"{one.name}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def verdict(self, exercise: Exercise) -> ExerciseVerdict | None:
        """What is known of an exercise as it is now.

        Parameters
        ----------
        exercise : Exercise
            The exercise.

        Returns
        -------
        ExerciseVerdict or None
            None if its spec has to be run.
        """
        kept = self._read(exercise.name)
        if kept.get("key") != self._key(exercise, version_of(self.course.root)):
            return None
        try:
            return ExerciseVerdict(exercise.name, tuple(map(read_spec, kept["specs"])))
        except (TypeError, ValueError, LookupError):
            return None

    def keep(self, verdict: ExerciseVerdict, version: str, content: str) -> None:
        """Keep what was found.

        Parameters
        ----------
        verdict : ExerciseVerdict
            It.
        version : str
            The version of the course that it was found with.
        content : str
            The `content_of` the exercise before it was run; if it is another one now, nobody knows
            which of both was run.
        """
        exercise = self.course.named(verdict.name)
        unsure = any(spec.outcome in UNSURE for spec in verdict.specs)
        if unsure or self.content_of(exercise) != content:
            return
        specs = [plain_spec(spec) for spec in verdict.specs]
        self._write(exercise.name, {"key": self._key(exercise, version), "specs": specs})

    def _key(self, exercise: Exercise, version: str) -> list[str]:
        python, numpy = platform.python_version(), version_of_package("numpy")
        fingerprints = exercise.fingerprints
        known = fingerprints.read_bytes() if fingerprints.is_file() else b""
        mistakes = hashlib.sha256(known).hexdigest()
        return [version, python, numpy, mistakes, spoken(), self.content_of(exercise)]

    # On disk

    def _read(self, name: str) -> dict[str, Any]:
        """What is in one file; nothing if it is missing or damaged."""
        with suppress(OSError, ValueError):
            content = json.loads((self.folder / f"{name}.json").read_bytes())
            if isinstance(content, dict):
                return content
        return {}

    def _write(self, name: str, content: dict[str, Any]) -> None:
        """Replace one file, as a whole."""
        with suppress(OSError):  # in a course that cannot be written to, nothing is remembered
            self.folder.mkdir(exist_ok=True)
            draft = self.folder / f"{name}.json.{os.getpid()}"
            draft.write_text(json.dumps(content), "utf-8")
            draft.replace(self.folder / f"{name}.json")


def _answer(spec: SpecVerdict) -> str:
    """What a hint is for: a spec, and how her code failed it."""
    return hashlib.sha256(f"{spec.name}\0{spec.message}".encode()).hexdigest()
