"""Parts of a computational graph: values on its edges, and layers in its nodes."""

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from grader.kata.graph.figures import in_words
from grader.messages.language import say
from grader.worker.hints.missing import own_methods
from grader.worker.hints.near_names import nearest

Number: TypeAlias = float | np.ndarray

OPERATORS = {"MulLayer": "×", "AddLayer": "+"}
"""Layers that are drawn as a circle with this sign inside."""


class GraphError(Exception):
    """A layer cannot be drawn. The message names the layer and the reason."""


class Value:
    """A value on an edge: an input, a parameter, or the result of a layer.

    Attributes
    ----------
    name : str
        Name in the picture and in the description.
    data : float or ndarray
        Value in the forward pass.
    source : Node or None
        Node that computed it; None for inputs and parameters.
    uses : list of Node
        Nodes that took it, in order; a node that took it twice appears twice.
    shares : list of (float, ndarray or None)
        Gradient from each use; empty before the backward pass.
    """

    def __init__(self, name: str, data: Number, source: "Node | None" = None) -> None:
        self.name = name
        self.data = data
        self.source = source
        self.uses: list[Node] = []
        self.shares: list[Number | None] = []

    @property
    def label(self) -> str:
        """Name on its edge: the ``W`` of the second ``Affine`` is ``W2``."""
        nth = next((node.number for node in self.uses if self in node.parameters.values()), None)
        return f"{self.name}{nth or ''}"

    @property
    def gradient(self) -> Number | None:
        """Sum of the gradients from all uses; None before the backward pass.

        Raises
        ------
        GraphError
            If these gradients differ in shape.
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
        suffix = "" if gradient is None else f", gradient {in_words(gradient)}"
        return f"<{self.name}: {in_words(self.data)}{suffix}>"


class Node:
    """One forward pass of a layer.

    Attributes
    ----------
    layer : object
        The learner's layer, which has run forward once.
    kind : str
        Name of the layer's class.
    inputs : tuple of Value
        Arguments of ``forward``.
    parameters : dict of str to Value
        Arrays that the layer holds, by attribute name.
    output : Value
        Result of ``forward``.
    number : int or None
        Its index, from 1, among nodes of its class; None if it is the only one.
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
        """Sign of an operator; empty for other layers."""
        return OPERATORS.get(self.kind, "")

    @property
    def label(self) -> str:
        """Text inside the node."""
        return self.sign or f"{self.kind}{self.number or ''}"


def number(data: Any, told: str) -> Number:
    """Make a private copy of a number or an array.

    Parameters
    ----------
    data : object
        Expected to be a number or an array of numbers.
    told : str
        Beginning of the error message, such as "Affine.forward returned".

    Raises
    ------
    GraphError
        If it is neither.
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
    """Call a method of a layer on copies of the arguments, since it may write into them.

    Parameters
    ----------
    layer : object
        Instance of the learner's class.
    name : str
        Name of the method, ``forward`` or ``backward``.
    *arguments : float or ndarray
        Arguments of the method.

    Returns
    -------
    answer : object
        Return value of the method.
    told : str
        Beginning of an error message about it: the method, its file and line.

    Raises
    ------
    GraphError
        If the layer has no such method.
    """
    kind = type(layer).__name__
    method = getattr(layer, name, None)
    if method is None:
        near = nearest(name, own_methods(type(layer)))
        if not near:
            raise GraphError(say("{kind} has no {name}", kind=kind, name=name))
        raise GraphError(
            say(
                "{kind} has no {name}; it has {near}: is that the one?",
                kind=kind,
                name=name,
                near=near,
            )
        )
    code = getattr(method, "__code__", None)
    place = f" ({Path(code.co_filename).name}:{code.co_firstlineno})" if code else ""
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    return method(*copies), say("{method} returned", method=f"{kind}.{name}{place}")


def arrays_of(layer: Any) -> dict[str, np.ndarray]:
    """Return the arrays that a layer holds, by attribute name."""
    held = getattr(layer, "__dict__", {})
    return {name: value for name, value in held.items() if isinstance(value, np.ndarray)}
