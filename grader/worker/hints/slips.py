"""Finds statements of a learner that do not do what they seem to, by their form alone."""

import ast
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from grader.messages.message import Text, english, joined

MAX_CODE = 60

_METHODS = frozenset(
    name
    for name in dir(np.ndarray)
    if callable(getattr(np.ndarray, name)) and not name.startswith("_")
) | {"items", "keys", "values"}
_CALLING = ("map", "filter", "partial")


def find_slip(filename: str, text: str, spec: str) -> Text:
    """Return what is wrong with the first such statement, or an empty string.

    Parameters
    ----------
    filename : str
        Name of the file, without folder.
    text : str
        Code of the learner.
    spec : str
        Name of a spec. Only the classes and functions that it names are examined.
    """
    for name, line, told in _slips_of(text):
        if f"_{name}_" in f"{spec}_":
            return joined([f"{filename}:{line}: ", told])
    return ""


@lru_cache(8)  # the same code fails several specs
def _slips_of(text: str) -> list[tuple[str, int, Text]]:
    """Return the slips in code by line, each with the class or function that it is in."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = [
        (node.name, *slip)
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        for slip in _slips_in(node, tree, text)
    ]
    return sorted(found, key=lambda one: one[1])


def _slips_in(definition: ast.AST, tree: ast.Module, text: str) -> Iterator[tuple[int, Text]]:
    modules = {name for node in ast.walk(tree) for name in _imports(node)}
    called = {id(name) for name in _called(definition)}
    for node in ast.walk(definition):
        match node:
            case ast.Expr(ast.Attribute() as found):
                yield node.lineno, _not_called(found)
            case ast.Attribute() if id(node) not in called and _is_method(node, modules):
                yield node.lineno, _not_called(node)
            case ast.Expr(ast.Compare(ops=[ast.Eq()]) as compared):
                told = english("`{code}` only compares: = assigns", code=_code(compared))
                yield node.lineno, told
            case ast.Assign(value=value) | ast.AnnAssign(value=value) | ast.Return(value=value):
                if _ends_with_comma(value, text):
                    yield node.lineno, english("the comma at the end makes a tuple of one")
            case ast.Tuple([ast.Attribute()], ast.Store()) if _ends_with_comma(node, text):
                yield node.lineno, english("the comma before = takes the value apart")


def _not_called(node: ast.Attribute) -> Text:
    return english("`{code}` is not called: write `{code}()`", code=_code(node))


def _code(node: ast.expr) -> str:
    return ast.unparse(node)[:MAX_CODE]


def _imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name


def _called(definition: ast.AST) -> Iterator[ast.expr]:
    """Yield the attributes that are called, perhaps later or by a function that gets them."""
    calls = [node for node in ast.walk(definition) if isinstance(node, ast.Call)]
    names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    for call in calls:
        yield call.func
        if isinstance(call.func, ast.Name) and call.func.id in _CALLING:
            yield from call.args
        yield from (keyword.value for keyword in call.keywords)
    for node in ast.walk(definition):
        match node:
            case ast.Assign([ast.Name(name)], value) if name in names:
                yield value


def _is_method(node: ast.Attribute, modules: set[str]) -> bool:
    """Return whether an attribute is read that is most likely a method of an array or a dict."""
    match node.value:
        case ast.Name(name) if name == "self" or name in modules or name[:1].isupper():
            return False
    return isinstance(node.ctx, ast.Load) and node.attr in _METHODS


def _ends_with_comma(value: ast.expr | None, text: str) -> bool:
    match value:
        case ast.Tuple([_]):
            return (ast.get_source_segment(text, value) or "").endswith(",")
    return False
