"""The facade that specs talk to.

A spec sees the learner's module through the fixture `student`, and cannot tell whether her code
runs in this process or in a worker.
"""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Protocol

import numpy as np

from grader.messages.message import Message, Text
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
    """A way to the learner's code."""

    def exchange(self, request: dict[str, Any], call_back: CallBack) -> Any:
        """Have a request done, and answer with what `Workbench.perform` answers."""


class Student:
    """The learner's module, as a spec sees it.

    Attributes of the module are handles: ``student.Affine(W, b)`` makes an object on the learner's
    side, ``layer.forward(x)`` calls it and answers with plain data, ``layer.dW[...]`` reads an
    attribute's value, ``layer.W[...] = W`` writes into an array of hers in place. A handle is only
    the way to something: what is there is looked up each time that it is called, read or written.
    What gives no answer waits for what does, and crosses together with that: to make an object
    (what has the name of a class is taken for one), to write into an array, to call something
    `first`.

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
        self._made = 0
        self._waiting: list[dict[str, Any]] = []

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

    def first(self, function: "Handle", *args: Any, **kwargs: Any) -> None:
        """Call something for what it does, whatever it answers, before what comes next.

        Parameters
        ----------
        function : Handle
            What to call, such as ``layer.forward``.
        *args, **kwargs : object
            With what.
        """
        self._waiting.append(function._call_with(args, kwargs))

    def later(self, function: "Handle", *args: Any, **kwargs: Any) -> "Later":
        """A call that is made when its answer is wanted, with others that are wanted then.

        Parameters
        ----------
        function : Handle
            What to call, such as ``layer.forward``.
        *args, **kwargs : object
            With what.

        Returns
        -------
        Later
            For `grader.specs.assertions.assert_all_match`.
        """
        return Later(self, function._call_with(args, kwargs))

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

    def _make(self, request: dict[str, Any], kind: str) -> "Handle":
        """Have something made that stays there; it is asked for together with what comes next."""
        self._made += 1
        self._waiting.append({**request, "number": -self._made})
        return Handle(self, wire.Reference(-self._made), kind)

    def _ask(self, request: dict[str, Any]) -> Any:
        return self._incoming(self._exchange(request))

    def _exchange(self, request: dict[str, Any]) -> Any:
        if self._seed is not None:  # with the first request, a new spec begins
            request, self._seed = {**request, "seed": self._seed}, None
        if self._waiting:
            request, self._waiting = {**request, "first": self._waiting}, []
        try:
            return self._transport.exchange(request, self._call_back)
        finally:
            # What went wrong in a function of the spec matters more than what became of it.
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure

    def _outgoing(self, value: Any) -> Any:
        match value:
            case np.ndarray():
                return value.copy()  # as it is now, since it may have to wait
            case Handle():
                return value._place
            case np.random.Generator():
                return wire.Seed(int(value.integers(2**63)))
            case list() | tuple():
                return type(value)(map(self._outgoing, value))
            case dict():
                return {key: self._outgoing(item) for key, item in value.items()}
            case _ if callable(value):
                self._callbacks.append(value)
                return wire.Callback(len(self._callbacks) - 1)
        return value

    def _incoming(self, value: Any) -> Any:
        match value:
            case wire.Remote():
                return Handle(self, wire.Reference(value.number), value.kind)
            case wire.Reference() | wire.Callback() | wire.Seed() | wire.SharedArray() | Message():
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


def near_miss(handle: "Handle") -> str:
    """What the learner has set in place of an attribute that is None.

    Parameters
    ----------
    handle : Handle
        The way to the attribute.

    Returns
    -------
    str
        The attribute of the same object whose name differs only in capitals and underscores, if
        there is one; or nothing.
    """
    match handle._place.steps:
        case (*_, ("attribute", _)):
            answer = handle._student._ask({"do": "near", "target": handle._place})
            return answer if isinstance(answer, str) else ""
    return ""


class Later:
    """An answer that is asked for when it is wanted; see `Student.later`."""

    def __init__(self, student: Student, request: dict[str, Any]) -> None:
        self.student = student
        self.request = request


def answer_of(wanted: "Handle | Later") -> Any:
    """Ask for one answer, here and now.

    Parameters
    ----------
    wanted : Handle or Later
        The way to a value, or a call.

    Returns
    -------
    object
        The value, or what the call returns.
    """
    later = _later(wanted)
    return later.student._ask(later.request)


def answers_of(wanted: "Sequence[Handle | Later]") -> list[Any]:
    """Ask for several answers at once.

    Parameters
    ----------
    wanted : sequence of Handle or Later
        The ways to values, and calls, of one facade.

    Returns
    -------
    list
        Those before the first one that cannot be had: why not, is told when it is asked for alone.
    """
    if not wanted:
        return []
    several = [_later(one) for one in wanted]
    answer = several[0].student._ask(
        {"do": "several", "requests": [later.request for later in several]}
    )
    return answer if isinstance(answer, list) else []


def _later(wanted: "Handle | Later") -> Later:
    if isinstance(wanted, Later):
        return wanted
    return Later(wanted._student, {"do": "value", "target": wanted._place})


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
    if student._made < 2:
        return ""
    try:
        answer = student._exchange({"do": "shared"})
    except (StudentError, TimedOut, Crashed):
        return ""
    return answer if isinstance(answer, Message) else ""


def settle(student: Student) -> None:
    """Have done what a spec has asked for without using it, such as an object that it made.

    Parameters
    ----------
    student : Student
        The facade that the spec talked to.

    Raises
    ------
    StudentError, TimedOut, Crashed
        As any request.
    """
    if student._waiting:
        student._exchange({"do": "nothing"})


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
        request = self._call_with(args, kwargs)
        name = self._name_of_class()
        return self._student._make(request, name) if name else self._student._ask(request)

    def _call_with(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        outgoing = self._student._outgoing
        request = {"do": "call", "target": self._place, "args": outgoing(args)}
        return {**request, "kwargs": outgoing(kwargs)} if kwargs else request

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
            return answer_of(self)
        return self._step("item", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        place = {"target": self._place, "key": None if key is Ellipsis else key}
        request = {"do": "assign", **place, "value": self._student._outgoing(value)}
        self._student._waiting.append(request)

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
