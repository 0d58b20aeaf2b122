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
from grader.kata.runs.status import standing_of
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
from grader.kata.watch.part_end import ask_to_go_on, ended_before, part_of, tell_end
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
        self._next_part: Exercise | None = None
        self._files = self._read_files()
        self._runs = Runs(progress, self._events.put)
        self._queue: deque[Exercise] = deque()
        self._saved: set[Exercise] = set()
        self._unfinished: set[Exercise] = set()
        self._notes: tuple[str, ...] = ()
        self._ending: tuple[str, ...] = ()
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
        if self._next_part:  # the learner is asked whether to go on
            self._show()
            return
        self._ending = ()
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
            following = self._following(self._exercise)
            if following and self._ends_part_before(following):
                return
            self._exercise = following
        self._ending = tell_end(self._progress.course.exercises, self._progress)
        self._show()

    def _ends_part_before(self, following: Exercise) -> bool:
        """Say that a part is done, if it is, and return whether to wait for the learner."""
        course, ended = self._progress.course, ended_before(following, self._progress)
        part = part_of(following, course)
        if ended is None or part is None:
            return False
        told = tell_end(list(map(course.named, ended.exercises)), self._progress)
        if not sys.stdin.isatty():
            self._notes += told
            self._go_to(following)
            return False
        self._ending = (*told, ask_to_go_on(part))
        self._exercise, self._next_part = None, following
        self._show()
        return True

    def _following(self, exercise: Exercise) -> Exercise | None:
        """Return the next exercise that is not done; before another part, what was never run."""
        course, known = self._progress.course, self._progress.known
        others = [one for one in self._progress.in_order_from(exercise) if one != exercise]
        part = part_of(exercise, course)
        undone = (one for one in others if not ((verdict := known(one)) and verdict.done))
        following = next(undone, None)
        if part is None or following is None or part_of(following, course) == part:
            return following
        same = (one for one in others if part_of(one, course) == part and known(one) is None)
        return next(same, following)

    def _go_to(self, exercise: Exercise) -> None:
        """Make an exercise the current one, and store that for the next session."""
        self._exercise, self._next_part = exercise, None
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
        self._next_part = None
        self._saved.update(changed)
        if self._exercise is None:  # all of a part were done, which may have changed
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
        following = self._following(self._exercise) if self._exercise else self._next_part
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
            self._screen.show_list(
                self._progress.statuses(), self._progress.course.parts, _tell_keys()
            )
            return
        exercise = self._exercise
        verdict = self._progress.known(exercise) if exercise else None
        spec = focus(verdict) if verdict else None
        steps = self._progress.records.steps(spec) if spec else 0
        program = self._program
        notes = (*self._notes, *self._ending)
        standing = standing_of(self._progress.statuses(), exercise)
        view = View(exercise, verdict, steps, notes, self._message, (), program, standing)
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
