"""Pictures of the lessons, and the command `kata graph`, which draws them."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import numpy as np
import typer

from grader.course.modules import offer_of, read_modules
from grader.course.settings import current_course, find_course
from grader.errors import CourseError
from grader.kata.graph.graph import Graph
from grader.kata.graph.node import GraphError
from grader.messages.language import chosen, say, use
from grader.worker.exception_report import ExceptionReport, describe
from grader.worker.module_loader import importable

# The scenes import the layers when they run: these come from exercises/ or solutions/ (see `draw`).


def purchase() -> Graph:
    """Two apples, with tax (01)."""
    from simple_layers import MulLayer

    graph = Graph(say("Two apples, with tax"))
    price, count = graph.input(say("apple price"), 100), graph.input(say("apple count"), 2)
    apples = graph.forward(MulLayer(), price, count, name=say("both apples"))
    graph.forward(MulLayer(), apples, graph.input(say("tax"), 1.1), name=say("bill"))
    graph.backward()
    return graph


def orange() -> Graph:
    """Two apples and three oranges, with tax (01)."""
    from simple_layers import AddLayer, MulLayer

    graph = Graph(say("Two apples and three oranges, with tax"))
    price, count = graph.input(say("apple price"), 100), graph.input(say("apple count"), 2)
    apples = graph.forward(MulLayer(), price, count, name=say("apples together"))
    price, count = graph.input(say("orange price"), 150), graph.input(say("orange count"), 3)
    oranges = graph.forward(MulLayer(), price, count, name=say("oranges together"))
    total = graph.forward(AddLayer(), apples, oranges, name=say("sum"))
    graph.forward(MulLayer(), total, graph.input(say("tax"), 1.1), name=say("bill"))
    graph.backward()
    return graph


def square() -> Graph:
    """A number times itself: two gradients are added (01)."""
    from simple_layers import MulLayer

    graph = Graph(say("A number times itself"))
    x = graph.input("x", 3)
    graph.forward(MulLayer(), x, x, name=say("square"))
    graph.backward()
    return graph


def relu() -> Graph:
    """ReLU, and where its mask stops the gradient (02)."""
    from activations import Relu

    graph = Graph(say("ReLU lets a gradient through where it has let a number through"))
    graph.forward(Relu(), graph.input("x", [[1.0, -0.5], [-2.0, 3.0]]), name="out")
    graph.backward([[10.0, 20.0], [30.0, 40.0]])
    return graph


def affine() -> Graph:
    """The affine layer and its three gradients (03)."""
    from affine import Affine

    graph = Graph(say("An affine layer: each gradient has the shape of what it belongs to"))
    x = graph.input("x", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    W = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 3.0]])
    graph.forward(Affine(W, np.array([10.0, 20.0])), x, name="out")
    graph.backward([[1.0, 0.0], [2.0, 10.0]])
    return graph


def network() -> Graph:
    """Affine, ReLU, affine, and softmax with loss (06)."""
    from activations import Relu
    from affine import Affine
    from softmax_with_loss import SoftmaxWithLoss

    graph = Graph(say("A network of two affine layers, with two samples"))
    x = graph.input("x", [[1.0, 0.5, -1.0], [0.0, 2.0, 1.0]])
    W1, b1 = np.array([[0.4, -0.2], [0.2, 0.3], [-0.1, 0.5]]), np.array([0.0, 0.1])
    W2, b2 = np.array([[1.0, -1.0], [0.5, 1.0]]), np.array([0.0, 0.5])
    before = graph.forward(Affine(W1, b1), x, name=say("pre-activation"))
    hidden = graph.forward(Relu(), before, name=say("hidden"))
    scores = graph.forward(Affine(W2, b2), hidden, name=say("scores"))
    targets = graph.input("t", [[1.0, 0.0], [0.0, 1.0]])
    graph.forward(SoftmaxWithLoss(), scores, targets, name=say("loss"))
    graph.backward()
    return graph


SCENES: dict[str, Callable[[], Graph]] = {
    scene.__name__: scene for scene in (purchase, orange, square, relu, affine, network)
}


def graph(
    scene: Annotated[str, typer.Argument(metavar="SCENE", help=f"One of {', '.join(SCENES)}.")],
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE.svg", help="Where it goes.", show_default="SCENE.svg"),
    ] = None,
    solutions: Annotated[
        bool, typer.Option("--solutions", help="Draw the reference's layers, not yours.")
    ] = False,
) -> None:
    """Draw a computational graph of your own layers, with every value and every gradient.

    Exit code 1 if your layers cannot be drawn: it says why, and shows your line.
    """
    if scene not in SCENES:
        known = ", ".join(SCENES)
        _fail(say("there is no picture {scene!r}; there are {known}", scene=scene, known=known), 2)
    file = output or Path(f"{scene}.svg")
    if not file.absolute().parent.is_dir():
        reason = say("there is no folder {folder}", folder=file.parent)
        _fail(say("{path} cannot be written: {reason}", path=file, reason=reason), 2)
    try:
        course = current_course()
    except CourseError as error:
        _fail(str(error), 2)
    tree = course.root / ("solutions" if solutions else "exercises")
    if not tree.is_dir():
        told = say(
            "{path} is not there: this course was handed out without its solutions. "
            "Ask who gave it to you",
            path=tree,
        )
        _fail(told, 2)
    seconds = course.limits.total_seconds
    # In another process: the learner's code may never return.
    command = [sys.executable, "-P", "-m", "grader.kata.graph.scenes", scene, str(tree), str(file)]
    try:
        done = subprocess.run(command, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        _fail(
            say("stopped after {seconds:g} s: is there a loop that never ends?", seconds=seconds), 1
        )
    raise typer.Exit(done.returncode if done.returncode in (0, 2) else 1)


def _fail(message: str, code: int) -> NoReturn:
    print(f"kata graph: {message}", file=sys.stderr)
    raise typer.Exit(code)


def main() -> int:
    """Draw the scene that ``sys.argv`` names, with the layers of one tree.

    Returns
    -------
    int
        Exit code: 0, 1 if the layers cannot be drawn, or 2 if the file cannot be written.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    use(chosen())
    scene, tree, file = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    try:
        drawn = draw(scene, tree)
    except GraphError as error:
        print(f"kata graph: {error}", file=sys.stderr)
        return 1
    try:
        drawn.save(file)
    except OSError as error:
        told = say("{path} cannot be written: {reason}", path=file, reason=error.strerror)
        print(f"kata graph: {told}", file=sys.stderr)
        return 2
    told = say("The picture is in {file}.", file=file)
    print(f"{drawn.words()}\n\n{told}")
    return 0


def draw(scene: str, tree: Path) -> Graph:
    """Run a scene with the layers of a tree.

    Parameters
    ----------
    scene : str
        One of `SCENES`.
    tree : Path
        ``exercises/`` or ``solutions/`` of a course.

    Raises
    ------
    GraphError
        If the layers fail. The message shows the lines of the learner's code that led to it.
    """
    course = find_course(tree)
    assert course is not None
    sources = read_modules(tree, course)
    with importable(sources, offer_of(course)):
        try:
            return SCENES[scene]()
        except (GraphError, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise GraphError(_message(describe(error, sources))) from None


def _message(report: ExceptionReport) -> str:
    """Describe an exception in the learner's code, with up to three lines that led to it."""
    if report.type == "NotImplementedError":
        what = say("this is not written yet: {message}", message=report.message)
    else:
        what = say("your code raised {type}: {message}", type=report.type, message=report.message)
    lines = [what]
    lines += [f"    {frame.file}:{frame.line}    {frame.code}" for frame in report.frames[-3:]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
