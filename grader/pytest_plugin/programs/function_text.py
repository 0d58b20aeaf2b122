"""Writes functions that a spec passes to the learner's code as Python."""

import ast
import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, MappingProxyType
from typing import Any

from grader.pytest_plugin.programs.python_text import Unprintable


@dataclass(frozen=True)
class FunctionText:
    """A function as Python.

    Attributes
    ----------
    name : str
        Name of a function that is defined by ``def``; empty for an expression.
    code : str
        The definition or expression.
    values : mapping of str to object
        Values of the names that it uses.
    imports : tuple of str
        Statements that import the others.
    """

    name: str
    code: str
    values: Mapping[str, Any]
    imports: tuple[str, ...]


def text_of_function(
    function: Callable[..., Any], state: Mapping[str, Any] = MappingProxyType({})
) -> FunctionText:
    """Return a function as Python.

    Parameters
    ----------
    function : callable
        A function of a spec. If it wraps another one, in ``__wrapped__``, that one counts.
    state : mapping of str to object, optional
        Values of names that have changed since.

    Raises
    ------
    Unprintable
        If it is no function, or uses a function that is defined elsewhere in the spec.
    """
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType):
        raise Unprintable(type(function).__name__)
    node = _node_of(function)
    values: dict[str, Any] = {**inspect.getclosurevars(function).nonlocals, **state}
    values.update(_without_defaults(node, function))
    imports = []
    for name, value in inspect.getclosurevars(function).globals.items():
        if name != "np":
            if getattr(value, "__module__", None) in (None, function.__module__):
                raise Unprintable(name)
            imports.append(f"from {value.__module__} import {name}")
    is_named = isinstance(node, ast.FunctionDef)
    return FunctionText(
        function.__name__ if is_named else "", ast.unparse(node), values, tuple(imports)
    )


def _node_of(function: FunctionType) -> ast.Lambda | ast.FunctionDef:
    code = function.__code__
    kind = ast.Lambda if function.__name__ == "<lambda>" else ast.FunctionDef
    for node in ast.walk(_tree(code.co_filename)):
        if isinstance(node, kind) and node.lineno == code.co_firstlineno:
            return copy.deepcopy(node)  # it is changed
    raise Unprintable(function.__name__)


@cache
def _tree(file: str) -> ast.Module:
    try:
        return ast.parse(Path(file).read_text("utf-8"))
    except OSError:  # made at run time
        raise Unprintable(file) from None


def _without_defaults(node: ast.Lambda | ast.FunctionDef, function: FunctionType) -> dict[str, Any]:
    """Remove the parameters with defaults, and return their values: they become variables."""
    count = len(function.__defaults__ or ())
    if not count:
        return {}
    names = [one.arg for one in node.args.args[-count:]]
    node.args.args, node.args.defaults = node.args.args[:-count], []
    return dict(zip(names, function.__defaults__ or (), strict=True))
