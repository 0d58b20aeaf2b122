"""Lazy results of calls in a spec: `Answer` fetches its value when the value is needed."""

import operator
from collections.abc import Callable
from typing import Any, NoReturn, Protocol

import numpy as np


class Asker(Protocol):
    """The source of answers: `grader.transport.student.Student`.

    Attributes
    ----------
    seen : object
        The value that the spec looked at last.
    """

    seen: Any

    def flush(self) -> None:
        """Perform all pending requests, so that their answers arrive."""

    def check(self, compare: Callable[[Any], None]) -> None:
        """Run a comparison once all earlier requests have been performed."""


class Answer:
    """The result of a call: a proxy for the value, which it fetches on first use."""

    __slots__ = ("__weakref__", "_asker", "_error", "_has_arrived", "_number", "_value")

    def __init__(self, asker: Asker, number: int) -> None:
        self._asker = asker
        self._has_arrived = False
        self._value: Any = None
        self._error: BaseException | None = None
        self._number = number  # under which the worker keeps it as a later argument

    def _arrive(self, value: Any) -> None:
        self._value, self._has_arrived = value, True

    def _fail(self, error: BaseException) -> None:
        self._error = error

    def _look(self) -> Any:
        """Return the value, after performing pending requests if it has not arrived.

        Raises
        ------
        BaseException
            What kept the value from arriving.
        RuntimeError
            In a callback of the very call that this is the answer of.
        """
        if not self._has_arrived and self._error is None:
            self._asker.flush()
        if self._error is not None:
            raise self._error
        if not self._has_arrived:
            raise RuntimeError("a function of the spec looks at the answer of what has called it")
        self._asker.seen = self._value
        return self._value

    def _is_waiting(self) -> bool:
        return not self._has_arrived and self._error is None

    @property
    def __class__(self) -> Any:
        """The class of the value, so that `isinstance` works."""
        return type(self._look())

    @__class__.setter
    def __class__(self, value: object) -> NoReturn:
        raise TypeError("the class of an answer is that of its value")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._look(), name)

    def __getitem__(self, key: Any) -> Any:
        value = self._look()
        return value if key is Ellipsis else value[plain(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._look()[plain(key)] = value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the value, a handle to an object on the learner's side."""
        return self._look()(*args, **kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        return np.array(self._look(), *args, **kwargs)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return getattr(ufunc, method)(*map(plain, inputs), **plain(kwargs))

    def __format__(self, spec: str) -> str:
        return format(self._look(), spec)

    def __round__(self, digits: int | None = None) -> Any:
        return round(self._look(), digits)


def plain(value: Any) -> Any:
    """Replace answers by their values.

    Parameters
    ----------
    value : object
        An answer, a list, tuple or dict that may contain answers at any depth, or anything else.

    Returns
    -------
    object
        A value without an `Answer` in it.
    """
    kind = type(value)  # `isinstance` would fetch the value of an answer
    if kind is Answer:
        return value._look()
    if kind in (list, tuple):
        return kind(map(plain, value))
    if kind is dict:
        return {key: plain(item) for key, item in value.items()}
    return value


def waiting_in(value: Any) -> Answer | None:
    """Find an answer that has not arrived yet.

    Parameters
    ----------
    value : object
        An answer, a list, tuple or dict that may contain answers at any depth, or anything else.

    Returns
    -------
    Answer or None
        The first such answer; None if all have arrived.
    """
    kind = type(value)
    if kind is Answer:
        return value if value._is_waiting() else None
    if kind is dict:
        value = value.values()
    elif kind not in (list, tuple):
        return None
    return next((one for one in map(waiting_in, value) if one is not None), None)


def _stand_for(name: str, function: Callable[..., Any]) -> None:
    def forwarded(self: Answer, *others: Any) -> Any:
        return function(self._look(), *map(plain, others))

    setattr(Answer, f"__{name}__", forwarded)


def _stand_for_reflected(name: str, function: Callable[..., Any]) -> None:
    def forwarded(self: Answer, other: Any) -> Any:
        return function(plain(other), self._look())

    setattr(Answer, f"__r{name}__", forwarded)


_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
for _name in _BINARY:
    _stand_for(_name, getattr(operator, f"__{_name}__"))
    _stand_for_reflected(_name, getattr(operator, f"__{_name}__"))
_stand_for("divmod", divmod)
_stand_for_reflected("divmod", divmod)
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    _stand_for(_name, getattr(operator, f"__{_name}__"))
for _name in ("neg", "pos", "abs", "invert", "index", "contains"):
    _stand_for(_name, getattr(operator, f"__{_name}__"))
for _function in (bool, int, float, complex, len, iter, reversed, repr, str, hash):
    _stand_for(_function.__name__, _function)
