"""Stand-ins for modules that cannot be imported, and for everything in them."""

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Self

import numpy as np

_OPERATORS = (
    [f"__{kind}{name}__" for name in ("add", "sub", "mul", "truediv") for kind in ("", "r")]
    + [f"__{kind}{name}__" for name in ("floordiv", "mod", "pow", "matmul") for kind in ("", "r")]
    + ["__neg__", "__lt__", "__le__", "__gt__", "__ge__"]
)


class Absent:
    """Stands for a module that is not there, or for a name in it: any use of it is refused.

    A name may be looked up, as in ``from module import name``; it is a stand-in as well.

    Parameters
    ----------
    refuse : callable
        Raises the error, given the names that lead here from the module.
    names : tuple of str, default ()
        Those names.
    """

    __all__ = ()  # for ``from module import *``

    def __init__(
        self, refuse: Callable[[tuple[str, ...]], NoReturn], names: tuple[str, ...] = ()
    ) -> None:
        self._refuse = refuse
        self._names = names

    def __getattr__(self, name: str) -> "Absent":
        if name.startswith("__"):  # what Python and NumPy look for in any object
            raise AttributeError(name)
        return Absent(self._refuse, (*self._names, name))

    def __repr__(self) -> str:
        return f"<{'.'.join(self._names) or 'a module'}, which is not there>"

    def _is_used(self, *arguments: object, **named: object) -> NoReturn:
        self._refuse(self._names)

    __call__ = __getitem__ = __setitem__ = __iter__ = __len__ = __bool__ = _is_used
    __contains__ = __enter__ = __exit__ = __array__ = __mro_entries__ = _is_used
    __instancecheck__ = __subclasscheck__ = __index__ = __int__ = __float__ = _is_used


class Silent:
    """Stands for a plotting library and for everything in it, which do nothing.

    Parameters
    ----------
    name : str, default ""
        The attribute that it is of another one.
    """

    __all__ = ()

    def __init__(self, name: str = "") -> None:
        self._name = name

    def __getattr__(self, name: str) -> "Silent":
        if name.startswith("__"):
            raise AttributeError(name)
        return Silent(name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Return as many stand-ins as code unpacks from the result."""
        match self._name:
            case "subplots":
                return Silent(), _axes(*arguments, **named)
            case "plot":
                return [Silent()]
            case "hist":
                return np.zeros(0), np.zeros(0), Silent()
        return Silent()

    def __getitem__(self, key: object) -> "Silent":
        return Silent()

    def __setitem__(self, key: object, value: object) -> None:
        """Forget the value."""

    def __iter__(self) -> Iterator["Silent"]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Handle no exception."""

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        return ()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.zeros(0, dtype)

    def __index__(self) -> int:
        return 0

    __int__ = __index__

    def __float__(self) -> float:
        return 0.0

    def _operate(self, *others: object) -> "Silent":
        return Silent()


for _name in _OPERATORS:
    setattr(Absent, _name, Absent._is_used)
    setattr(Silent, _name, Silent._operate)


def _axes(nrows: Any = 1, ncols: Any = 1, *, squeeze: Any = True, **named: object) -> Any:
    """Return what ``subplots`` returns besides the figure: a stand-in, or an array of them."""
    try:
        axes = np.empty((max(0, min(nrows, 100)), max(0, min(ncols, 100))), object)
    except TypeError:
        return Silent()
    for place in np.ndindex(axes.shape):
        axes[place] = Silent()
    if not squeeze:
        return axes
    return axes.item() if axes.size == 1 else axes.squeeze()
