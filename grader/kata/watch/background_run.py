"""The run under way, of which there is one at most: the next save takes its place."""

import threading
import time
from collections.abc import Callable

from grader.course.course import Exercise
from grader.kata.runs.interpreter import Result, RunFailed
from grader.kata.runs.progress import Progress
from grader.kata.watch.events import Ended, Event, OutputLine, Run

PATIENCE = 0.5
"""Seconds after which a spec is said to be under way, and another interpreter made ready."""


class Runs:
    """Runs specs, one at a time, in the background.

    Parameters
    ----------
    progress : Progress
        How far she is: it has the interpreters.
    report : callable
        Gets what runs tell, and their end, from other threads.

    Attributes
    ----------
    current : Run or None
        The one under way. What others report, which were ended, does not matter any more.
    """

    def __init__(self, progress: Progress, report: Callable[[Event], None]) -> None:
        self._progress = progress
        self._report = report
        self.current: Run | None = None

    def start(self, exercise: Exercise, following: Exercise | None) -> None:
        """Run a spec, in the place of the one under way.

        Parameters
        ----------
        exercise : Exercise
            Whose spec.
        following : Exercise or None
            Whose spec will be run after it, if that is known: it can be made ready.
        """
        self.stop()
        content = self._progress.records.content_of(exercise)
        run = Run(self._progress.interpreters.take(exercise), content, following or exercise)
        if following:
            self._progress.interpreters.prepare(following)
        self.current = run
        threading.Thread(target=self._perform, args=(run,), daemon=True).start()

    def _perform(self, run: Run) -> None:
        try:
            result: Result | str | None = run.interpreter.run(
                lambda line: self._report(OutputLine(run, line))
            )
        except RunFailed as error:
            result = str(error)
        self._report(Ended(run, result))

    def stop(self) -> None:
        """End the run under way, if there is one."""
        if self.current is not None:
            self.current.interpreter.kill()
            self.current = None

    def is_slow(self) -> bool:
        """Whether there is a spec that takes long, and nothing was said of it yet.

        Who waits may save again before it has ended: an interpreter is made ready for that.
        """
        run, now = self.current, time.monotonic()
        if run is None or now - run.started < PATIENCE:
            return False
        self._progress.interpreters.prepare(run.following)
        if run.interpreter.checking != run.checking:
            run.checking, run.since = run.interpreter.checking, now
        return now - run.since > PATIENCE and run.said != run.checking
