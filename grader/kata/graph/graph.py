"""A computational graph that is recorded while layers run, then drawn or described in words.

>>> from grader.kata.graph import Graph
>>> from simple_layers import MulLayer
>>> graph = Graph("Two apples, with tax")
>>> price, count = graph.input("apple price", 100), graph.input("apple count", 2)
>>> apples = graph.forward(MulLayer(), price, count, name="both apples")
>>> bill = graph.forward(MulLayer(), apples, graph.input("tax", 1.1), name="bill")
>>> graph.backward()
>>> graph.save("purchase.svg")
"""

from pathlib import Path
from typing import Any

import numpy as np

from grader.kata.graph import svg
from grader.kata.graph.figures import in_words
from grader.kata.graph.node import GraphError, Node, Number, Value, arrays_of, number, run
from grader.messages.language import say
from grader.messages.wrapping import wrap

WIDTH = 80


class Graph:
    """Records layers as they run, with the values and gradients that flow between them.

    A notebook displays it as a picture.

    Parameters
    ----------
    title : str, optional
        Title of the picture; by default "A computational graph".

    Attributes
    ----------
    nodes : list of Node
        The recorded nodes, in the order of the forward pass.
    """

    def __init__(self, title: str = "") -> None:
        self.title = title or say("A computational graph")
        self.nodes: list[Node] = []
        self._names: set[str] = set()

    def input(self, name: str, data: Any) -> Value:
        """Create a named input; pass it twice to use it twice.

        Parameters
        ----------
        name : str
            Name in the picture; a number is appended if it is already used.
        data : float or array_like
            Value of the input, which is copied.
        """
        return Value(self._unique(name), number(data, say("the input {name!r} is", name=name)))

    def forward(self, layer: Any, *inputs: Any, name: str = "") -> Value:
        """Run a layer forward and record its inputs and its output.

        Parameters
        ----------
        layer : object
            Has ``forward`` and ``backward``. Each node needs its own layer, since a layer remembers
            only its latest inputs.
        *inputs : Value, float or array_like
            Results of earlier calls, or plain numbers and arrays.
        name : str, optional
            Name of the result; by default "output".

        Returns
        -------
        Value
            The result, which can be passed to the next layer.

        Raises
        ------
        GraphError
            If the layer is already in the graph, or does not return a number or an array.
        """
        kind = type(layer).__name__
        if any(node.layer is layer for node in self.nodes):
            raise GraphError(
                say(
                    "this {kind} is in the graph already. A layer remembers only its latest "
                    "inputs, so each node needs one of its own: {kind}(...)",
                    kind=kind,
                )
            )
        taken = tuple(i if isinstance(i, Value) else self.input(say("input"), i) for i in inputs)
        node = Node(layer, taken)
        held = arrays_of(layer)
        answer, told = run(layer, "forward", *(value.data for value in taken))
        node.output = Value(self._unique(name or say("output")), number(answer, told), node)
        self._add(node, held)
        return node.output

    def _add(self, node: Node, held: dict[str, np.ndarray]) -> None:
        same_kind = [earlier for earlier in self.nodes if earlier.kind == node.kind]
        if same_kind and not node.sign:
            same_kind[0].number = 1
            node.number = len(same_kind) + 1
        now = arrays_of(node.layer)
        for name, array in held.items():
            is_gradient = name[0] == "d" and name[1:] in held  # from an earlier run
            if now.get(name) is array and not is_gradient:
                node.parameters[name] = Value(name, array.copy())
        for value in (*node.inputs, *node.parameters.values()):
            value.uses.append(node)
        self.nodes.append(node)
        self._forget_gradients()  # they belong to the previous result

    def _forget_gradients(self) -> None:
        for value in self.values():
            value.shares = []

    def backward(self, dout: Any = 1) -> None:
        """Run all layers backward, starting at the latest result, and record every gradient.

        Parameters
        ----------
        dout : float or array_like, default 1
            Upstream gradient of the result; it must have the shape of the result.

        Raises
        ------
        GraphError
            If nothing has run forward, `dout` has the wrong shape, or a layer does not return
            gradients of its inputs.
        """
        if not self.nodes:
            raise GraphError(
                say("nothing has run forward yet: call graph.forward(layer, ...) first")
            )
        result = self.nodes[-1].output
        start = number(dout, say("dout is"))
        if np.shape(start) != np.shape(result.data):
            raise GraphError(
                say(
                    "{name} has the shape {shape}, and dout has {other}: pass one of its shape, "
                    "graph.backward(dout)",
                    name=result.name,
                    shape=np.shape(result.data),
                    other=np.shape(start),
                )
            )
        self._forget_gradients()
        result.shares = [start]
        for node in reversed(self.nodes):
            self._run_backward(node)

    def _run_backward(self, node: Node) -> None:
        gradients = self._gradients(node)
        edges = (*node.inputs, *node.parameters.values())
        for value, gradient in reversed(list(zip(edges, gradients, strict=True))):
            value.shares.insert(0, gradient)  # backward visits the uses in reverse order

    def _gradients(self, node: Node) -> list[Number | None]:
        """Run a node backward; return the gradient of each input and parameter, or None."""
        dout = node.output.gradient
        if dout is None:  # the result does not depend on this node
            return [None] * (len(node.inputs) + len(node.parameters))
        answer, told = run(node.layer, "backward", dout)
        returned = answer if isinstance(answer, tuple) else (answer,)
        if len(returned) > len(node.inputs):
            raise GraphError(
                say(
                    "{told} {number} gradients, and forward took {count} inputs",
                    told=told,
                    number=len(returned),
                    count=len(node.inputs),
                )
            )
        gradients: list[Number | None] = [number(gradient, told) for gradient in returned]
        gradients += [None] * (len(node.inputs) - len(returned))
        for name in node.parameters:
            gradient = getattr(node.layer, f"d{name}", None)
            gradients.append(
                None if gradient is None else number(gradient, say("{name} is", name=f"d{name}"))
            )
        return gradients

    def values(self) -> list[Value]:
        """Return all edges: for each node its inputs and parameters, then its output."""
        every: list[Value] = []
        for node in self.nodes:
            every += [*node.inputs, *node.parameters.values(), node.output]
        return list(dict.fromkeys(every))

    def words(self) -> str:
        """Describe the picture in words.

        Returns
        -------
        str
            A line for the title, for each node and for each edge. Long lines are wrapped, with
            their continuation indented.
        """
        nodes = [f"{node.output.label} = {self._formula(node)}" for node in self.nodes]
        texts = [self.title, *nodes, *map(self._describe, self.values())]
        return "\n".join(line for text in texts for line in wrap(text, WIDTH, rest="    "))

    def _formula(self, node: Node) -> str:
        names = [value.label for value in (*node.inputs, *node.parameters.values())]
        return f" {node.sign} ".join(names) if node.sign else f"{node.label}({', '.join(names)})"

    def _describe(self, value: Value) -> str:
        gradient = value.gradient
        name, data = value.label, in_words(value.data)
        if gradient is None:
            return say("{name}: value {value}, no gradient", name=name, value=data)
        total = in_words(gradient)
        if len(value.uses) > 1:
            shares = [in_words(share) for share in value.shares if share is not None]
            total += f" = {' + '.join(shares)}"
        return say(
            "{name}: value {value}, gradient {gradient}", name=name, value=data, gradient=total
        )

    def svg(self) -> str:
        """Draw the picture: above each edge its value, below it its gradient."""
        return svg.draw(self.nodes, self.words())

    def _repr_svg_(self) -> str:
        """Return the picture for IPython, which looks for a method of this name."""
        return self.svg()

    def save(self, path: str | Path) -> None:
        """Write the picture to an SVG file.

        Parameters
        ----------
        path : str or Path
            Path of the file; an existing file is replaced.
        """
        Path(path).write_text(self.svg(), "utf-8", newline="\n")

    def _unique(self, name: str) -> str:
        """Return the name, with a number appended if it is already used."""
        found, n = name, 2
        while found in self._names:
            found, n = f"{name} {n}", n + 1
        self._names.add(found)
        return found
