"""What a submission's code has, and which of its functions and classes use each other."""

import ast
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cached_property, lru_cache

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
        self._tree = parsed(code)
        self._reached: dict[str, frozenset[str]] = {}

    @cached_property
    def _names(self) -> Counter[str]:
        return Counter(_names_in(self._tree)) if self._tree else Counter()

    @cached_property
    def _parts(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
        """Functions and classes at the top of the code, by name."""
        body = self._tree.body if self._tree else []
        return {one.name: one for one in body if isinstance(one, _NAMED)}

    @cached_property
    def _used(self) -> dict[str, frozenset[str]]:
        """The names in each of them, without those that it inherits from."""
        return {name: frozenset(_names_in(*one.body)) for name, one in self._parts.items()}

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
        users = (name for name in self._parts if spec.startswith(f"test_{name}_"))
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
        own = {k for k, one in self._parts.items() if isinstance(one, ast.ClassDef)} - known
        return not own & self._reached_from(top) or mistake.traces.evidence(self._code) > 0

    def _reached_from(self, name: str) -> frozenset[str]:
        """Return the functions and classes that one uses, but not those it inherits from."""
        if name not in self._reached:
            self._reached[name] = frozenset()  # where it uses itself
            found: set[str] = set()
            new = {name} if name in self._parts else set()
            while new:
                found |= new
                used = {one for part in new for one in self._used[part]}
                new = (used & self._parts.keys()) - found
            self._reached[name] = frozenset(found - {name})
        return self._reached[name]


_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _names_in(*trees: ast.AST) -> Iterator[str]:
    """Yield each name as often as the code defines or uses it."""
    for tree in trees:
        for node in ast.walk(tree):
            for field in ("name", "id", "attr"):
                if isinstance(name := getattr(node, field, None), str):
                    yield name
