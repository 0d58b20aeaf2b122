"""Replays of a spec, which show each call of the submission's code and its result."""

import hashlib
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.course.course import Course, Exercise
from grader.course.modules import offer_of
from grader.errors import CommandError
from grader.judging.judge import Judge
from grader.mistakes.earlier import FindGround, no_ground
from grader.mistakes.reasons.call_log import answers_in
from grader.submissions.submission import Submission
from grader.transport.judged import Judged
from grader.verdicts.verdict import ExerciseVerdict, SpecVerdict
from grader.worker import wire
from grader.worker.source import Source
from grader.worker.workbench import CallBack

MAX_SHOWN = 1000
"""Maximum size of an array that is shown in full; larger ones are abbreviated, with a hash."""


class ReplayError(CommandError):
    """Raised if a spec does not exist."""


@dataclass
class Exchange:
    """One request of a spec to the submission's code.

    Attributes
    ----------
    request : dict
        Argument of `grader.worker.workbench.Workbench.perform`.
    answer : object
        The value that was returned, or the exception that was raised.
    """

    request: dict[str, Any]
    answer: object = None


class _Recorder(Judged):
    """A transport that records all exchanges, in one list for each spec.

    Values are copied, as a spec may modify its arrays later.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.specs: list[list[Exchange]] = [[]]

    def exchange(
        self, requests: list[dict[str, Any]], call_back: CallBack
    ) -> Generator[Any, None, None]:
        def recorded(number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            callback = Exchange(wire.cross({"do": "call back", "args": args, "kwargs": kwargs}))
            self.specs[-1].append(callback)
            answer = call_back(number, args, kwargs)
            callback.answer = wire.cross(answer)
            return answer

        with closing(super().exchange(requests, recorded)) as answers:
            for request in requests:
                kept = Exchange(wire.cross(request))
                self.specs[-1].append(kept)
                try:
                    answer = next(answers)
                except Exception as error:
                    kept.answer = error
                    raise
                kept.answer = wire.cross(answer)
                yield answer
            yield from answers

    def take_output(self) -> str:
        self.specs.append([])  # the judge takes the output at the end of each spec
        return super().take_output()


def find_spec(course: Course, name: str) -> Exercise:
    """Return the exercise to which a spec belongs.

    Parameters
    ----------
    course : Course
        Course whose spec files are searched.
    name : str
        Name of the spec.

    Raises
    ------
    ReplayError
        If there is no spec of this name. The message lists names that contain it.
    """
    known: dict[str, Exercise] = {}
    for exercise in course.exercises:
        text = exercise.spec.read_text("utf-8")
        known.update(dict.fromkeys(re.findall(r"^def (test_\w+)\(", text, re.MULTILINE), exercise))
    if name in known:
        return known[name]
    part = [spec for spec in known if name.lower() in spec.lower()][:10]
    hint = "it could be " + ", ".join(part) if part else "`grade --json` lists their names"
    raise ReplayError(f"there is no spec {name!r}; {hint}")


def replay(judge: Judge, submission: Submission, spec: str) -> tuple[SpecVerdict, list[Exchange]]:
    """Judge an exercise again, and record the exchanges of one of its specs.

    Parameters
    ----------
    judge : Judge
        Judge with the secret of the course.
    submission : Submission
        Submission to judge.
    spec : str
        Name of the spec.

    Returns
    -------
    verdict : SpecVerdict
        Verdict on the spec.
    exchanges : list of Exchange
        All exchanges of the spec, in order.
    """
    exercise = find_spec(judge.course, spec)
    sources = submission.sources
    ground = judge.ground_of(exercise, submission)
    found, recorder = _recorded(judge, exercise, sources, ground)
    absent: tuple[str, ...] = ()
    if exercise.module in sources:
        absent = judge.with_stand_ins(exercise, found, sources).on_reference
    if absent:
        modules = [judge.course.named(name).module for name in absent]
        stood_in = {name: judge.known_runs.reference[name] for name in modules}
        found, recorder = _recorded(judge, exercise, {**sources, **stood_in})
    else:
        found = judge.with_feedback(exercise, found, sources, ground)
    number = [verdict.name for verdict in found.specs].index(spec)
    return found.specs[number], recorder.specs[number]


def _recorded(
    judge: Judge,
    exercise: Exercise,
    sources: Mapping[str, Source],
    ground: FindGround = no_ground,
) -> tuple[ExerciseVerdict, _Recorder]:
    there, offer = {**sources, **judge.given}, offer_of(judge.course)
    with _Recorder(there, confined=judge.confined, limits=judge.limits, offer=offer) as recorder:
        return judge.judge_exercise(exercise, recorder, ground=ground), recorder


def tell(exchanges: list[Exchange]) -> Iterator[str]:
    """Format exchanges as calls in Python.

    Parameters
    ----------
    exchanges : list of Exchange
        Exchanges of one spec.

    Yields
    ------
    str
        One or more lines.
    """
    passed_on = {number for exchange in exchanges for number in answers_in(exchange.request)}
    for exchange in exchanges:
        request, answer = exchange.request, exchange.answer
        if request["do"] == "suspect":
            continue  # asked about the code once the spec has failed
        if "seed" in request:
            yield f"random.seed({request['seed']}); np.random.seed({request['seed'] % 2**32})"
        expression = _expression(request)
        if isinstance(answer, Exception):
            yield f"{expression}\n    raises  {type(answer).__name__}: {answer}"
            continue
        if "number" in request:
            expression = f"{_name_object(request['number'])} = {expression}"
        if request.get("keep") in passed_on:
            name = f"answer{request['keep']}"
            yield f"{name} = {expression}"
            expression = name
        if "mute" in request and "keep" in request:
            continue
        if "mute" in request:
            yield expression
        elif isinstance(answer, wire.Remote):
            yield f"{_name_object(answer.number)} = {expression}"
        elif request["do"] == "look":
            assert isinstance(answer, tuple)
            yield f"{expression}\n    returns {_show(answer[0])}"
        else:
            yield f"{expression}\n    returns {_show(answer)}"


def _expression(request: dict[str, Any]) -> str:
    match request["do"]:
        case "create":
            return _show(request["value"])
        case "value" | "look":
            return _show(request["target"])
        case "assign":
            key = "..." if request["key"] is None else repr(request["key"])
            return f"{_show(request['target'])}[{key}] = {_show(request['value'])}"
        case "call back":
            return f"    f({_arguments(request)})"
    return f"{_show(request['target'])}({_arguments(request)})"


def _name_object(number: int) -> str:
    """Return a name for an object; created (negative) and returned ones are numbered separately."""
    return f"made{-number}" if number < 0 else f"object{number}"


def _show_place(place: wire.Reference) -> str:
    start = place.start if isinstance(place.start, str) else _name_object(place.start)
    steps = (f".{key}" if kind == "attribute" else f"[{key!r}]" for kind, key in place.steps)
    return "".join([start, *steps])


def _arguments(request: dict[str, Any]) -> str:
    given = [_show(value) for value in request["args"]]
    given += [f"{name}={_show(value)}" for name, value in request.get("kwargs", {}).items()]
    return ", ".join(given)


def _show(value: object) -> str:
    match value:
        case np.ndarray():
            return _show_array(value)
        case wire.Reference():
            return _show_place(value)
        case wire.Remote():
            return _name_object(value.number)
        case wire.Earlier():
            return f"answer{value.number}"
        case wire.Seed():
            return f"np.random.default_rng({value.value})"
        case wire.Callback():
            return "f"
        case wire.SharedArray():
            return f"<{value.dtype} of shape {value.shape}, shared>"
        case wire.Opaque():
            return f"<{value.description}>"
        case list():
            return f"[{', '.join(_show(item) for item in value)}]"
        case tuple():
            return f"({', '.join(_show(item) for item in value)},)"
        case dict():
            items = (f"{key!r}: {_show(item)}" for key, item in value.items())
            return f"{{{', '.join(items)}}}"
    return repr(value)


def _show_array(array: np.ndarray) -> str:
    with np.printoptions(threshold=MAX_SHOWN, floatmode="unique", linewidth=100):
        shown = np.array_repr(np.asarray(array))
    if array.size <= MAX_SHOWN:
        return shown
    digest = hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()[:16]
    return f"<{array.dtype} of shape {array.shape}, sha256 {digest}...: {shown}>"
