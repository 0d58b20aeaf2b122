"""The facade that specs talk to.

A spec sees the learner's module through the fixture `student`, and cannot tell whether the
learner's code runs in this process or in a worker. It reads like ordinary pytest::

    layer = student.Affine(W, b)
    assert_matches(layer.forward(x), x @ W + b, "forward(x)")
    assert_matches(layer.backward(dout), dout @ W.T, "dx")
    assert_matches(layer.dW, x.T @ dout, "dW after backward")

An exchange with a worker costs more than most calls, so calls wait for each other:

- A call returns an `Answer` at once. It is made, after all that waits before it, when its value is
  needed: compared, indexed, unpacked, converted, computed with. What a spec never looks at is done
  at its end (`settle`). So is what has no answer: making an object, writing into an array.
- `assert_matches` does not need the value at once either. With a worker, it notes
  what to compare (`Student.check`). All that waits is sent together, and answers are checked in the
  order of the spec as they come back, until the first one fails.

The result is that of a program that does each line at once. Requests are done in the order of the
spec, on arguments as they were at the call. Each answer is copied before the next call. The first
failure in the order of the spec ends it, whether an exception of the learner's code, a value that
does not match, or, by `settle`, an exception of the spec itself. After an exception of the
learner's code nothing more is done. After a value that does not match, a worker may have done what
was sent with it, but no answer, output or failure of that is reported.

Where waiting could be noticed, nothing waits: inside ``try`` and ``with``, where an exception must
come from its own line (``with pytest.raises(...)``), and once a function has been passed to the
learner's code, since it runs in the spec.

An `Answer` stands for its value everywhere but in ``is``, ``type(...)`` and ``match``: for these,
and where it should be looked at in this very line, ``answer[...]`` is the value itself.
"""

import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import Any, NoReturn, Protocol
from weakref import ref

import numpy as np

from grader.messages.message import Message, Text
from grader.transport.answers import Answer, plain
from grader.transport.caught import may_be_caught
from grader.transport.shared_arrays import share
from grader.worker import wire
from grader.worker.exception_report import ExceptionReport
from grader.worker.workbench import CallBack

MAX_CALLBACKS = 100_000
MAX_CALLBACKS_WITHIN = 8
DUE_TO_ARGUMENTS = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    MemoryError,
)
MAX_CALLBACK_BYTES = 1 << 20  # of the arrays in one call of a function of the spec
MAX_WAITING = 200
MAX_WAITING_BYTES = 1 << 20  # of what is sent together; a single request may be larger


class StudentError(Exception):
    """The learner's code raised an exception.

    Attributes
    ----------
    report : ExceptionReport
        Its name, text, and her own lines that led to it.
    """

    def __init__(self, report: ExceptionReport) -> None:
        super().__init__(f"{report.type}: {report.message}")
        self.report = report


class _Ended(Exception):
    """The learner's code came to no answer.

    Attributes
    ----------
    why : str or Message
        What was reached, or how it ended.
    """

    def __init__(self, why: Text) -> None:
        super().__init__(str(why))
        self.why = why


class TimedOut(_Ended):
    """The learner's code took longer than it may. The text says which limit it was."""


class Crashed(_Ended):
    """The learner's process ended, or spoke no sense, in the middle of a request."""


class Transport(Protocol):
    """A way to the learner's code.

    Attributes
    ----------
    checks_wait : bool
        Whether an exchange takes so long that checks should wait for each other.
    """

    checks_wait: bool

    def exchange(
        self, requests: list[dict[str, Any]], call_back: CallBack
    ) -> Generator[Any, None, None]:
        """Have requests done, in this order, up to the first that fails.

        Parameters
        ----------
        requests : list of dict
            As `Workbench.perform` takes them.
        call_back : callable
            How a function of the spec is called.

        Yields
        ------
        object
            What `Workbench.perform` answers, for each request. When no more are wanted, the
            generator is closed.
        """


class Student:
    """The learner's module, as a spec sees it.

    Attributes of the module are handles: ``student.Affine(W, b)`` makes an object on the learner's
    side, ``layer.forward(x)`` calls it and answers with plain data, ``layer.dW[...]`` reads an
    attribute's value, ``layer.W[...] = W`` writes into an array of hers in place. A handle is only
    the way to something: what is there is looked up each time that it is called, read or written.
    To make an object is to call what has the name of a class. All of these wait for each other, as
    the module's docstring says.

    Arguments cross as writable copies, answers as read-only arrays of the base class. A function
    may be passed and is called back. A `numpy.random.Generator` crosses as a seed drawn from it.

    Parameters
    ----------
    transport : Transport
        The way to her code.
    module : str
        The module that the spec is about.
    seed : int
        For the global generators of her process.
    """

    def __init__(self, transport: Transport, module: str, seed: int) -> None:
        self._transport = transport
        self._callbacks: list[Callable[..., Any]] = []
        self._calls_back = 0
        self._callbacks_within = 0
        self._failure: Exception | None = None
        self._shared: list[np.ndarray] = []
        self._module = Handle(self, wire.Reference(module), "module")
        self._seed: int | None = seed
        self._made = self._made_before_failure = 0
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = self._new_bytes = 0
        self._passed_on = 0
        self._ended: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._module, name)

    def module(self, name: str) -> "Handle":
        """Another module of hers: an earlier exercise, whether or not this one imports it.

        Parameters
        ----------
        name : str
            Of the module.

        Returns
        -------
        Handle
            Its classes and functions are attributes.
        """
        return Handle(self, wire.Reference(name), "module")

    def array(self, values: np.ndarray) -> "Handle":
        """Make an array that lives on the learner's side.

        Parameters
        ----------
        values : ndarray
            What it holds at first.

        Returns
        -------
        Handle
            Passed as an argument, it is the very same array each time.
        """
        return self._make({"do": "create", "value": values}, "ndarray")

    def share(self, values: np.ndarray) -> wire.SharedArray:
        """Lay out a large array where both sides can read it, instead of sending it.

        Parameters
        ----------
        values : ndarray
            For example all training images. From now on it is read-only.

        Returns
        -------
        Mapping
            To be passed as an argument. The learner's code gets a read-only array.
        """
        self._shared.append(values)  # for as long as the spec runs: its file lives as it does
        return share(values)

    def check(self, compare: Callable[[Any], None], target: "Handle | None" = None) -> None:
        """Compare something when all that is asked for before has been done.

        Parameters
        ----------
        compare : callable
            Raises an exception if something is wrong. It is called with what
            `Workbench.do_look` answers of the target.
        target : Handle, optional
            The way to a value that is to be read.
        """
        request = None if target is None else {"do": "look", "target": target._place}
        self._wait(_Waiting(request, check=compare))
        if self._waiting and not self._transport.checks_wait:
            self.flush()

    def _make(self, request: dict[str, Any], kind: str) -> "Handle":
        """Have something made that stays there."""
        self._made += 1
        self._wait(_Waiting({**request, "number": -self._made}))
        return Handle(self, wire.Reference(-self._made), kind)

    def _call(self, request: dict[str, Any]) -> "Answer":
        """Have something done that has an answer."""
        answer = Answer(self)
        self._wait(_Waiting(request, ref(answer)))
        return answer

    def _wait(self, one: "_Waiting") -> None:
        """Let something wait, unless that could be noticed."""
        size, self._new_bytes = self._new_bytes, 0
        is_full = self._waiting_bytes + size > MAX_WAITING_BYTES or len(self._waiting) > MAX_WAITING
        if is_full and self._waiting:
            self.flush()
        self._waiting.append(one)
        self._waiting_bytes += size
        one.is_caught = may_be_caught(sys._getframe(2))
        if one.is_caught or (self._callbacks and one.request is not None):
            self.flush()

    def flush(self) -> None:
        """Have everything done that waits, and checked.

        Raises
        ------
        Exception
            The first failure, in the order of the spec.
        """
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        done = 0
        try:
            with closing(self._exchange(_requests_of(waiting))) as answers:
                for one in waiting:
                    value = None
                    if one.request is not None:
                        value = self._next(answers)
                        if "number" in one.request:
                            self._made_before_failure = -one.request["number"]
                        elif one.answer is not None and (answer := one.answer()) is not None:
                            answer._arrive(value)
                    if one.check is not None:
                        one.check(value)
                    done += 1
        except BaseException as error:
            self._give_up(waiting[done:], error)
            raise

    def _give_up(self, waiting: "list[_Waiting]", error: BaseException) -> None:
        """The first of these has failed, and the others are not done any more."""
        is_caught = bool(waiting) and waiting[0].is_caught
        if isinstance(error, Exception) and not is_caught and self._ended is None:
            self._ended = error  # whatever catches it now: the line that it belongs to does not
        for one in waiting:
            if one.answer is not None and (answer := one.answer()) is not None:
                answer._fail(error)

    def _exchange(self, requests: list[dict[str, Any]]) -> Generator[Any, None, None]:
        if requests and self._seed is not None:  # with the first request, a new spec begins
            requests[0], self._seed = {**requests[0], "seed": self._seed}, None
        return self._transport.exchange(requests, self._call_back)

    def _next(self, answers: Iterator[Any]) -> Any:
        try:
            value = next(answers)
        finally:
            # What went wrong in a function of the spec matters more than what became of it.
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
        return None if value is None else self._incoming(value)

    def _outgoing(self, value: Any) -> Any:
        match value:
            case Answer():  # before all others, which would look at it
                return self._pass_on(value)
            case np.ndarray():
                self._new_bytes += value.nbytes
                return value.copy()  # as it is now, since it may have to wait
            case Handle():
                return value._place
            case np.random.Generator():
                return wire.Seed(int(value.integers(2**63)))
            case list() | tuple():
                self._new_bytes += 8 * len(value)
                return type(value)(map(self._outgoing, value))
            case dict():
                return {key: self._outgoing(item) for key, item in value.items()}
            case str():
                self._new_bytes += len(value)
            case _ if callable(value):
                self._callbacks.append(value)
                return wire.Callback(len(self._callbacks) - 1)
        return value

    def _pass_on(self, answer: Answer) -> Any:
        """What stands for an answer in an argument; nobody need look at it, if it still waits."""
        if not answer._number:
            own = (one for one in self._waiting if one.answer and one.answer() is answer)
            request = next((one.request for one in own), None)
            if request is None:  # it has arrived, or never will
                return self._outgoing(answer._look())
            self._passed_on += 1
            request["keep"] = answer._number = self._passed_on
        if answer._is_waiting():
            return wire.Earlier(answer._number)
        return self._outgoing(answer._look())

    def _incoming(self, value: Any) -> Any:
        match value:
            case wire.Remote():
                return Handle(self, wire.Reference(value.number), value.kind)
            case (
                wire.Reference()
                | wire.Earlier()
                | wire.Callback()
                | wire.Seed()
                | wire.SharedArray()
                | Message()
            ):
                raise Crashed("the process answered with a word that only the judge may say")
            case np.ndarray():
                value.flags.writeable = False
            case list() | tuple():
                return type(value)(map(self._incoming, value))
            case dict():
                return {key: self._incoming(item) for key, item in value.items()}
        return value

    def _call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a function of the spec for the learner's code.

        What it raises ends the spec, unless it is due to what it was called with: of that, the
        learner's code is told.
        """
        if not 0 <= number < len(self._callbacks):
            raise Crashed("the process called a function that it was never given")
        self._calls_back += 1
        if self._calls_back > MAX_CALLBACKS:
            self._failure = TimedOut(
                f"after {MAX_CALLBACKS:,} calls of a function that was passed in"
            )
            return wire.Opaque("the function was called too often")
        if self._callbacks_within >= MAX_CALLBACKS_WITHIN:
            raise Crashed("the process called a function from within that function, and so on")
        if _bytes_of((args, kwargs)) > MAX_CALLBACK_BYTES:
            return wire.Opaque(f"the function takes no more than {MAX_CALLBACK_BYTES:,} bytes")
        self._callbacks_within += 1
        try:
            answer = self._callbacks[number](*self._incoming(args), **self._incoming(kwargs))
            return self._outgoing(answer)
        except DUE_TO_ARGUMENTS as error:
            reason = f"{type(error).__name__}: {error}"
            return wire.Opaque(f"the function that was passed in failed, as called: {reason}")
        except Exception as error:
            self._failure = error
            return wire.Opaque("the function that was passed in has seen enough")
        finally:
            self._callbacks_within -= 1


class _Waiting:
    """What waits to be done: a request, a check, or a request and the check of its answer."""

    __slots__ = ("answer", "check", "is_caught", "request")

    def __init__(
        self,
        request: dict[str, Any] | None,
        answer: "ref[Answer] | None" = None,
        check: Callable[[Any], None] | None = None,
    ) -> None:
        self.request = request
        self.answer = answer
        self.check = check
        self.is_caught = False


def _requests_of(waiting: "Iterable[_Waiting]") -> list[dict[str, Any]]:
    """The requests, of which those whose answer nobody has any more get none."""
    requests = []
    for one in waiting:
        if one.request is None:
            continue
        if one.check is None and (one.answer is None or one.answer() is None):
            one.request["mute"] = True
        requests.append(one.request)
    return requests


def shared_state(student: Student) -> Text:
    """What the objects of a spec share, if there are several that should have it each.

    Parameters
    ----------
    student : Student
        The facade that the spec talked to.

    Returns
    -------
    str or Message
        One sentence, or nothing.
    """
    made = student._made_before_failure
    if made < 2:
        return ""
    try:
        (answer,) = student._exchange([{"do": "shared", "made": made}])
    except (StudentError, TimedOut, Crashed):
        return ""
    return answer if isinstance(answer, Message) else ""


def settle(student: Student) -> None:
    """Have everything done, and checked, that a spec has asked for.

    Parameters
    ----------
    student : Student
        The facade that the spec talked to.

    Raises
    ------
    Exception
        What ended the spec, also where it was caught in a later line: an exception of the
        learner's code, or what a check has raised.
    """
    try:
        if student._waiting:
            student.flush()
    finally:
        ended, student._ended = student._ended, None
    if ended is not None:
        raise ended


def _bytes_of(value: Any) -> int:
    """How much is in the arrays of a value."""
    match value:
        case np.ndarray():
            return value.nbytes
        case list() | tuple():
            return sum(map(_bytes_of, value))
        case dict():
            return sum(map(_bytes_of, value.values()))
    return 0


class Handle:
    """The way to something on the learner's side. It can be used, but not compared or converted."""

    __slots__ = ("_kind", "_place", "_student")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, student: Student, place: wire.Reference, kind: str) -> None:
        object.__setattr__(self, "_student", student)
        object.__setattr__(self, "_place", place)
        object.__setattr__(self, "_kind", kind)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, on the learner's side."""
        outgoing = self._student._outgoing
        request = {"do": "call", "target": self._place, "args": outgoing(args)}
        if kwargs:
            request["kwargs"] = outgoing(kwargs)
        name = self._name_of_class()
        return self._student._make(request, name) if name else self._student._call(request)

    def _name_of_class(self) -> str:
        """The name, if it is one of a class: what that makes, has to stay there anyway."""
        match self._place:
            case wire.Reference(str(), (("attribute", str(name)),)) if name[:1].isupper():
                return name
        return ""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._step("attribute", name)

    def __getitem__(self, key: Any) -> Any:
        if key is Ellipsis:
            return self._student._call({"do": "value", "target": self._place})[...]
        return self._step("item", plain(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        place = {"target": self._place, "key": None if key is Ellipsis else plain(key)}
        request = {"do": "assign", **place, "value": self._student._outgoing(value)}
        self._student._wait(_Waiting(request))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise TypeError(f"a spec does not set attributes of the learner's objects: {name}")

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("a handle is not compared; its value is handle[...]")

    def __bool__(self) -> NoReturn:
        raise TypeError("a handle has no truth; its value is handle[...]")

    def __array__(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("a handle is not an array; its value is handle[...]")

    def __iter__(self) -> NoReturn:
        raise TypeError("a handle is not iterated over; its value is handle[...]")

    def __repr__(self) -> str:
        return f"<{self._kind}>"

    def _step(self, kind: str, key: Any) -> "Handle":
        place = wire.Reference(self._place.start, (*self._place.steps, (kind, key)))
        return Handle(self._student, place, f"{kind} {key}")
