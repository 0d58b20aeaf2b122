"""Bare ``kata``: runs the current exercise on every save, and moves on when it is done.

Keys, saves, progress of runs and their ends arrive as events in one queue, which one thread
handles.
"""

import sys
from collections import deque
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from queue import Empty, SimpleQueue

from grader.course.course import Exercise
from grader.errors import CourseError
from grader.kata.runs.interpreter import Result
from grader.kata.runs.progress import Progress
from grader.kata.runs.status import tell_total
from grader.kata.runs.wording import (
    ask_reset,
    no_program,
    tell_checking,
    tell_outcome,
    tell_reset,
)
from grader.kata.runs.work import is_borrowed, reset
from grader.kata.watch import keys
from grader.kata.watch.background_run import Runs
from grader.kata.watch.events import Ended, Event, OutputLine, Pressed, Run, Saved
from grader.kata.watch.file_watch import saves
from grader.kata.watch.frame import View, focus, frame_of
from grader.kata.watch.screen import Screen
from grader.messages.language import say
from grader.pytest_plugin.no_hint import no_hint

TICK = 0.1
"""Seconds without an event after which the loop checks for a slow run."""

LATEST = 4
"""Maximum number of lines of progress shown: the latest ones."""


class Watch:
    """A session of bare ``kata``, from its start until the learner quits.

    Parameters
    ----------
    progress : Progress
        Verdicts on the exercises of the learner's course.
    screen : Screen
        The screen to show them on.
    """

    def __init__(self, progress: Progress, screen: Screen) -> None:
        self._progress = progress
        self._screen = screen
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._exercise: Exercise | None = next(
            iter(progress.in_order_from(progress.records.at)), None
        )
        self._files = self._read_files()
        self._runs = Runs(progress, self._events.put)
        self._queue: deque[Exercise] = deque()
        self._saved: set[Exercise] = set()
        self._unfinished: set[Exercise] = set()
        self._notes: tuple[str, ...] = ()
        self._message = self._program = ""
        self._lists = self._asks = self._ends = False

    def go(self) -> None:
        """Handle events until the learner quits."""
        folder = self._progress.course.root / "exercises"
        listening: AbstractContextManager[None] = nullcontext()
        if sys.stdin.isatty():
            listening = keys.listen(lambda key: self._events.put(Pressed(key)))
        try:
            with listening, saves(folder, lambda: self._events.put(Saved())):
                self._settle()
                while not self._ends:
                    self._handle_next()
        except KeyboardInterrupt:
            pass
        finally:
            self._runs.stop()
            self._progress.interpreters.close()

    def _handle_next(self) -> None:
        try:
            event = self._events.get(timeout=TICK)
        except Empty:
            if self._runs.is_slow():
                self._show_run()
            return
        match event:
            case Pressed(key):
                self._press(key)
            case Saved():
                self._follow_save()
            case OutputLine(run, line) if run is self._runs.current:
                run.lines.append(line)
                self._show_run()
            case Ended(run, result) if run is self._runs.current:
                self._runs.current = None
                self._take(run, result)

    # Runs

    def _start(self, exercise: Exercise) -> None:
        self._runs.start(exercise, self._queue[0] if self._queue else None)
        self._screen.begin()

    def _take(self, run: Run, result: Result | str | None) -> None:
        """Handle the result of a run, and start the next one in the queue."""
        exercise = run.exercise
        if not isinstance(result, Result):
            self._message = result or ""
            self._show()
            return
        self._progress.note(exercise, result, run.content)
        self._notes = tuple(dict.fromkeys((*self._notes, *result.notes)))
        done = result.verdict.done
        if done and exercise in self._unfinished | self._saved:
            self._unfinished.discard(exercise)
            self._notes += tell_outcome(exercise, result.verdict, borrowed=is_borrowed(exercise))
        if not done and exercise in self._saved and exercise != self._exercise:
            self._go_to(exercise)
        self._saved.discard(exercise)
        if self._queue:
            self._start(self._queue.popleft())
        else:
            self._settle()
        if self._lists:
            self._show()

    # The current exercise

    def _settle(self) -> None:
        """Go to the next exercise that is not done, run it if necessary, and show it."""
        while self._exercise is not None:
            verdict = self._progress.known(self._exercise)
            if verdict is None:
                self._start(self._exercise)
                return
            if not verdict.done:
                self._unfinished.add(self._exercise)
                self._show()
                self._progress.interpreters.prepare(self._exercise)
                return
            self._exercise = self._following(self._exercise)
        told = tell_total(self._progress.statuses())
        self._notes = (*self._notes, say("All exercises are done."), told)
        self._show()

    def _following(self, exercise: Exercise) -> Exercise | None:
        for one in self._progress.in_order_from(exercise):
            verdict = self._progress.known(one)
            if one != exercise and not (verdict and verdict.done):
                return one
        return None

    def _go_to(self, exercise: Exercise) -> None:
        """Make an exercise the current one, and store that for the next session."""
        self._exercise = exercise
        self._progress.records.go_to(exercise)

    def _read_files(self) -> dict[Exercise, bytes | None]:
        return {exercise: _content(exercise.stub) for exercise in self._progress.course.exercises}

    def _follow_save(self) -> None:
        """Run the exercises whose files have changed, the current one last."""
        before, self._files = self._files, self._read_files()
        changed = [
            exercise for exercise, content in self._files.items() if content != before[exercise]
        ]
        if not changed:
            return
        self._runs.stop()
        self._notes, self._message, self._program = (), "", ""
        self._lists = self._asks = False
        self._saved.update(changed)
        if self._exercise is None:  # all were done, which may have changed
            self._exercise = self._progress.course.exercises[0]
        self._queue = deque(exercise for exercise in changed if exercise != self._exercise)
        if self._queue:
            self._start(self._queue.popleft())
        else:
            self._settle()

    # Keys

    def _press(self, key: str) -> None:
        if key == keys.QUIT:
            self._ends = True
        elif key == keys.REDRAW:
            self._show()
        elif self._asks:
            self._answer(yes=key == "y")
        elif key == "q":
            self._ends = True
        elif self._lists and key != "l":
            self._lists = False
            self._show()
        else:
            action = {
                "h": self._hint,
                "t": self._try,
                "n": self._next,
                "l": self._list,
                "r": self._ask,
                " ": self._again,
                "\n": self._again,
            }.get(key)
            if action:
                self._notes, self._message, self._program = (), "", ""
                action()

    def _hint(self) -> None:
        verdict = self._exercise and self._progress.known(self._exercise)
        spec = focus(verdict) if verdict else None
        if not self._exercise or not spec:
            return
        seen = self._progress.records.steps(spec)
        if self._progress.records.step(spec) == seen:
            self._message = no_hint(self._exercise, spec, seen)
        self._show()

    def _try(self) -> None:
        verdict = self._exercise and self._progress.known(self._exercise)
        spec = focus(verdict) if verdict else None
        if not self._exercise or not verdict:
            return
        self._program = self._progress.program(self._exercise, spec) if spec else ""
        self._message = "" if self._program else no_program(spec)
        self._show()

    def _next(self) -> None:
        following = self._following(self._exercise) if self._exercise else None
        if following is None:
            self._message = say("There is no other exercise to be done.")
            self._show()
            return
        self._go_to(following)
        self._runs.stop()
        self._queue.clear()
        self._screen.begin()
        self._settle()

    def _list(self) -> None:
        """Show all exercises, and run those whose verdict is unknown."""
        self._lists = True
        unknown = [one.exercise for one in self._progress.statuses() if one.verdict is None]
        running = self._runs.current.exercise if self._runs.current else None
        self._queue = deque(exercise for exercise in unknown if exercise != running)
        if running is None and self._queue:
            self._start(self._queue.popleft())
        self._show()

    def _ask(self) -> None:
        self._asks = self._exercise is not None
        self._show()

    def _answer(self, *, yes: bool) -> None:
        self._asks = False
        if yes and self._exercise:
            try:
                self._message = tell_reset(self._exercise, reset(self._exercise))
            except CourseError as error:
                self._message = str(error)
            self._files = self._read_files()
            self._settle()
        else:
            self._show()

    def _again(self) -> None:
        self._queue.clear()
        if self._exercise:
            self._start(self._exercise)

    # Display

    def _show(self) -> None:
        if self._lists:
            self._screen.show_list(self._progress.statuses(), _tell_keys())
            return
        exercise = self._exercise
        verdict = self._progress.known(exercise) if exercise else None
        spec = focus(verdict) if verdict else None
        steps = self._progress.records.steps(spec) if spec else 0
        program = self._program
        view = View(exercise, verdict, steps, self._notes, self._message, program=program)
        self._screen.show(frame_of(view), self._footer())

    def _show_run(self) -> None:
        run = self._runs.current
        if run is None or self._lists or self._asks:
            return
        run.shown = run.checking
        lines = [tell_checking(run.checking), *run.lines[-LATEST:]]
        view = View(run.exercise, None, notes=self._notes, progress=tuple(lines))
        self._screen.show(frame_of(view), self._footer())

    def _footer(self) -> str:
        if self._asks and self._exercise:
            return ask_reset(self._exercise)
        return _tell_keys()


def _tell_keys() -> str:
    if not sys.stdin.isatty():
        return say("Ctrl-C quits.")
    return say("h hint   t try it   n next   l list   r reset   Enter run again   q quit")


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
