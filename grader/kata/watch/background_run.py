"""Runs specs in a background thread, at most one run at a time."""

import threading
import time
from collections.abc import Callable

from grader.course.course import Exercise
from grader.kata.runs.interpreter import Result, RunFailed
from grader.kata.runs.progress import Progress
from grader.kata.watch.events import Ended, Event, OutputLine, Run

PATIENCE = 0.5
"""Seconds after which a running spec is shown, and another interpreter is started."""


class Runs:
    """Runs specs in the background; a new run replaces the current one.

    Parameters
    ----------
    progress : Progress
        Source of interpreters and of hashes of files.
    report : callable
        Called from other threads with the events of runs: lines of progress, and the end.

    Attributes
    ----------
    current : Run or None
        The current run. Events of other runs, which were stopped, are to be ignored.
    """

    def __init__(self, progress: Progress, report: Callable[[Event], None]) -> None:
        self._progress = progress
        self._report = report
        self.current: Run | None = None

    def start(self, exercise: Exercise, following: Exercise | None) -> None:
        """Stop the current run and start another.

        Parameters
        ----------
        exercise : Exercise
            The exercise to run.
        following : Exercise or None
            The exercise to be run next, if known: its interpreter is started meanwhile.
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
        """Stop the current run, if there is one."""
        if self.current is not None:
            self.current.interpreter.kill()
            self.current = None

    def is_slow(self) -> bool:
        """Return whether a spec takes long and is not shown yet.

        The learner may save again before it ends, so an interpreter is started for that, too.
        """
        run, now = self.current, time.monotonic()
        if run is None or now - run.started < PATIENCE:
            return False
        self._progress.interpreters.prepare(run.following)
        if run.interpreter.checking != run.checking:
            run.checking, run.since = run.interpreter.checking, now
        return now - run.since > PATIENCE and run.shown != run.checking
