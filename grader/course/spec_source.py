"""Spec files as text: removes withheld specs, and extracts the texts that learners see.

A spec with the marker ``withheld`` is judged like any other. The files handed out to learners have
neither its body nor its name nor its promise, and nothing that only it needs; they only state how
many points the withheld specs are worth.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.course.course import Exercise
from grader.errors import CourseError
from grader.messages.language import say

ANNOUNCED = "WITHHELD_POINTS"
"""Name of the constant, in a handed-out spec file, with the points of its withheld specs."""


@dataclass(frozen=True)
class Parted:
    """A spec file, split into two parts.

    Attributes
    ----------
    shown : str
        The part that is handed out, which is valid Python.
    hidden : str
        The lines that are withheld.
    names : tuple of str
        Names of the withheld specs.
    """

    shown: str
    hidden: str
    names: tuple[str, ...]


def part(exercise: Exercise) -> Parted:
    """Split the spec file of an exercise into the part that is handed out and the rest.

    Raises
    ------
    CourseError
        If the file is not valid Python, or the marker is not on a top-level function.
    """
    source = exercise.spec.read_text("utf-8")
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise CourseError(f"{exercise.spec}: expected Python, found: {error}") from None
    withheld = [node for node in tree.body if _is_withheld(node)]
    _refuse_elsewhere(exercise, tree, withheld)
    if not withheld:
        return Parted(source, "", ())
    hidden = [*withheld, *_only_for(withheld, tree)]
    lines = source.splitlines(keepends=True)
    numbers = {number for node in hidden for number in _lines_of(node, lines)}
    shown = "".join(line for number, line in enumerate(lines, 1) if number not in numbers)
    points = sum(map(_points, withheld))
    return Parted(
        f"{shown.rstrip()}\n\n\n{ANNOUNCED} = {points}\n",
        "".join(line for number, line in enumerate(lines, 1) if number in numbers),
        tuple(node.name for node in withheld if isinstance(node, ast.FunctionDef)),
    )


def _is_withheld(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and any(map(_marks, node.decorator_list))


def _marks(node: ast.expr, marker: str = "withheld") -> bool:
    target = node.func if isinstance(node, ast.Call) else node
    return isinstance(target, ast.Attribute) and target.attr == marker


def _refuse_elsewhere(exercise: Exercise, tree: ast.AST, withheld: list[ast.stmt]) -> None:
    """Reject the marker in other places: if ignored, it would hand out what it should hide."""
    inside = {id(node) for spec in withheld for node in ast.walk(spec)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "withheld" and id(node) not in inside:
            raise CourseError(
                f"{exercise.spec}:{node.lineno}: expected @pytest.mark.withheld at a function of "
                "its own, found it elsewhere; write it above each spec that is withheld"
            )


def _points(node: ast.stmt) -> int:
    """Return the points of a spec, as `grader.specs.markers.points_of` does for a collected one."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    if any(_marks(decorator, "stretch") for decorator in decorators):
        return 0
    for decorator in decorators:
        if isinstance(decorator, ast.Call) and _marks(decorator, "core"):
            for keyword in decorator.keywords:
                if keyword.arg == "points" and isinstance(keyword.value, ast.Constant):
                    return int(str(keyword.value.value))
    return 1


def _only_for(withheld: list[ast.stmt], tree: ast.Module) -> list[ast.stmt]:
    """Return the other top-level statements that only withheld specs need."""
    defined = {name: node for node in tree.body for name in _defines(node)}
    hidden = set(map(id, withheld))
    shown = [n for n in tree.body if id(n) not in hidden and not set(_defines(n)) - _specs(n)]
    kept = set(map(id, _reach(shown, defined)))
    needed = {id(node): node for node in _reach(withheld, defined)}
    return [node for key, node in needed.items() if key not in kept | hidden]


def _defines(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Assign():
            for target in node.targets:
                yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Import() | ast.ImportFrom():
            yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)


def _specs(node: ast.stmt) -> set[str]:
    return {name for name in _defines(node) if name.startswith("test_")}


def _reach(start: list[ast.stmt], defined: dict[str, ast.stmt]) -> list[ast.stmt]:
    """Return these statements and all that they use, directly or indirectly.

    Names of arguments count as uses, since they name fixtures.
    """
    found, todo = {id(node): node for node in start}, list(start)
    while todo:
        for node in ast.walk(todo.pop()):
            name = getattr(node, "id", None) or getattr(node, "arg", None)
            used = defined.get(name) if isinstance(name, str) else None
            if used is not None and id(used) not in found:
                found[id(used)] = used
                todo.append(used)
    return list(found.values())


def _lines_of(node: ast.stmt, lines: list[str]) -> range:
    """Return its line numbers, with decorators, comments and blank lines directly above it."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    while first > 1 and not lines[first - 2].strip():
        first -= 1
    assert node.end_lineno is not None
    return range(first, node.end_lineno + 1)


def tell(points: int) -> str:
    """Return the note on withheld points that follows a learner's score; empty for 0."""
    if not points:
        return ""
    if points == 1:
        return say(" and 1 point that is not shown")
    return say(" and {points} points that are not shown", points=points)


@cache
def names_asked_for(spec: Path) -> frozenset[str]:
    """Return the names that a spec file asks a submission for, and all others that are in it.

    Parameters
    ----------
    spec : Path
        The file. If it cannot be read, there are no names.
    """
    try:
        tree = ast.parse(spec.read_text("utf-8"))
    except (OSError, ValueError, SyntaxError):
        return frozenset()
    return frozenset(
        name
        for node in ast.walk(tree)
        for name in (getattr(node, "attr", None), getattr(node, "value", None))
        if isinstance(name, str) and name.isidentifier()
    )


def texts_in(spec: str) -> list[str]:
    """Return the texts in a spec file that learners see: promises, and names of values."""
    return list(dict.fromkeys([*_promises(spec), *_names_of_values(spec), *_phrases(spec)]))


def _promises(spec: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(spec)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield promise_in(ast.get_docstring(node) or node.name)


_NAMES = {"assert_matches": (2,), "Mismatch": (0, 3)}
"""Positions of the arguments that describe a compared value, or in what it differs."""


def _phrases(spec: str) -> Iterator[str]:
    """Yield what `phrase` is called with."""
    for node in ast.walk(ast.parse(spec)):
        match node:
            case ast.Call(ast.Name("phrase"), [ast.Constant(str(text))]) if not _is_python(text):
                yield text


def _names_of_values(spec: str) -> Iterator[str]:
    """Yield the names of values that are text, not computed and not Python expressions."""
    for function in ast.walk(ast.parse(spec)):
        if not isinstance(function, ast.FunctionDef):
            continue
        assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
        for node in ast.walk(function):
            for name in _names_in(node):
                values = [one.value for one in assigned if _is_same(one.targets[0], name)]
                for text in map(_template, values or [name]):
                    if not _is_python(text):
                        yield text


def _is_same(one: ast.expr, other: ast.expr) -> bool:
    return ast.unparse(one) == ast.unparse(other)


def _names_in(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the arguments of a call that name values."""
    if isinstance(node, ast.Call):
        for place in _NAMES.get(ast.unparse(node.func), ()):
            yield from node.args[place : place + 1]


def _template(node: ast.expr) -> str:
    """Return a string; "" for anything else."""
    match node:
        case ast.Constant(str(text)):
            return text
    return ""


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def promise_in(docstring: str) -> str:
    """Return the promise: the first paragraph of a spec's docstring, on one line."""
    return " ".join(docstring.split("\n\n")[0].split())
