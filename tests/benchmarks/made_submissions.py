"""Submissions with mistakes that are known, made of the catalogue, the reference, alternatives."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from grader.course.course import Exercise
from grader.course.modules import read_module
from grader.mistakes.catalogue import make, read_mistakes
from grader.mistakes.places import place_of, traces_of_mistake
from grader.worker.source import Source


@dataclass(frozen=True)
class Made:
    """A submission for one exercise, and the names of the mistakes in it.

    `also` are the names of what an alternative leaves undone of stretch.
    """

    exercise: Exercise
    names: frozenset[str]
    source: Source
    label: str = ""
    also: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return " + ".join([*sorted(self.names), *[f"({self.label})"] * bool(self.label)])


def made_of_catalogue(exercises: Iterable[Exercise]) -> Iterator[Made]:
    """Each mistake of the catalogue."""
    for exercise in exercises:
        for mistake in read_mistakes(exercise):
            yield Made(exercise, frozenset({mistake.name}), make(mistake, exercise))


def made_of_pairs(
    exercises: Iterable[Exercise], number: int, rng: np.random.Generator
) -> Iterator[Made]:
    """A number of drawn pairs of mistakes in different functions."""
    pairs = []
    for exercise in exercises:
        places = {one: place_of(one, exercise) for one in read_mistakes(exercise)}
        for one, other in combinations(places, 2):
            if places[one] != places[other]:
                pairs.append((exercise, one, other))
    left = number
    for index in rng.permutation(len(pairs)):
        exercise, one, other = pairs[index]
        text = make(one, exercise).text
        if left and text.count(other.before) == 1:
            left -= 1
            source = Source(make(one, exercise).filename, text.replace(other.before, other.after))
            yield Made(exercise, frozenset({one.name, other.name}), source)


def made_of_rewritten(
    exercises: Iterable[Exercise], undone: Callable[[Made], frozenset[str] | None]
) -> Iterator[Made]:
    """Each mistake in code that is otherwise an alternative's, or spelled in another way.

    `undone` names what a submission leaves undone of stretch; it is None if core fails.
    """
    for exercise in exercises:
        alternatives = exercise.root / "tests" / "alternatives" / exercise.name
        texts = {path.stem: read_module(path).text for path in sorted(alternatives.glob("*.py"))}
        whole = read_module(exercise.solution).text
        right: dict[tuple[str, str], frozenset[str] | None] = {}
        literal = {stem: _undone_literally(exercise, text) for stem, text in texts.items()}
        for mistake in read_mistakes(exercise):
            wrong = make(mistake, exercise)
            names = frozenset({mistake.name})
            spelled = Source(wrong.filename, respelled(wrong.text))
            yield Made(exercise, names, spelled, "respelled")
            for alternative, text in texts.items():
                place = place_of(mistake, exercise)
                for part in _parts(place, whole, wrong.text, text):
                    key = alternative, part
                    if key not in right:
                        unchanged = Source(wrong.filename, transplanted(part, whole, text))
                        right[key] = undone(Made(exercise, frozenset(), unchanged))
                    also = right[key]
                    if also is not None:
                        source = Source(wrong.filename, transplanted(part, wrong.text, text))
                        label = f"{part} in {alternative}"
                        yield Made(exercise, names, source, label, also | literal[alternative])
                        break


def _undone_literally(exercise: Exercise, text: str) -> frozenset[str]:
    """Name the mistakes of stretch that an alternative has, to the letter."""
    names = []
    for one in read_mistakes(exercise):
        if one.caught == "stretch" and traces_of_mistake(one, exercise).evidence(text) == 1:
            names.append(one.name)
    return frozenset(names)


def _parts(place: str, right: str, wrong: str, host: str) -> Iterator[str]:
    """The smallest parts of a host that can hold all of a mistake: a method, or a class."""
    tops = [
        one.name for one in ast.parse(host).body if isinstance(one, ast.ClassDef | ast.FunctionDef)
    ]
    top = place.split(".")[0]
    if top not in tops:
        return
    for part in dict.fromkeys([place, top] if len(tops) > 1 else [place]):
        if _without(part, right) == _without(part, wrong):
            yield part


def _without(part: str, text: str) -> str:
    tree = ast.parse(text)
    *outer, last = part.split(".")
    own = _find(tree, outer)
    own.body = [one for one in own.body if getattr(one, "name", None) != last]
    return ast.dump(tree)


def transplanted(part: str, text: str, host: str) -> str:
    """The host's code with one class, function or method of another text in place of its own."""
    donor, tree = ast.parse(text), ast.parse(host)
    taken = _find(donor, part.split("."))
    own = tree
    for name in part.split(".")[:-1]:
        own = _find(own, [name])
    last = part.split(".")[-1]
    own.body = [one for one in own.body if getattr(one, "name", None) != last] + [taken]
    names = {getattr(one, "name", None) for one in tree.body}
    needed = [
        one
        for one in donor.body
        if isinstance(one, ast.Import | ast.ImportFrom)
        or (isinstance(one, ast.FunctionDef) and one.name[0] == "_" and one.name not in names)
    ]
    future = [
        one for one in tree.body if isinstance(one, ast.ImportFrom) and one.module == "__future__"
    ]
    rest = [one for one in tree.body if one not in future]
    tree.body = [*future, *needed, *rest]
    return ast.unparse(tree)


def _find(tree: ast.AST, path: list[str]) -> ast.AST:
    for name in path:
        tree = next(one for one in tree.body if getattr(one, "name", None) == name)
    return tree


def respelled(text: str) -> str:
    """The same code with other local names, other operators, and factors in another order."""
    return ast.unparse(_Respell().visit(ast.parse(text)))


class _Respell(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        given = {one.arg for one in [*node.args.args, *node.args.kwonlyargs]}
        stored = {
            one.id
            for one in ast.walk(node)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and one.id in stored - given:
                one.id = f"{one.id}_1"
        if ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Mult):
            node.left, node.right = node.right, node.left
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if ast.unparse(node.func) == "np.dot":
            return ast.BinOp(node.args[0], ast.MatMult(), node.args[1])
        return node
