"""How far she is: found by running the specs, and kept only as long as it cannot be otherwise."""

from collections.abc import Callable, Iterable, Iterator

from grader.course.course import Course, Exercise
from grader.errors import CourseError
from grader.kata.runs.interpreter import Interpreters, Result
from grader.kata.runs.records import Records
from grader.kata.runs.status import ExerciseStatus
from grader.kata.runs.work import is_borrowed
from grader.messages.language import say
from grader.release.pristine import keep_if_unwritten
from grader.verdicts.verdict import ExerciseVerdict


class Progress:
    """What is known of a learner's exercises, and how to find out the rest.

    Parameters
    ----------
    course : Course
        The course that she works in.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.records = Records(course)
        self.interpreters = Interpreters()
        self._latest: dict[Exercise, tuple[str, ExerciseVerdict]] = {}

    def known(self, exercise: Exercise) -> ExerciseVerdict | None:
        """The verdict on an exercise as it is now, if nothing has to be run for it."""
        content, verdict = self._latest.get(exercise, ("", None))
        if verdict and content == self.records.content_of(exercise):
            return verdict
        return self.records.verdict(exercise)

    def note(self, exercise: Exercise, result: Result, content: str) -> None:
        """Keep what a run has found.

        Parameters
        ----------
        exercise : Exercise
            What was run.
        result : Result
            What came of it.
        content : str
            The hash of her files before it was run.
        """
        self._latest[exercise] = content, result.verdict
        self.records.keep(result.verdict, result.version, content)
        if self.records.content_of(exercise) == content:
            keep_if_unwritten(exercise, result.verdict, exercise.stub.read_bytes())

    def find(
        self, exercise: Exercise, tell: Callable[[str], None] = lambda line: None
    ) -> ExerciseVerdict:
        """The verdict on an exercise as it is now, run if need be.

        Parameters
        ----------
        exercise : Exercise
            The exercise.
        tell : callable, optional
            Gets a line now and then from what takes long.

        Raises
        ------
        grader.kata.runs.interpreter.RunFailed
            If its spec cannot be run.
        """
        return self.known(exercise) or self.run(exercise, tell)

    def find_all(self, tell: Callable[[str], None] = lambda line: None) -> Iterator[Exercise]:
        """Find out about all exercises; each that has to be run is named before.

        Parameters
        ----------
        tell : callable, optional
            Gets a line now and then from what takes long.

        Yields
        ------
        Exercise
            What is run next.
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
        """The verdict on an exercise, run in any case; else as `find`.

        Parameters
        ----------
        exercise : Exercise
            The exercise.
        tell : callable, optional
            Gets a line now and then from what takes long.
        following : Exercise, optional
            What will be run after it: it can be made ready meanwhile.
        """
        content = self.records.content_of(exercise)
        interpreter = self.interpreters.take(exercise)
        if following:
            self.interpreters.prepare(following)
        result = interpreter.run(tell)
        assert result is not None  # nobody else has it, to kill it
        self.note(exercise, result, content)
        return result.verdict

    def standing(self, exercise: Exercise) -> ExerciseStatus:
        """How far she is with an exercise, as far as it is known."""
        return ExerciseStatus(exercise, self.known(exercise), is_borrowed(exercise))

    def standings(self) -> list[ExerciseStatus]:
        """How far she is with each exercise, as far as it is known."""
        return [self.standing(exercise) for exercise in self.course.exercises]

    def in_order_from(self, exercise: Exercise | None) -> Iterable[Exercise]:
        """All exercises, beginning with one and ending with those before it."""
        exercises = self.course.exercises
        first = exercises.index(exercise) if exercise else 0
        return exercises[first:] + exercises[:first]

    def current(self, tell: Callable[[str], None] = lambda line: None) -> Exercise | None:
        """The exercise that she is at: the first that is not done, from where she has gone to.

        Parameters
        ----------
        tell : callable, optional
            Gets a line now and then from what takes long.

        Returns
        -------
        Exercise or None
            None if all are done.
        """
        for exercise in self.in_order_from(self.records.at):
            if not self.find(exercise, tell).done:
                return exercise
        return None

    def named(self, name: str) -> Exercise:
        """The exercise of that name; without a name, the one that she is at, or else the last.

        Raises
        ------
        CourseError
            If there is none of that name.
        """
        if name:
            return self.course.named(name)
        if not self.course.exercises:
            raise CourseError(
                say("the course in {folder} has no exercises", folder=self.course.root)
            )
        return self.current() or self.course.exercises[-1]
