"""Fresh Python processes that run specs, each started before it is needed.

Each run imports the learner's code anew, and nothing that this code does may affect `kata` itself.
So each run has its own process. It is started ahead of time, since importing NumPy and pytest takes
longer than most specs.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Timer
from typing import Any

from grader.course.course import Exercise
from grader.errors import CommandError
from grader.messages.language import say
from grader.verdicts.codec import read_spec
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict

GRACE = 5.0
"""Seconds beyond the time limit of a spec after which its process is killed."""


class RunFailed(CommandError):
    """A spec could not be run, and the learner's code is not the cause."""


@dataclass(frozen=True)
class Result:
    """The result of a run.

    Attributes
    ----------
    verdict : ExerciseVerdict
        Verdicts on all specs of the exercise.
    version : str
        Version of the course at the time of the run.
    seconds : float
        Total duration of the specs.
    tries : dict of str to str
        Calls of specs that failed, as Python, by the name of the spec: those that say most about
        their cause. Empty if they cannot be written down.
    notes : tuple of str, default ()
        What else pytest says at the end, such as what would take too long when it is graded.
    """

    verdict: ExerciseVerdict
    version: str
    seconds: float
    tries: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Interpreter:
    """A process that loads all it needs to run the specs of one exercise, and runs them once."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.killed = False
        # Read only if the process ends early: what pytest and the learner's code have printed.
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
        self._tries: dict[str, str] = {}
        self._notes: tuple[str, ...] = ()
        self._timer: Timer | None = None

    @property
    def is_alive(self) -> bool:
        """Whether the process is running, and can be used."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill the process; a `run` that is waiting for it returns None."""
        self.killed = True
        self._process.kill()

    def run(self, tell: Callable[[str], None] = lambda line: None) -> Result | None:
        """Run the specs and wait for their verdicts.

        Parameters
        ----------
        tell : callable, optional
            Called with a line of progress now and then, if a spec takes long.

        Returns
        -------
        Result or None
            None if the process was killed meanwhile.

        Raises
        ------
        RunFailed
            If there is no spec, or the spec file itself is broken.
        """
        with suppress(OSError):  # the process has ended: its output says why
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
        verdict = ExerciseVerdict(self.exercise.name, specs)
        return Result(verdict, self._version, self._seconds, self._tries, self._notes)

    def _answers(self) -> Iterator[dict[str, Any]]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with suppress(ValueError):  # a killed process may leave half a line
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
            case {"finished": list(specs), "seconds": float(seconds), **more}:
                self._finished, self._seconds = list(map(read_spec, specs)), seconds
                self._tries = dict(more["tries"])
                self._notes = tuple(map(str, more["notes"]))
                self._process.kill()  # all that is left to it is cleaning up

    def _expect_end_within(self, seconds: float | None) -> None:
        """Kill the process after that time, unless called again before; None only cancels."""
        if self._timer:
            self._timer.cancel()
        self._timer = Timer(seconds, self._process.kill) if seconds else None
        if self._timer:
            self._timer.daemon = True
            self._timer.start()

    @property
    def checking(self) -> str:
        """Promise of the spec that is being run; empty before the first."""
        return next((s.promise for s in self._specs if s.name == self._checking), "")

    def _verdicts_on_the_end(self) -> Iterator[SpecVerdict]:
        """Yield the verdicts after the process ended early: the running spec gets the blame."""
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
        # Without SIGALRM (on Windows), a timeout ends the process after the plugin has printed the
        # promise that was being checked, and below it what took too long.
        _, promise, reason = self._all_printed().rpartition(f"\n{self.checking}\n")
        if promise:
            return Outcome.TIMED_OUT, reason.strip()
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
    """Return the environment for a run: no pytest settings of the learner, one thread for BLAS."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {"OPENBLAS_NUM_THREADS": "1", **ours, "PYTHONUTF8": "1"}


class Interpreters:
    """Keeps one interpreter waiting for the next run."""

    def __init__(self) -> None:
        self._spare: Interpreter | None = None

    def prepare(self, exercise: Exercise) -> None:
        """Start an interpreter for an exercise, unless one is already waiting for it."""
        if not self._has(exercise):
            self.close()
            self._spare = Interpreter(exercise)

    def take(self, exercise: Exercise) -> Interpreter:
        """Return an interpreter for an exercise: the waiting one, or else a new one."""
        if not self._has(exercise):
            return Interpreter(exercise)
        spare, self._spare = self._spare, None
        assert spare is not None
        return spare

    def close(self) -> None:
        """Kill the waiting interpreter."""
        if self._spare is not None:
            self._spare.kill()
            self._spare = None

    def _has(self, exercise: Exercise) -> bool:
        spare = self._spare
        return spare is not None and spare.exercise == exercise and spare.is_alive
