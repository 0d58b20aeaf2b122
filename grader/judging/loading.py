"""Finds out whether a module can be imported at all, apart from what any spec asks of it."""

from typing import NoReturn

from grader.course.course import Exercise
from grader.transport.judged import Judged
from grader.transport.student import Crashed, StudentError, TimedOut
from grader.verdicts.verdict import ExerciseVerdict, Outcome
from grader.worker import wire

_ENDS = {Outcome.TIMED_OUT, Outcome.CRASHED}


def may_not_load(found: ExerciseVerdict) -> bool:
    """Return whether each spec was cut short, so that it is open how far the module came."""
    return {spec.outcome for spec in found.specs} <= _ENDS


def loads(exercise: Exercise, worker: Judged) -> bool:
    """Return whether the module of an exercise can be imported.

    Parameters
    ----------
    exercise : Exercise
        Exercise whose module was handed in.
    worker : Judged
        A new worker, which is asked to import the module and nothing else.
    """
    # The answer is None, so that nothing is read that the module could make up.
    request = {"do": "value", "target": wire.Reference(exercise.module), "mute": True}
    try:
        list(worker.exchange([request], _call_nothing))
    except (StudentError, TimedOut, Crashed):
        return False
    return True


def _call_nothing(number: int, args: object, kwargs: object) -> NoReturn:
    raise Crashed("the process called a function that it was never given")
