"""The magic ``%%kata 03_affine``, which saves a notebook's cell as an exercise and runs its specs.

``%kata 03_affine`` only runs the specs, ``%kata hint 03_affine`` shows the next hint,
``%kata try 03_affine`` shows what was called as Python, and ``%kata notebook 04_softmax_with_loss``
writes the notebook of another exercise.
"""

import importlib
import os
import sys
import warnings
from collections import Counter
from typing import Any

from grader.course.course import Course, Exercise
from grader.course.modules import folders_of, read_modules
from grader.course.settings import current_course
from grader.errors import CourseError
from grader.kata.lessons.cell_file import save
from grader.kata.lessons.notebook import NotebookError, write_notebook
from grader.kata.lessons.verdict_page import (
    Page,
    show_hint,
    show_message,
    show_program,
    show_verdict,
)
from grader.kata.runs.interpreter import Interpreter, Result, RunFailed
from grader.kata.runs.wording import no_program
from grader.messages.language import chosen, say, tell, use
from grader.verdicts.causes import causes_of
from grader.verdicts.verdict import ExerciseVerdict, Outcome
from grader.worker.source import Source


def register(shell: Any) -> None:
    """Register the magic, and make the exercises importable.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The shell that runs the notebook.
    """
    # A second thread gains little at these sizes, and makes a busy computer ten times slower. The
    # number of threads can be set only before NumPy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    warnings.filterwarnings("ignore", 'install "ipywidgets"')  # rich works without it
    magic = KataMagic(shell)
    shell.register_magic_function(magic.run, "line_cell", "kata")
    try:
        use(chosen())
        _make_importable(current_course())
    except CourseError as error:
        magic.show(show_message(str(error)))


class KataMagic:
    """The magic ``kata``.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The shell that runs the notebook.

    Attributes
    ----------
    latest : tuple of (Exercise, list of Source, Result) or None
        The latest run: its exercise, the sources that it ran, and its result.
    steps : Counter
        Number of hints shown, by the hints of a spec.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.latest: tuple[Exercise, list[Source], Result] | None = None
        self.steps: Counter[tuple[str, ...]] = Counter()

    def run(self, line: str, cell: str | None = None) -> None:
        """Save a cell as an exercise and run its specs, or run a line magic (see the module)."""
        from IPython.core.error import UsageError

        words = line.split()
        try:
            match words:
                case [name] if cell is not None:
                    self._save_and_run(_named(name), cell)
                case [name] if name not in ("hint", "try", "notebook"):
                    self._run(_named(name))
                case ["hint", name] if cell is None:
                    self._hint(_named(name))
                case ["try", name] if cell is None:
                    self._try(_named(name))
                case ["notebook", name] if cell is None:
                    path = write_notebook(_named(name))
                    self.show(show_message(say("The notebook is in {path}.", path=path)))
                case _:
                    raise UsageError(
                        say(
                            "%%kata NAME on top of a cell; or %kata NAME, %kata hint NAME, "
                            "%kata try NAME, %kata notebook NAME"
                        )
                    )
        except (CourseError, NotebookError, RunFailed, OSError) as error:
            raise UsageError(str(error)) from None

    def show(self, page: Page) -> None:
        """Display a page."""
        from IPython.display import display

        display(page)  # type: ignore[no-untyped-call]

    def _save_and_run(self, exercise: Exercise, cell: str) -> None:
        kept = save(exercise, cell if cell.endswith("\n") else f"{cell}\n")
        if kept is not None:
            told = say(
                "{file} held something that no cell had written. It is kept in {copy}.",
                file=exercise.filename,
                copy=kept.relative_to(exercise.root).as_posix(),
            )
            self.show(show_message(told))
        self._run(exercise)

    def _run(self, exercise: Exercise) -> None:
        course = current_course()
        verdict = self._result_of(exercise, anew=True).verdict
        self.show(show_verdict(verdict, _following(course, exercise)))
        self._offer_names(course, exercise, verdict)

    def _result_of(self, exercise: Exercise, *, anew: bool) -> Result:
        sources = read_modules(exercise.stub.parents[1], current_course())
        found = list(sources.values())
        if anew or self.latest is None or self.latest[:2] != (exercise, found):
            result = Interpreter(exercise).run()
            assert result is not None  # nothing else can kill this interpreter
            for note in result.notes:
                self.show(show_message(note))
            self.latest = exercise, found, result
        return self.latest[2]

    def _offer_names(self, course: Course, exercise: Exercise, verdict: ExerciseVerdict) -> None:
        """Put the names that the file defines into the notebook, and reload it for imports."""
        for name in course.by_module():
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        if all(s.outcome in (Outcome.TIMED_OUT, Outcome.CRASHED) for s in verdict.specs):
            return  # importing the file may never end, or end this process
        _make_importable(course)
        try:
            module = importlib.import_module(exercise.module)
        except (Exception, SystemExit):
            return  # the verdict has reported the error
        names = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        self.shell.push(names)
        sys.path[:] = dict.fromkeys(sys.path)  # each import of an exercise adds the folders again

    def _hint(self, exercise: Exercise) -> None:
        causes = causes_of(self._result_of(exercise, anew=False).verdict.specs)
        waiting = [tell(cause.first.message) for cause in causes if cause.is_waiting]
        broken = [cause.first for cause in causes if not cause.is_waiting]
        if not broken:
            self.show(show_message(waiting[0] if waiting else say("Nothing is broken.")))
            return
        spec = next((spec for spec in broken if spec.hints), broken[0])
        hints = tuple(map(tell, spec.hints))
        self.steps[hints] += 1
        self.show(show_hint(spec, self.steps[hints]))

    def _try(self, exercise: Exercise) -> None:
        """Show what was called as Python, for a cell of its own."""
        result = self._result_of(exercise, anew=False)
        causes = causes_of(result.verdict.specs)
        spec = causes[0].first if causes else None
        program = result.tries.get(spec.name, "") if spec else ""
        self.show(show_program(program) if program else show_message(no_program(spec)))


def _named(name: str) -> Exercise:
    return current_course().named(name)


def _following(course: Course, exercise: Exercise) -> str:
    later = course.exercises[course.exercises.index(exercise) + 1 :]
    return later[0].name if later else ""


def _make_importable(course: Course) -> None:
    """Put the exercises first in ``sys.path``, before installed packages of the same name."""
    sys.path[:] = dict.fromkeys([*map(str, folders_of(course)), *sys.path])
