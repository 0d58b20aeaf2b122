"""``kata graph``: pictures of the learner's own layers."""

import pytest

from grader.kata.graph.node import GraphError
from grader.kata.graph.scenes import SCENES, draw

COMMAND = "import typer; from grader.kata.graph.scenes import graph; typer.run(graph)"
MUL = """
class MulLayer:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y
    def backward(self, dout):
        {}
"""


@pytest.fixture
def kata_graph(course_copy, process):
    """Run the command in the learner's folder."""

    def run(*arguments):
        return process("-c", COMMAND, *arguments, cwd=course_copy)

    return run


@pytest.fixture
def write(course_copy):
    """Let a learner write MulLayer.backward."""
    stub = course_copy / "exercises" / "01_simple_layers" / "simple_layers.py"
    return lambda backward: stub.write_text(MUL.format(backward), "utf-8")


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_runs_on_the_reference(scene, course_copy):
    """With a gradient on every edge except the targets'."""
    graph = draw(scene, course_copy / "solutions")
    assert [v.name for v in graph.values() if v.gradient is None] in ([], ["t"])


def test_the_purchase_is_drawn_with_the_learners_layers(kata_graph, write, course_copy):
    """And described in words, even if the learner's gradients are wrong."""
    write("return dout * self.x, dout * self.y")
    done = kata_graph("purchase")
    assert done.returncode == 0, done.err
    assert "bill = both apples × tax\napple price: value 100, gradient 20000\n" in done.out
    assert done.out.endswith("The picture is in purchase.svg.\n")
    assert "← 20000<" in (course_copy / "purchase.svg").read_text("utf-8")


def test_the_reference_is_drawn_on_request(kata_graph, course_copy):
    """The learner's layers may be unwritten; the file goes to the given path."""
    done = kata_graph("network", "--solutions", "--output", "exercises/net.svg")
    assert done.returncode == 0, done.err
    assert "loss = SoftmaxWithLoss(scores, t)" in done.out
    assert (course_copy / "exercises" / "net.svg").exists()


@pytest.mark.parametrize(
    ("backward", "told"),
    [
        (
            "raise NotImplementedError('fill in the blanks')",
            "this is not written yet: fill in the blanks\n    simple_layers.py:7    raise NotImpl",
        ),
        (
            "return dout * slef.y, 1",
            "your code raised NameError: name 'slef' is not defined\n    simple_layers.py:7    ret",
        ),
        ("pass\n    backword = backward; del backward", "has no backward; it has backword: is"),
        ("dx = 1", "MulLayer.backward (simple_layers.py:6) returned nothing (None)"),
        ("import sys; sys.exit(0)", "your code raised SystemExit: 0\n    simple_layers.py:7"),
    ],
)
def test_what_cannot_be_drawn_is_reported_with_the_learners_line(
    backward, told, write, course_copy
):
    """And the exit code is 1."""
    write(backward)
    with pytest.raises(GraphError) as raised:
        draw("purchase", course_copy / "exercises")
    assert told in str(raised.value)


def test_a_failing_layer_makes_the_exit_code_1(kata_graph, course_copy):
    """Nothing is written."""
    done = kata_graph("purchase")
    assert done.returncode == 1
    assert "MulLayer.forward: to be written" in done.err
    assert not (course_copy / "purchase.svg").exists()


def test_an_endless_loop_is_stopped(kata_graph, write, course_copy):
    """At the time limit of the course."""
    settings = course_copy / "pyproject.toml"
    limits = "\n[tool.kata.limits]\ntotal_seconds = 1\n"
    settings.write_text(settings.read_text("utf-8") + limits, "utf-8")
    write("while True: pass")
    done = kata_graph("purchase")
    assert (done.returncode, done.err.count("stopped after 1 s")) == (1, 1)


def test_a_wrong_request_is_told_with_what_there_is(kata_graph):
    """Exit code 2 for an unknown picture or a missing folder."""
    done = kata_graph("apples")
    assert done.returncode == 2
    assert "there is no picture 'apples'; there are purchase, orange, square" in done.err
    done = kata_graph("purchase", "--output", "nowhere/at/all.svg")
    assert done.returncode == 2
    assert "cannot be written: there is no folder" in done.err
