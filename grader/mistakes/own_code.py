"""What a submission's code has, and which of its functions and classes use each other."""

import ast
from collections import Counter
from collections.abc import Collection, Iterator
from functools import lru_cache

from grader.mistakes.known_failures import KnownMistake
from grader.mistakes.traces import parsed


@lru_cache(8)  # a submission's findings with hidden and with public inputs are named in turn
def own_code(code: str) -> "OwnCode":
    """Return the names in a submission's code, as `OwnCode`."""
    return OwnCode(code)


class OwnCode:
    """The names in a submission's code, which is read as data and never run.

    Parameters
    ----------
    code : str
        A submission's code. Of code that cannot be parsed, nothing is known.
    """

    def __init__(self, code: str) -> None:
        self._code = code
        self._names: Counter[str] = Counter()
        self._used: dict[str, frozenset[str]] = {}
        """The names in each function and class at the top, without those that it inherits from."""
        self._classes: set[str] = set()
        self._reached: dict[str, frozenset[str]] = {}
        tree = parsed(code)
        for statement in tree.body if tree else ():
            self._read(statement)

    def _read(self, statement: ast.stmt) -> None:
        if not isinstance(statement, _NAMED):
            self._names.update(_names_in(statement))
            return
        inside, all_of_it = list(_names_in(*statement.body)), set(statement.body)
        head = (node for node in ast.iter_child_nodes(statement) if node not in all_of_it)
        self._names.update([statement.name, *inside, *_names_in(*head)])
        self._used[statement.name] = frozenset(inside)
        self._classes.discard(statement.name)
        if isinstance(statement, ast.ClassDef):
            self._classes.add(statement.name)

    def may_use(self, place: str) -> bool:
        """Return whether a function is named elsewhere than where it is defined.

        A docstring, of which a stub has many, is no use of what it names.
        """
        return "." in place or self._names[place] != 1

    def uses(self, name: str, function: str) -> bool:
        """Return whether a function or class uses another function, directly or by way of others.

        Parameters
        ----------
        name, function : str
            Two different names. Methods are not followed: `function` is at the top of the code.
        """
        return name != function and function in self._reached_from(name)

    def follows(self, function: str, spec: str) -> bool:
        """Return whether a spec checks something that uses a function."""
        users = (name for name in self._used if spec.startswith(f"test_{name}_"))
        return any(self.uses(name, function) for name in users)

    def has(self, mistake: KnownMistake, places: Collection[str]) -> bool:
        """Return whether the code has the place of a mistake, and no other that may be it.

        Parameters
        ----------
        mistake : KnownMistake
            A mistake that explains how the submission failed.
        places : collection of str
            The places of all known mistakes. A layer that is none of them, but a class of the
            learner's own, may have the mistake as well.
        """
        top = mistake.place.partition(".")[0]
        if not self._names or mistake.place.endswith(".py"):
            return True
        if not self._names[top]:
            return False
        known = {place.partition(".")[0] for place in places}
        own = self._classes - known
        return not own & self._reached_from(top) or mistake.traces.evidence(self._code) > 0

    def _reached_from(self, name: str) -> frozenset[str]:
        """Return the functions and classes that one uses, but not those it inherits from."""
        if name not in self._reached:
            self._reached[name] = frozenset()  # where it uses itself
            found: set[str] = set()
            new = {name} if name in self._used else set()
            while new:
                found |= new
                used = {one for part in new for one in self._used[part]}
                new = (used & self._used.keys()) - found
            self._reached[name] = frozenset(found - {name})
        return self._reached[name]


_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FIELD = {ast.Name: "id", ast.Attribute: "attr"} | dict.fromkeys(
    (*_NAMED, ast.ExceptHandler, ast.alias, ast.MatchAs, ast.MatchStar), "name"
)


def _names_in(*trees: ast.AST) -> Iterator[str]:
    """Yield each name as often as the code defines or uses it.

    In no particular order; `ast.walk` takes several times as long.
    """
    left = list(trees)
    while left:
        node = left.pop()
        field = _FIELD.get(type(node))
        for name, value in vars(node).items():
            if name == field and isinstance(value, str):
                yield value
            elif isinstance(value, list):
                left += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST) and name != "ctx":
                left.append(value)
