"""Solutions with a function that is broken in one of the ways in which learners break one."""

import ast
from pathlib import Path

from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.worker.source import Source

ROOT = Path(__file__).parents[2]
COURSE = find_course(ROOT)
REFERENCE = read_modules(ROOT / "solutions", COURSE)

WAYS = ("raises", "returns nothing", "returns a wrong value")


def broken(module, place, way):
    """The reference of a module, in which a function or method is broken."""
    tree = ast.parse(REFERENCE[module].text)
    body = tree.body
    *owner, name = place.split(".")
    if owner:
        (body,) = (node.body for node in body if getattr(node, "name", "") == owner[0])
    (function,) = (node for node in body if getattr(node, "name", "") == name)
    if way == "raises":
        function.body = ast.parse("raise ValueError('broken')").body
    else:
        _Returns(way).visit(function)
    return Source(f"/exercises/{module}/{module}.py", ast.unparse(ast.fix_missing_locations(tree)))


class _Returns(ast.NodeTransformer):
    def __init__(self, way):
        self.way = way

    def visit_Return(self, node):
        if self.way == "returns nothing":
            return ast.Expr(node.value)
        return ast.Return(ast.BinOp(node.value, ast.Mult(), ast.Constant(1.7)))
