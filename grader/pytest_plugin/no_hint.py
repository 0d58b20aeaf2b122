"""What a learner is told where no hint is left."""

from grader.course.course import Exercise
from grader.course.modules import lesson_file
from grader.messages.language import say, tell
from grader.verdicts.origin import told_to_begin
from grader.verdicts.verdict import SpecVerdict


def no_hint(exercise: Exercise, spec: SpecVerdict, seen: int) -> str:
    """Return that there is no further hint, and refer to the lesson or to an earlier exercise.

    Parameters
    ----------
    exercise : Exercise
        The exercise whose lesson is named.
    spec : SpecVerdict
        Verdict on the spec that the learner works on.
    seen : int
        Number of hints that the learner has seen.
    """
    lesson = lesson_file(exercise).relative_to(exercise.root).as_posix()
    if seen or f"\n{say('perhaps   ')}" in tell(spec.message):
        return say("That was the last hint. See {lesson} for more.", lesson=lesson)
    if spec.outcome.is_waiting:
        return say("Nothing is wrong yet. {lesson} leads to what is to do.", lesson=lesson)
    return told_to_begin(spec.message) or say(
        "This is not a known mistake. {lesson} may help.", lesson=lesson
    )
