"""Traces of mistakes in code: the expressions and statements that a mistake adds and removes.

Mistakes that behave the same are told apart by the code that is there. Only digests of normalized
code are kept, since they are handed out to learners. Code is read as data, and never run.
"""

import ast
import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

MAX_CODE = 50_000
"""Number of characters of code that are read; of longer code nothing is known."""

MAX_PARTS = 5_000
"""Number of parts of code that are compared."""

MAX_TRACES = 24
"""Number of digests that are kept of what a mistake adds, and of what it removes."""

MAX_TEXT = 400
"""Number of characters of the normal form of one part that are compared as they are."""

_METHODS = {"sum", "mean", "max", "min", "copy", "dot", "argmax", "reshape", "clip", "round"}
"""Methods of arrays that are also functions of NumPy."""


def _digest(text: str) -> str:
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).digest()
    return str(int.from_bytes(digest, "big"))


@dataclass(frozen=True)
class Traces:
    """What a mistake adds to the code of its place, and removes from it.

    Attributes
    ----------
    place : str
        Digest of the name of the function, method or class that is changed.
    added, removed : tuple of str
        Digests of the smallest expressions and statements.
    """

    place: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def written(self) -> str:
        """Return a text from which `read_traces` makes the same traces."""
        return "/".join([self.place, " ".join(self.added), " ".join(self.removed)])

    def evidence(self, code: str) -> float:
        """Return how much the code looks like the mistake.

        Parameters
        ----------
        code : str
            A submission's code.

        Returns
        -------
        float
            From -1, where the code is right at this place, to 1. It is 0 if the code cannot be
            read, or does not have this place.
        """
        parts = _sized_parts(code, self.place)
        if not parts:
            return 0.0
        added, removed = _share(self.added, parts), _share(self.removed, parts)
        # What is added may hold small parts that are in other code as well. And what is right may
        # work on an argument that was replaced.
        is_right = removed == 1 and added < 0.5 and _REPLACED.isdisjoint(parts)
        return -1.0 if is_right else max(added - removed, -0.99)


NO_TRACES = Traces()

_REPLACED = {_digest(f"given{number} =") for number in range(10)}


def read_traces(text: str) -> Traces:
    """Read traces from what `Traces.written` returned.

    Raises
    ------
    ValueError
        If the text is another one.
    """
    place, added, removed = text.split("/")
    return Traces(place, tuple(added.split()), tuple(removed.split()))


def _share(digests: tuple[str, ...], parts: Collection[str]) -> float:
    return sum(one in parts for one in digests) / len(digests) if digests else 0.0


def traces_of(right: str, wrong: str, name: str) -> Traces:
    """Compare code with and without a mistake.

    Parameters
    ----------
    right, wrong : str
        Code of the reference solution, and the same with the mistake.
    name : str
        Function, method or class in which both differ: "Affine.backward"; empty if in none.
    """
    place = _digest(name)
    one, other = _sized_parts(right, place), _sized_parts(wrong, place)
    return Traces(place, _smallest(other, one), _smallest(one, other))


def _smallest(these: Mapping[str, int], those: Mapping[str, int]) -> tuple[str, ...]:
    """Return the digests that only the first code has, the smallest first."""
    only = sorted((size, digest) for digest, size in these.items() if digest not in those)
    return tuple(digest for _, digest in only[:MAX_TRACES])


@lru_cache(64)  # the reference, and each submission, is compared with every mistake
def _sized_parts(code: str, place: str) -> Mapping[str, int]:
    """Return the digests of the parts of a place, each with its size; none if there is no place."""
    tree = parsed(code)
    try:
        scope = _scope(tree, place) if tree else None
        texts = set(islice(_Normal({}).parts(scope), MAX_PARTS)) if scope else set()
    except (ValueError, RecursionError, MemoryError):
        return {}
    return {_digest(text): len(text) for text in texts}


@lru_cache(2)
def parsed(code: str) -> ast.Module | None:
    """Return the syntax tree of a learner's code.

    None if it cannot be parsed, or is longer than `MAX_CODE`: the judge does this to code of
    strangers, and the memory that it takes is many times the length.
    """
    if len(code) > MAX_CODE:
        return None
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _scope(tree: ast.Module, place: str) -> ast.AST | None:
    """Find the function, method or class whose name has a digest; a file has none."""
    if place == _digest(""):
        return tree
    for top in tree.body:
        if isinstance(top, _NAMED):
            within = top.body if isinstance(top, ast.ClassDef) else []
            methods = {f"{top.name}.{one.name}": one for one in within if isinstance(one, _NAMED)}
            for name, found in {top.name: top, **methods}.items():
                if _digest(name) == place:
                    return found
    return None


class _Normal:
    """Writes code in a normal form, in which the names of local variables make no difference."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._written: dict[ast.AST, str] = {}

    def parts(self, scope: ast.AST) -> Iterator[str]:
        """Yield the normal form of each expression and statement, and of each in its context."""
        inside = self._inside(scope) if isinstance(scope, _FUNCTIONS) else self
        for child in _children(scope):
            if isinstance(child, ast.stmt) and not isinstance(child, _NAMED):
                yield f"{type(scope).__name__}: {inside.write(child)}"
                yield from (f"{inside.write(target)} =" for target in _targets(child))
            if isinstance(child, ast.stmt | ast.expr) and not isinstance(
                child, (*_NAMED, ast.Name)
            ):
                yield inside.write(child)
            yield from inside.parts(child)

    def _inside(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> "_Normal":
        signature = function.args
        given = [*signature.posonlyargs, *signature.args, *signature.kwonlyargs]
        stored = (
            one.id
            for one in ast.walk(function)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        )
        named = {one.arg: f"given{number}" for number, one in enumerate(given)}
        return _Normal({**self._names, **dict.fromkeys(stored, "local"), **named})

    def write(self, node: ast.AST) -> str:
        """Return the normal form of a piece of code; of a long one, a digest."""
        if node not in self._written:
            text = self._write(node)
            self._written[node] = text if len(text) <= MAX_TEXT else _digest(text) + "." * MAX_TEXT
        return self._written[node]

    def _write(self, node: ast.AST) -> str:
        match node:
            case ast.Name():
                return self._names.get(node.id, node.id)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return f"{self.write(target)} = {self.write(value)}"
            case ast.Assign(targets=[target], value=value):
                return f"{self.write(target)} = {self.write(value)}"
            case ast.BinOp(op=ast.Add() | ast.Mult()):
                sides = sorted([self.write(node.left), self.write(node.right)])
                return f"({type(node.op).__name__} {' '.join(sides)})"
            case ast.BinOp(op=ast.MatMult()):
                return f"(dot {self.write(node.left)} {self.write(node.right)})"
            case ast.Call(func=ast.Attribute(value=owner, attr=name)):
                return self._write_call(owner, name, node)
        skipped = ("ctx", "annotation", "returns", "type_comment", "kind")
        # What is empty differs between versions of Python.
        given = (v for k, v in ast.iter_fields(node) if k not in skipped and v not in (None, []))
        fields = map(self._write_field, given)
        return f"({type(node).__name__} {' '.join(fields)})"

    def _write_call(self, owner: ast.expr, name: str, call: ast.Call) -> str:
        """Write methods of arrays like functions of NumPy, and products like the operator @."""
        arguments = [self.write(one) for one in [*call.args, *call.keywords]]
        is_numpy = isinstance(owner, ast.Name) and owner.id in ("np", "numpy")
        if not is_numpy and name not in _METHODS:
            return f"({self.write(owner)}.{name} {' '.join(arguments)})"
        if not is_numpy:
            arguments = [self.write(owner), *arguments]
        return f"({'dot' if name == 'matmul' else name} {' '.join(arguments)})"

    def _write_field(self, value: object) -> str:
        if isinstance(value, ast.AST):
            return self.write(value)
        if isinstance(value, list):
            return f"[{' '.join(map(self._write_field, value))}]"
        return repr(value)


_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _targets(statement: ast.stmt) -> list[ast.expr]:
    """Return what a statement assigns to."""
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, ast.AugAssign | ast.AnnAssign) else []


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of code that do something; no docstrings, annotations or signatures."""
    signature = isinstance(node, _NAMED)
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_comment") or (signature and name == "args"):
            continue
        for one in value if isinstance(value, list) else [value]:
            is_text = isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
            if isinstance(node, ast.Call) and isinstance(one, ast.Attribute) and name == "func":
                yield one.value  # its name is written with its arguments
            elif isinstance(one, ast.AST) and not is_text:
                yield one
