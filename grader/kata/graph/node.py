"""What a computational graph is made of: values on its edges, and layers in its nodes."""

import difflib
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from grader.kata.graph.figures import in_words
from grader.messages.language import say

Number: TypeAlias = float | np.ndarray

OPERATORS = {"MulLayer": "×", "AddLayer": "+"}
"""Layers that are drawn as a circle with this sign in it."""


class GraphError(Exception):
    """What a layer did cannot be drawn. The text says which layer, and why."""


class Value:
    """What flows along an edge: an input, a parameter, or the result of a layer.

    Attributes
    ----------
    name : str
        What it is called in the picture and in words.
    data : float or ndarray
        What it was in the forward pass.
    source : Node or None
        The layer that it came from; None for inputs and parameters.
    uses : list of Node
        Where it went, in order; a layer that took it twice is there twice.
    shares : list of (float, ndarray or None)
        The gradient that came back from each use.
    """

    def __init__(self, name: str, data: Number, source: "Node | None" = None) -> None:
        self.name = name
        self.data = data
        self.source = source
        self.uses: list[Node] = []
        self.shares: list[Number | None] = []

    @property
    def gradient(self) -> Number | None:
        """The sum of what came back from each use; None before the backward pass.

        Raises
        ------
        GraphError
            If their shapes differ.
        """
        known = [share for share in self.shares if share is not None]
        shapes = {np.shape(share) for share in known}
        if len(shapes) > 1:
            raise GraphError(
                say(
                    "{name}: its gradients have the shapes {shapes}; they are added",
                    name=self.name,
                    shapes=say(" and ").join(map(str, sorted(shapes))),
                )
            )
        return sum(known[1:], known[0]) if known else None

    def __repr__(self) -> str:
        gradient = self.gradient
        told = "" if gradient is None else f", gradient {in_words(gradient)}"
        return f"<{self.name}: {in_words(self.data)}{told}>"


class Node:
    """One forward pass of a layer.

    Attributes
    ----------
    layer : object
        The layer.
    kind : str
        Name of its class.
    inputs : tuple of Value
        What its ``forward`` took.
    parameters : dict of str to Value
        The arrays that it holds, by the names of their attributes.
    output : Value
        What its ``forward`` returned.
    number : int or None
        The how manieth of its class it is, if there are several.
    """

    output: Value

    def __init__(self, layer: Any, inputs: tuple[Value, ...]) -> None:
        self.layer = layer
        self.kind = type(layer).__name__
        self.inputs = inputs
        self.parameters: dict[str, Value] = {}
        self.number: int | None = None

    @property
    def sign(self) -> str:
        """The sign of an operator, or an empty string."""
        return OPERATORS.get(self.kind, "")

    @property
    def label(self) -> str:
        """What stands in the node."""
        return self.sign or f"{self.kind}{self.number or ''}"


def number(data: Any, told: str) -> Number:
    """Make a private copy of a number or an array.

    Parameters
    ----------
    data : object
        What should be one.
    told : str
        How the complaint begins if it is none.

    Raises
    ------
    GraphError
        If it is none.
    """
    if data is None:
        raise GraphError(say("{told} nothing (None): is a `return` missing?", told=told))
    try:
        array = np.array(data)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "biuf":
        kind = type(data).__name__
        raise GraphError(
            say("{told} a {kind}; expected a number or an array", told=told, kind=kind)
        )
    return array if array.ndim else array.item()


def run(layer: Any, name: str, *arguments: Number) -> tuple[Any, str]:
    """Run a method of a layer on copies of some values, since it may write into them.

    Parameters
    ----------
    layer : object
        The layer.
    name : str
        ``forward`` or ``backward``.
    *arguments : float or ndarray
        What the method takes.

    Returns
    -------
    answer : object
        What it returned.
    told : str
        How a complaint about that begins: which method, and where it is written.

    Raises
    ------
    GraphError
        If there is no such method.
    """
    kind = type(layer).__name__
    method = getattr(layer, name, None)
    if method is None:
        near = difflib.get_close_matches(name, dir(layer), n=1)
        if not near:
            raise GraphError(say("{kind} has no {name}", kind=kind, name=name))
        raise GraphError(
            say(
                "{kind} has no {name}; it has {near}: is that the one?",
                kind=kind,
                name=name,
                near=near[0],
            )
        )
    code = getattr(method, "__code__", None)
    place = f" ({Path(code.co_filename).name}:{code.co_firstlineno})" if code else ""
    copies = [one.copy() if isinstance(one, np.ndarray) else one for one in arguments]
    return method(*copies), say("{method} returned", method=f"{kind}.{name}{place}")


def arrays_of(layer: Any) -> dict[str, np.ndarray]:
    """Find the arrays that a layer holds, by the names of their attributes."""
    held = getattr(layer, "__dict__", {})
    return {name: value for name, value in held.items() if isinstance(value, np.ndarray)}
