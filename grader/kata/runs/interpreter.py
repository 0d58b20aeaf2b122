"""Fresh interpreters that run specs: the next one is ready before it is needed.

Her code has to be imported anew for each run, and whatever it does must not hurt who watches. So
each run has a process of its own, which is started ahead of time: importing NumPy and pytest takes
longer than most specs.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Timer
from typing import Any

from grader.course.course import Exercise
from grader.errors import CommandError
from grader.messages.language import say
from grader.verdicts.codec import read_spec
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict

GRACE = 5.0
"""Seconds beyond its limit after which a spec that nothing else could stop is ended from here."""


class RunFailed(CommandError):
    """A spec could not be run, for a reason that is not the learner's code."""


@dataclass(frozen=True)
class Result:
    """What a run has found.

    Attributes
    ----------
    verdict : ExerciseVerdict
        The verdicts on all specs of the exercise.
    version : str
        The version of the course that they hold for.
    seconds : float
        What the specs took.
    """

    verdict: ExerciseVerdict
    version: str
    seconds: float


class Interpreter:
    """A process that has everything ready to run the spec of one exercise, and runs it once.

    Parameters
    ----------
    exercise : Exercise
        Whose spec.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.killed = False
        # Not for reading along: what pytest and her code print there matters only if both end.
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.kata.runs.runner", str(exercise.stub)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._printed,
            cwd=exercise.root,
            env=_environment(),
        )
        self._version = ""
        self._specs: list[SpecVerdict] = []
        self._found: dict[str, SpecVerdict] = {}
        self._checking = ""
        self._finished: list[SpecVerdict] = []
        self._seconds = 0.0
        self._timer: Timer | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it can still be used."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it, whatever it does. Who waits for its result gets none."""
        self.killed = True
        self._process.kill()

    def run(self, tell: Callable[[str], None] = lambda line: None) -> Result | None:
        """Run the spec.

        Parameters
        ----------
        tell : callable, optional
            Gets a line now and then about what takes long.

        Returns
        -------
        Result or None
            None if it was killed meanwhile.

        Raises
        ------
        RunFailed
            If there is no spec to run, or it is broken itself.
        """
        with suppress(OSError):  # it has ended already: what it said tells why
            assert self._process.stdin is not None
            self._process.stdin.write(b"go\n")
            self._process.stdin.flush()
        try:
            for content in self._answers():
                self._note(content, tell)
        finally:
            self._expect_end_within(None)
        self._process.wait()
        if self.killed:
            return None
        specs = tuple(self._finished or self._verdicts_on_the_end())
        return Result(ExerciseVerdict(self.exercise.name, specs), self._version, self._seconds)

    def _answers(self) -> Iterator[dict[str, Any]]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with suppress(ValueError):  # the last line of a process that was killed
                yield json.loads(line)

    def _note(self, content: dict[str, Any], tell: Callable[[str], None]) -> None:
        match content:
            case {"ready": str(version), "specs": list(specs)}:
                self._version, self._specs = version, list(map(read_spec, specs))
            case {"checking": str(name), "seconds": float() | int() as seconds}:
                self._checking = name
                self._expect_end_within(seconds + GRACE)
            case {"progress": str(line)}:
                tell(line)
            case {"verdict": dict(spec)}:
                self._found[spec["name"]] = read_spec(spec)
            case {"finished": list(specs), "seconds": float(seconds)}:
                self._finished, self._seconds = list(map(read_spec, specs)), seconds
                self._process.kill()  # it would only tidy up

    def _expect_end_within(self, seconds: float | None) -> None:
        """End it if it neither comes to the end of a spec in time, nor says so itself."""
        if self._timer:
            self._timer.cancel()
        self._timer = Timer(seconds, self._process.kill) if seconds else None
        if self._timer:
            self._timer.daemon = True
            self._timer.start()

    @property
    def checking(self) -> str:
        """The promise that is being checked; empty before the first."""
        return next((s.promise for s in self._specs if s.name == self._checking), "")

    def _verdicts_on_the_end(self) -> Iterator[SpecVerdict]:
        """The verdicts if the process ended in the middle: told is what was being checked."""
        if not self._checking:
            raise RunFailed(self._tell_failure())
        outcome, message = self._tell_end()
        not_run = say("not run: the one before it ended the run")
        for spec in self._specs:
            if spec.name in self._found:
                yield self._found[spec.name]
            elif spec.name == self._checking:
                yield replace(spec, outcome=outcome, message=message)
            else:
                yield replace(spec, outcome=Outcome.CRASHED, message=not_run)

    def _tell_end(self) -> tuple[Outcome, str]:
        # Where there is no SIGALRM, the plugin ends the process after a last word: the promise that
        # was being checked, and below it what took too long.
        _, promise, told = self._all_printed().rpartition(f"\n{self.checking}\n")
        if promise:
            return Outcome.TIMED_OUT, told.strip()
        code = self._process.returncode
        if code < 0:
            return Outcome.CRASHED, say(
                "ended     your code ended, by signal {signal}", signal=-code
            )
        return Outcome.CRASHED, say("ended     your code ended, by exit code {code}", code=code)

    def _all_printed(self) -> str:
        self._printed.seek(0)
        return self._printed.read().decode("utf-8", "replace").replace("\r\n", "\n")

    def _tell_failure(self) -> str:
        if not self.exercise.stub.is_file():
            return say(
                "{path} is not there; `kata reset {name}` brings it back",
                path=self.exercise.stub,
                name=self.exercise.module,
            )
        return say(
            "the spec of {name} cannot be run: the course's fault, not yours.\n{why}",
            name=self.exercise.name,
            why=self._all_printed()[-2000:].strip(),
        )


def _environment() -> dict[str, str]:
    """Without what somebody has set for her own pytest; with one thread for arithmetic."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {"OPENBLAS_NUM_THREADS": "1", **ours, "PYTHONUTF8": "1"}


class Interpreters:
    """Keeps the next interpreter ready."""

    def __init__(self) -> None:
        self._spare: Interpreter | None = None

    def prepare(self, exercise: Exercise) -> None:
        """Have one ready for this exercise."""
        if not self._has(exercise):
            self.close()
            self._spare = Interpreter(exercise)

    def take(self, exercise: Exercise) -> Interpreter:
        """One for this exercise: the one that is ready, or else a new one."""
        if not self._has(exercise):
            return Interpreter(exercise)
        spare, self._spare = self._spare, None
        assert spare is not None
        return spare

    def close(self) -> None:
        """End the one that is ready."""
        if self._spare is not None:
            self._spare.kill()
            self._spare = None

    def _has(self, exercise: Exercise) -> bool:
        spare = self._spare
        return spare is not None and spare.exercise == exercise and spare.is_alive
