"""The facade that specs call: `Student`, the handles it gives out, and `settle`.

A spec uses the fixture ``student`` like the learner's module itself, wherever the code runs::

    layer = student.Affine(W, b)
    assert_matches(layer.forward(x), x @ W + b, "forward(x)")
    assert_matches(layer.backward(dout), dout @ W.T, "dx")
    assert_matches(layer.dW, x.T @ dout, "dW after backward")

Results are lazy, because a round trip to a worker costs more than most calls. With a worker, the
requests of the four lines above are sent together at the end of the spec, or earlier if the spec
uses a value:

- A call returns an `Answer`, a proxy that fetches its value on first use: when it is indexed,
  unpacked, converted, or used in arithmetic. Fetching it sends all pending requests.
- Creating an object and writing into an array (``layer.W[...] = W``) are pending requests too.
- `assert_matches` records the comparison. It is made when the answer arrives.
- At the end of the spec, `settle` sends what is still pending.

The outcome is the same as if each line were executed at once:

- Requests are performed in the order of the spec, with arguments as they were at the call. Each
  answer is copied before the next call.
- The first failure in the order of the spec ends it: an exception of the learner's code, a
  mismatch, or an exception of the spec itself.
- Nothing is performed after an exception of the learner's code. After a mismatch, a worker may have
  performed later requests, but their answers, output and failures are dropped.

Requests are performed immediately where a delay could be noticed: inside ``try`` and ``with``
(``with pytest.raises(...)`` must see the exception of its own line), and once a function of the
spec has been passed to the learner's code, because that function runs in the spec.

An `Answer` behaves like its value except with ``is``, ``type(...)`` and ``match``. There, or to
fetch the value in a certain line, write ``answer[...]``, which returns the value itself.
"""

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol
from weakref import ref

import numpy as np

from grader.messages.message import Message, Text
from grader.transport.answers import Answer, plain
from grader.transport.caught import may_be_caught
from grader.worker import wire
from grader.worker.exception_report import ExceptionReport
from grader.worker.wire import WireError
from grader.worker.workbench import CallBack

MAX_CALLBACKS = 100_000
MAX_CALLBACKS_WITHIN = 8
DUE_TO_VALUES = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    RecursionError,
    WireError,
)
"""What a function of ours may raise because of the values that it is given."""

MAX_CALLBACK_BYTES = 1 << 20  # in the arrays passed to one call of a function of the spec
MAX_WAITING = 200
MAX_WAITING_BYTES = 1 << 20  # in requests sent together; a single request may be larger


@dataclass(frozen=True)
class Asked:
    """A request among all that a spec has made.

    Attributes
    ----------
    log : list of dict
        The requests, as in `Student`.
    place : int
        Its index.
    """

    log: list[dict[str, Any]]
    place: int


class StudentError(Exception):
    """The learner's code raised an exception.

    Attributes
    ----------
    report : ExceptionReport
        The exception's name, message, and traceback within the learner's code.
    asked : Asked or None
        The request that failed; None until it is found.
    """

    def __init__(self, report: ExceptionReport) -> None:
        super().__init__(f"{report.type}: {report.message}")
        self.report = report
        self.asked: Asked | None = None


class _Ended(Exception):
    """The learner's code returned no answer.

    Attributes
    ----------
    why : str or Message
        The limit that was reached, or how the process ended.
    hint : str or Message
        A possible cause; empty unless one is found later.
    """

    def __init__(self, why: Text) -> None:
        super().__init__(str(why))
        self.why = why
        self.hint: Text = ""


class TimedOut(_Ended):
    """The learner's code reached a time limit."""


class Crashed(_Ended):
    """The learner's process ended, or sent an invalid message, during a request."""


class TooMuch(_Ended):
    """The learner's process sent more than a spec takes."""


class Unusable(Exception):
    """A spec failed at what the learner's code returned, before it could compare it.

    Attributes
    ----------
    error : Exception
        What the spec raised, one of `DUE_TO_VALUES`.
    returned : object
        The value that the spec looked at last.
    judge_mib : int or None
        The memory that the spec had for it, if it was limited.
    """

    def __init__(self, error: Exception, returned: object, judge_mib: int | None) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.error = error
        self.returned = returned
        self.judge_mib = judge_mib


_NOTHING = object()


class Transport(Protocol):
    """Protocol of the connections to the learner's code.

    Attributes
    ----------
    checks_wait : bool
        Whether an exchange is so expensive that comparisons should wait for a common one.
    """

    checks_wait: bool

    @property
    def judge_mib(self) -> int | None:
        """Memory that a spec may need for answers, in MiB; None if that is not limited."""

    def exchange(
        self, requests: list[dict[str, Any]], call_back: CallBack
    ) -> Generator[Any, None, None]:
        """Perform requests in order, up to the first that fails.

        Parameters
        ----------
        requests : list of dict
            Requests in the form that `Workbench.perform` takes.
        call_back : callable
            Calls a function of the spec, given its number, arguments and keyword arguments.

        Yields
        ------
        object
            The result of `Workbench.perform` for each request. A caller that needs no more of them
            closes the generator.
        """

    def suspect(self, request: dict[str, Any]) -> Any:
        """Ask about the code after a spec has failed, whatever time it has taken.

        Parameters
        ----------
        request : dict
            A request for `Workbench.do_suspect`.

        Returns
        -------
        object
            The result of `Workbench.perform`.
        """

    def share(self, values: np.ndarray) -> wire.SharedArray:
        """Let the requests of the specs that follow refer to an array.

        Objects that exist on the learner's side may be lost.

        Parameters
        ----------
        values : ndarray
            The array, which becomes read-only.

        Returns
        -------
        SharedArray
            What stands for the array in a request.
        """


class Student:
    """The learner's module, as a spec sees it.

    Attributes of the module are handles:

    - ``student.Affine(W, b)`` creates an object on the learner's side. A name that begins with a
      capital letter is taken for a class.
    - ``layer.forward(x)`` calls a method and returns its answer as plain data.
    - ``layer.dW[...]`` reads the value of an attribute.
    - ``layer.W[...] = W`` writes into the learner's array in place.

    A handle is a path, not an object: it is looked up each time it is called, read or written. All
    of these operations are lazy, as the module's docstring explains.

    Arguments are sent as writable copies. Answers arrive as read-only arrays of the base class. A
    function may be passed; the learner's code can then call it. A `numpy.random.Generator` is sent
    as a seed drawn from it.

    Parameters
    ----------
    transport : Transport
        The connection to the learner's code.
    module : str
        Name of the module that the spec is about.
    seed : int
        Seed of the global random generators in the learner's process.

    Attributes
    ----------
    seen : object
        The value that the spec looked at last.
    log : list of dict
        All requests of the spec so far, but those of its functions that the learner's code calls.
    stopped_at : int or None
        Index in the log of the request that failed, or of the value whose check failed.
    functions : list of (callable, dict)
        The functions that were passed, each with copies of the lists that it uses, as they were.
    """

    def __init__(self, transport: Transport, module: str, seed: int) -> None:
        self._transport = transport
        self.functions: list[tuple[Callable[..., Any], dict[str, Any]]] = []
        self._calls_back = 0
        self._callbacks_within = 0
        self._failure: Exception | None = None
        self._module = Handle(self, wire.Reference(module), "module")
        self.seed = seed
        self._seed: int | None = seed
        self._made = self._made_before_failure = 0
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = self._new_bytes = 0
        self._calls = 0
        self.seen: Any = _NOTHING
        self._ended: Exception | None = None
        self.log: list[dict[str, Any]] = []
        self.stopped_at: int | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._module, name)

    def module(self, name: str) -> "Handle":
        """Return another of the learner's modules, whether or not this one imports it.

        Parameters
        ----------
        name : str
            Name of the module of an earlier exercise.

        Returns
        -------
        Handle
            A handle whose attributes are the module's classes and functions.
        """
        return Handle(self, wire.Reference(name), "module")

    def array(self, values: np.ndarray) -> "Handle":
        """Create an array on the learner's side.

        Parameters
        ----------
        values : ndarray
            Initial values.

        Returns
        -------
        Handle
            A handle that stands for the same array, not a copy, each time it is passed.
        """
        return self._make({"do": "create", "value": values}, "ndarray")

    def mapping(self, items: Mapping[str, Any]) -> "Handle":
        """Create a dict on the learner's side.

        Parameters
        ----------
        items : mapping of str to object
            Arrays, which are copied, and handles: the dict holds the objects that they stand for.

        Returns
        -------
        Handle
            A handle that stands for the same dict each time it is passed. ``params["W"]`` is what
            is found there when it is looked up, even if it is another array than before.
        """
        return self._make({"do": "create", "value": self._outgoing(dict(items))}, "dict")

    def share(self, values: np.ndarray) -> wire.SharedArray:
        """Share a large array, such as all training images, instead of sending a copy.

        Parameters
        ----------
        values : ndarray
            The array, which becomes read-only.

        Returns
        -------
        SharedArray
            A reference to pass as an argument. The learner's code gets a read-only array.

        Raises
        ------
        RuntimeError
            After the first call of a spec: a worker gets shared arrays when it starts.
        """
        if self._seed is None or self._waiting:
            raise RuntimeError("a spec shares its arrays before it calls the learner's code")
        return self._transport.share(values)

    def check(self, compare: Callable[[Any], None], target: "Handle | None" = None) -> None:
        """Run a comparison once all earlier requests have been performed.

        Parameters
        ----------
        compare : callable
            Raises an exception on a mismatch. It gets the result of `Workbench.do_look` for the
            target, or None without a target.
        target : Handle, optional
            A value to read for the comparison.
        """
        request = None if target is None else {"do": "look", "target": target._place}
        self._wait(_Waiting(request, check=compare))
        if self._waiting and not self._transport.checks_wait:
            self.flush()

    def _make(self, request: dict[str, Any], kind: str) -> "Handle":
        """Request an object that stays on the learner's side, and return a handle to it."""
        self._made += 1
        self._wait(_Waiting({**request, "number": -self._made}))
        return Handle(self, wire.Reference(-self._made), kind)

    def _call(self, request: dict[str, Any]) -> "Answer":
        """Request something that has an answer."""
        self._calls += 1
        answer = Answer(self, self._calls)
        self._wait(_Waiting({**request, "keep": self._calls}, ref(answer)))
        return answer

    def _wait(self, one: "_Waiting") -> None:
        """Make a request or check pending; perform it at once where a delay could be noticed."""
        if one.request is not None and not self._callbacks_within:
            one.place = len(self.log)
            self.log.append(dict(one.request))  # a copy: what is sent may be changed until then
        size, self._new_bytes = self._new_bytes, 0
        is_full = self._waiting_bytes + size > MAX_WAITING_BYTES or len(self._waiting) > MAX_WAITING
        if is_full and self._waiting:
            self.flush()
        self._waiting.append(one)
        self._waiting_bytes += size
        one.is_caught = may_be_caught(sys._getframe(2))
        if one.is_caught or (self.functions and one.request is not None):
            self.flush()

    def flush(self) -> None:
        """Perform all pending requests and checks.

        Raises
        ------
        Exception
            The first failure, in the order of the spec.
        """
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if self._ended is None:
            self.stopped_at = None
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
                        if "mute" not in one.request:
                            self.seen = value
                    if one.check is not None:
                        one.check(value)
                    done += 1
        except BaseException as error:
            self._give_up(waiting[done:], error)
            raise

    def _give_up(self, waiting: "list[_Waiting]", error: BaseException) -> None:
        """Give up pending requests and checks, the first of which has failed with `error`."""
        if waiting and self._ended is None:
            self.stopped_at = waiting[0].place
        is_caught = bool(waiting) and waiting[0].is_caught
        if isinstance(error, Exception) and not is_caught and self._ended is None:
            self._ended = error  # fails the spec even if a later line catches it here
        for one in waiting:
            if one.answer is not None and (answer := one.answer()) is not None:
                answer._fail(error)

    def _exchange(self, requests: list[dict[str, Any]]) -> Generator[Any, None, None]:
        if requests and self._seed is not None:  # a spec's first request
            requests[0], self._seed = {**requests[0], "seed": self._seed}, None
        return self._transport.exchange(requests, self._call_back)

    def _next(self, answers: Iterator[Any]) -> Any:
        try:
            value = next(answers)
        finally:
            # An exception of a function of the spec has priority over its consequences.
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
        return None if value is None else self._incoming(value)

    def _outgoing(self, value: Any) -> Any:
        match value:
            case Answer():  # first, because the other patterns would fetch its value
                return self._pass_on(value)
            case np.ndarray():
                self._new_bytes += value.nbytes
                return value.copy()  # the spec may change it before it is sent
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
                self.functions.append((value, _state_of(value)))
                return wire.Callback(len(self.functions) - 1)
        return value

    def _pass_on(self, answer: Answer) -> Any:
        """Return what an answer is sent as: a reference, since the other side has kept it.

        The judge does not send back what it was sent, which may be larger or stranger than what it
        sends itself. An answer that is pending is not fetched.
        """
        if answer._error is not None:
            raise answer._error
        for one in self._waiting:
            if one.answer and one.answer() is answer:
                one.is_passed_on = True
        return wire.Earlier(answer._number)

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

        An exception in it ends the spec, except for one that the arguments may have caused
        (`DUE_TO_VALUES`): that is reported to the learner's code.
        """
        if not 0 <= number < len(self.functions):
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
            given, named = self._incoming(args), self._incoming(kwargs)
            self.seen = given
            answer = self.functions[number][0](*given, **named)
            return self._outgoing(answer)
        except DUE_TO_VALUES as error:
            reason = f"{type(error).__name__}: {error}"
            return wire.Opaque(f"the function that was passed in failed, as called: {reason}")
        except Exception as error:
            self._failure = error
            return wire.Opaque("the function that was passed in has seen enough")
        finally:
            self._callbacks_within -= 1


class _Waiting:
    """A pending request, check, or request with a check of its answer."""

    __slots__ = ("answer", "check", "is_caught", "is_passed_on", "place", "request")

    def __init__(
        self,
        request: dict[str, Any] | None,
        answer: "ref[Answer] | None" = None,
        check: Callable[[Any], None] | None = None,
    ) -> None:
        self.request = request
        self.answer = answer
        self.check = check
        self.is_caught = self.is_passed_on = False
        self.place: int | None = None
        """Index in the log; None for a check, and for what a function of the spec requests."""


def _requests_of(waiting: "Iterable[_Waiting]") -> list[dict[str, Any]]:
    """Return the pending requests; those whose answer is unreachable are marked as mute."""
    requests = []
    for one in waiting:
        if one.request is None:
            continue
        if one.check is None and (one.answer is None or one.answer() is None):
            one.request["mute"] = True
            if not one.is_passed_on:
                one.request.pop("keep", None)
        requests.append(one.request)
    return requests


def call_nothing(number: int, args: object, kwargs: object) -> NoReturn:
    """Refuse to call a function for a request that has passed none."""
    raise Crashed("the process called a function that it was never given")


def likely_cause(student: Student, spec: str) -> Text:
    """Find the cause of a failure that values do not show; see `Workbench.do_suspect`.

    Parameters
    ----------
    student : Student
        The facade that the spec used.
    spec : str
        Name of the spec.

    Returns
    -------
    str or Message
        One sentence; empty if nothing is found.
    """
    made, module = student._made_before_failure, student._module._place.start
    request = {"do": "suspect", "spec": spec, "module": module, "made": made}
    try:
        answer = student._transport.suspect(request)
    except (StudentError, _Ended):
        return ""
    return answer if isinstance(answer, Message) else ""


def last_request(student: Student, answer: int | None = None) -> Asked | None:
    """Return the request at which a spec failed.

    Parameters
    ----------
    student : Student
        The facade that the spec used.
    answer : int, optional
        Number of the answer that is wrong; by default, the request that failed counts, or the value
        that was read.

    Returns
    -------
    Asked or None
        None if no single request is to blame.
    """
    log, place = student.log, student.stopped_at
    if answer is not None:
        place = next((n for n, one in enumerate(log) if one.get("keep") == answer), None)
    return None if place is None else Asked(log, place)


def unusable(student: Student, error: Exception) -> Unusable | None:
    """Return what an exception in a spec means if it may be due to the learner's code.

    Parameters
    ----------
    student : Student
        The facade that the spec used.
    error : Exception
        The exception that ended the spec.

    Returns
    -------
    Unusable or None
        None if the spec has seen nothing that the learner's code returned, so that the exception is
        due to the spec.
    """
    if student.seen is _NOTHING:
        return None
    return Unusable(error, student.seen, student._transport.judge_mib)


def settle(student: Student) -> None:
    """Perform all requests and checks that are still pending at the end of a spec.

    Parameters
    ----------
    student : Student
        The facade that the spec used.

    Raises
    ------
    Exception
        The first failure: an exception of the learner's code or of a check. It is raised even if a
        later line of the spec caught it.
    """
    try:
        if student._waiting:
            student.flush()
    finally:
        ended, student._ended = student._ended, None
    if ended is not None:
        raise ended


def _state_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Copy the lists that a function uses, which it may change when it is called."""
    closure = getattr(function, "__closure__", None) or ()
    names = function.__code__.co_freevars if closure else ()
    cells = zip(names, closure, strict=True)
    return {n: list(c.cell_contents) for n, c in cells if type(c.cell_contents) is list}


def _bytes_of(value: Any) -> int:
    """Return the number of bytes in the arrays of a value."""
    match value:
        case np.ndarray():
            return value.nbytes
        case list() | tuple():
            return sum(map(_bytes_of, value))
        case dict():
            return sum(map(_bytes_of, value.values()))
    return 0


class Handle:
    """A path to something on the learner's side. It cannot be compared or converted."""

    __slots__ = ("_kind", "_place", "_student")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, student: Student, place: wire.Reference, kind: str) -> None:
        object.__setattr__(self, "_student", student)
        object.__setattr__(self, "_place", place)
        object.__setattr__(self, "_kind", kind)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object on the learner's side."""
        outgoing = self._student._outgoing
        request = {"do": "call", "target": self._place, "args": outgoing(args)}
        if kwargs:
            request["kwargs"] = outgoing(kwargs)
        name = self._name_of_class()
        return self._student._make(request, name) if name else self._student._call(request)

    def _name_of_class(self) -> str:
        """Return the name if it is that of a class, whose instances stay on the learner's side."""
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
