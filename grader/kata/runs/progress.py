"""The learner's progress: verdicts on the exercises, run again whenever a file has changed."""

from collections.abc import Callable, Iterable, Iterator

from grader.course.course import Course, Exercise
from grader.errors import CourseError
from grader.kata.runs.interpreter import Interpreters, Result
from grader.kata.runs.records import Records
from grader.kata.runs.status import ExerciseStatus
from grader.kata.runs.work import is_borrowed
from grader.messages.language import say
from grader.release.pristine import keep_if_unwritten
from grader.verdicts.verdict import ExerciseVerdict, SpecVerdict


class Progress:
    """Known verdicts on a learner's exercises, and runs for those that are missing.

    Parameters
    ----------
    course : Course
        The learner's own course, whose folder `.kata` keeps the verdicts.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.records = Records(course)
        self.interpreters = Interpreters()
        self._latest: dict[Exercise, tuple[str, Result]] = {}

    def known(self, exercise: Exercise) -> ExerciseVerdict | None:
        """Return the verdict on the current state of an exercise; None if it has to be run."""
        result = self._result_of(exercise)
        return result.verdict if result else self.records.verdict(exercise)

    def _result_of(self, exercise: Exercise) -> Result | None:
        """Return the result of the latest run, if nothing has changed since."""
        content, result = self._latest.get(exercise, ("", None))
        return result if result and content == self.records.content_of(exercise) else None

    def program(self, exercise: Exercise, spec: SpecVerdict) -> str:
        """Return what a failed spec has called as Python, to paste and try.

        Parameters
        ----------
        exercise : Exercise
            An exercise whose verdict is known.
        spec : SpecVerdict
            Its verdict on the spec.

        Returns
        -------
        str
            Empty if the calls cannot be written down.
        """
        result = self._result_of(exercise)
        tries = result.tries if result else self.records.tries(exercise)
        return tries.get(spec.name, "")

    def notes(self, exercise: Exercise) -> tuple[str, ...]:
        """Return the notes of the latest run of an exercise, which was run; see `Result`."""
        _, result = self._latest[exercise]
        return result.notes

    def note(self, exercise: Exercise, result: Result, content: str) -> None:
        """Keep the result of a run.

        Parameters
        ----------
        exercise : Exercise
            The exercise that was run.
        result : Result
            Its verdict, and the version of the course.
        content : str
            `Records.content_of` the exercise before the run.
        """
        self._latest[exercise] = content, result
        self.records.keep(result.verdict, result.version, content, result.tries)
        if self.records.content_of(exercise) == content:
            keep_if_unwritten(exercise, result.verdict, exercise.stub.read_bytes())

    def find(
        self, exercise: Exercise, tell: Callable[[str], None] = lambda line: None
    ) -> ExerciseVerdict:
        """Return the verdict on the current state of an exercise; run it if necessary.

        Parameters
        ----------
        exercise : Exercise
            An exercise of this course.
        tell : callable, optional
            Called with a line of progress now and then, if the run takes long.

        Raises
        ------
        grader.kata.runs.interpreter.RunFailed
            If the specs cannot be run.
        """
        return self.known(exercise) or self.run(exercise, tell)

    def find_all(self, tell: Callable[[str], None] = lambda line: None) -> Iterator[Exercise]:
        """Run all exercises whose verdict is not known.

        Parameters
        ----------
        tell : callable, optional
            Called with a line of progress now and then, if a run takes long.

        Yields
        ------
        Exercise
            Each exercise to be run, before its run starts.
        """
        unknown = [one for one in self.course.exercises if self.known(one) is None]
        for number, exercise in enumerate(unknown):
            yield exercise
            self.run(exercise, tell, *unknown[number + 1 : number + 2])

    def run(
        self,
        exercise: Exercise,
        tell: Callable[[str], None] = lambda line: None,
        following: Exercise | None = None,
    ) -> ExerciseVerdict:
        """Run an exercise, even if its verdict is known, and return the verdict.

        Parameters
        ----------
        exercise : Exercise
            An exercise of this course.
        tell : callable, optional
            Called with a line of progress now and then, if the run takes long.
        following : Exercise, optional
            The exercise to be run next: its interpreter is started meanwhile.
        """
        content = self.records.content_of(exercise)
        interpreter = self.interpreters.take(exercise)
        if following:
            self.interpreters.prepare(following)
        result = interpreter.run(tell)
        assert result is not None  # nothing else can kill this interpreter
        self.note(exercise, result, content)
        return result.verdict

    def status(self, exercise: Exercise) -> ExerciseStatus:
        """Return the status of an exercise, as far as it is known without a run."""
        return ExerciseStatus(exercise, self.known(exercise), is_borrowed(exercise))

    def statuses(self) -> list[ExerciseStatus]:
        """Return the status of each exercise, as far as it is known without a run."""
        return [self.status(exercise) for exercise in self.course.exercises]

    def in_order_from(self, exercise: Exercise | None) -> Iterable[Exercise]:
        """Return all exercises in order, beginning with the given one and wrapping around."""
        exercises = self.course.exercises
        first = exercises.index(exercise) if exercise else 0
        return exercises[first:] + exercises[:first]

    def current(self, tell: Callable[[str], None] = lambda line: None) -> Exercise | None:
        """Return the learner's current exercise.

        Parameters
        ----------
        tell : callable, optional
            Called with a line of progress now and then, if a run takes long.

        Returns
        -------
        Exercise or None
            The first that is not done, from the one that the learner chose on; None if all are
            done.
        """
        for exercise in self.in_order_from(self.records.at):
            if not self.find(exercise, tell).done:
                return exercise
        return None

    def named(self, name: str) -> Exercise:
        """Return the exercise of a name; for an empty name the current one, or else the last.

        Raises
        ------
        CourseError
            If there is no exercise of that name.
        """
        if name:
            return self.course.named(name)
        if not self.course.exercises:
            raise CourseError(
                say("the course in {folder} has no exercises", folder=self.course.root)
            )
        return self.current() or self.course.exercises[-1]
