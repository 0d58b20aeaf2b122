"""The picture as SVG."""

from xml.etree import ElementTree as ET

from grader.kata.graph import Graph

SVG = "{http://www.w3.org/2000/svg}"


class MulLayer:
    def forward(self, x, y):
        return x * y

    def backward(self, dout):
        return dout * 2, dout * 100


class SoftmaxWithLoss(MulLayer):
    pass


def drawn(layer, *names):
    graph = Graph("A <title> & more")
    graph.forward(layer, *(graph.input(name, i + 1) for i, name in enumerate(names)), name="out")
    graph.backward()
    return graph, ET.fromstring(graph.svg())


def texts(root, look=""):
    return [
        t.text for t in root.iter(f"{SVG}text") if look in t.get("class", "").split() or not look
    ]


def test_every_value_and_every_gradient_is_in_the_picture():
    """Values in black, gradients marked, names at the ends, the operator in its circle."""
    _, root = drawn(MulLayer(), "price", "count")
    assert {"price", "count", "out", "×", "1", "2"} <= set(texts(root))
    assert texts(root, "gradient")[:3] == ["← 2", "← 100", "← 1"]


def test_the_picture_tells_its_content_in_words():
    """For readers who cannot see it."""
    graph, root = drawn(MulLayer(), "price", "count")
    told = [root.find(f"{SVG}title").text, root.find(f"{SVG}desc").text.strip()]
    assert "\n".join(told) == graph.words()
    assert root.get("role") == "img"


def test_it_needs_nothing_from_elsewhere_and_knows_the_dark():
    """No script, font or image is loaded; each colour has a dark variant."""
    text = drawn(MulLayer(), "price", "count")[0].svg()
    assert "prefers-color-scheme: dark" in text
    outside = text.replace("http://www.w3.org/2000/svg", "")
    assert not any(word in outside for word in ("http", "<script", "@import", "url("))


def test_any_name_makes_a_well_formed_picture():
    """Angle brackets, ampersands, control codes."""
    _, root = drawn(MulLayer(), "<b>&\"'", "bell\x07")
    assert "<b>&\"'" in texts(root)
    assert "bell�" in texts(root)


def test_a_long_name_of_a_class_is_broken():
    """Before a capital."""
    _, root = drawn(SoftmaxWithLoss(), "x", "t")
    assert {"Softmax", "WithLoss"} <= set(texts(root))
