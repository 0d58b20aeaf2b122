"""How long functions are."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path for part in ("grader", "dataset", "solutions") for path in (ROOT / part).rglob("*.py")
)
MAX_LINES = 60


def functions(source):
    """Each function, with its lines: the signature and the body, without decorators and docstring.

    A function within another one counts by itself, and in the lines of the one around it.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = node.body[0] if ast.get_docstring(node) is not None else None
            told = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
            yield node.name, node.end_lineno - node.lineno + 1 - told


def test_lines_are_counted_without_decorators_and_docstring():
    """Of methods and of inner functions, too."""
    source = '''
class One:
    @property
    @staticmethod
    def two(
        three,
    ):
        """Four.

        Five.
        """

        async def six(): pass
        "no docstring"
'''
    assert list(functions(source)) == [("two", 6), ("six", 1)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_function_is_longer_than_a_screen(path):
    """One that does several things is several functions."""
    found = functions(path.read_text("utf-8"))
    assert [(name, lines) for name, lines in found if lines > MAX_LINES] == []
