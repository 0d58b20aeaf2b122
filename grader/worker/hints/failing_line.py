"""What the values were in the expression that raised an exception, by its place in the code."""

import ast
import linecache
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from grader.worker.hints.missing import attributes, set_attributes
from grader.worker.hints.near_names import misspelt

_UNKNOWN = object()


@dataclass(frozen=True)
class Unset:
    """A variable or attribute that is None where it is used.

    Attributes
    ----------
    code : str
        As it is written: ``self.out``.
    name : str, default ""
        Its class and name, ``Sigmoid.out``, if it is an attribute of ``self``.
    near : str, default ""
        The attribute that was set in its place, as it is written, if there is one.
    """

    code: str
    name: str = ""
    near: str = ""


def find_unset(traceback: types.TracebackType, *, operands_only: bool = False) -> Unset | None:
    """Return the first value that is None in the expression that failed.

    Parameters
    ----------
    traceback : types.TracebackType
        The entry of the learner's line in a traceback.
    operands_only : bool, default False
        Whether only the operands of an operator count, since an argument may well be None; a
        keyword argument never counts.
    """
    frame = traceback.tb_frame
    nodes = _nodes_at(traceback)
    if operands_only and not (nodes and isinstance(nodes[0], ast.BinOp)):
        return None
    calls = (one for one in nodes if isinstance(one, ast.Call))
    optional = {id(each) for call in calls for one in call.keywords for each in ast.walk(one.value)}
    used = (
        one
        for one in nodes
        if isinstance(one, ast.Name | ast.Attribute | ast.Subscript) and id(one) not in optional
    )
    for node in sorted(used, key=_end_of):
        if isinstance(node.ctx, ast.Load) and _value_of(node, frame) is None:
            return _describe(node, frame)
    return None


def dicts_in(traceback: types.TracebackType) -> Iterator[Mapping[Any, Any]]:
    """Yield the dicts that are indexed in the expression that failed.

    Parameters
    ----------
    traceback : types.TracebackType
        The entry of the learner's line in a traceback.
    """
    for node in _nodes_at(traceback):
        if isinstance(node, ast.Subscript):
            value = _value_of(node.value, traceback.tb_frame)
            if isinstance(value, dict):
                yield value


def _nodes_at(traceback: types.TracebackType) -> list[ast.expr]:
    """Return the expression that failed, and the expressions in it."""
    code = traceback.tb_frame.f_code
    line, end_line, column, end_column = list(code.co_positions())[traceback.tb_lasti // 2]
    if line is None or end_line is None or column is None or end_column is None:
        return []
    tree = _tree("".join(linecache.getlines(code.co_filename)))
    return list(_expressions_in(tree, (line, column), (end_line, end_column)))


def _expressions_in(
    node: ast.AST, start: tuple[int, int], end: tuple[int, int]
) -> Iterator[ast.expr]:
    """Yield the expressions in a part of the code, without looking at the rest of it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr | ast.stmt):
            first, last = (child.lineno, child.col_offset), _end_of(child)
            if last < start or end < first:
                continue
            if isinstance(child, ast.expr) and start <= first and last <= end:
                yield child
        yield from _expressions_in(child, start, end)


def _end_of(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.end_lineno or 0, node.end_col_offset or 0


@lru_cache(8)
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


def _value_of(node: ast.expr, frame: types.FrameType) -> object:
    """Return the value of an expression without running any code, or `_UNKNOWN`."""
    match node:
        case ast.Name(name):
            return frame.f_locals.get(name, frame.f_globals.get(name, _UNKNOWN))
        case ast.Attribute(owner, name):
            return attributes(_value_of(owner, frame)).get(name, _UNKNOWN)
        case ast.Subscript(owner, ast.Constant(str(key))):
            found = _value_of(owner, frame)
            return dict.get(found, key, _UNKNOWN) if isinstance(found, dict) else _UNKNOWN
    return _UNKNOWN


def _describe(node: ast.expr, frame: types.FrameType) -> Unset:
    code = ast.unparse(node)
    match node:
        case ast.Attribute(ast.Name("self"), attribute):
            owner = frame.f_locals["self"]
            near = misspelt(attribute, set_attributes(owner))
            name = f"{type(owner).__name__}.{attribute}"
            return Unset(code, name, f"self.{near}" if near else "")
    return Unset(code)
