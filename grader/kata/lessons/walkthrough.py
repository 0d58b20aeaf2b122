"""Writes the whole course as notebooks, one for each part: lessons with reference solutions."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.course.course import Course, Exercise, Part
from grader.course.dependencies import reached
from grader.course.modules import lesson_file
from grader.kata.lessons.lesson import Kind, parts_of
from grader.kata.lessons.notebook import cell_of, code, markdown, set_up, write
from grader.kata.runs.work import reference
from grader.messages.language import say

WORKING_FOLDER = """\
import os, sys, tempfile

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
folder = tempfile.mkdtemp(prefix="walkthrough-")
os.chdir(folder)
sys.path.insert(0, folder)
%load_ext autoreload
%autoreload 2"""

CHECK = """\
from dataset.mnist import load_mnist
from softmax_with_loss import SoftmaxWithLoss, softmax
class BookLoss(SoftmaxWithLoss):
    def forward(self, x, t):
        self.y, self.t = softmax(x), t
        return -np.sum(t * np.log(self.y + 1e-7)) / len(x)
(images, labels), _ = load_mnist(one_hot_label=True)
x, t = images[:3].astype(float), labels[:3]
for seed in range(100):
    net = TwoLayerNet(784, 50, 10, rng=np.random.default_rng(seed))
    if np.min(np.abs(net.layers["Affine1"].forward(x))) > 10 * 1e-4:
        break
net.last_layer = BookLoss()
slow, fast = net.numerical_gradient(x, t), net.gradient(x, t)
for key in net.params:
    print(f"{key} {np.mean(np.abs(slow[key] - fast[key])):.0e}")"""

TRAINING = """\
rng = np.random.default_rng(0)
network = TwoLayerNet(784, 50, 10, rng=rng, dtype=np.float32)
for epoch in range(1, 6):
    train(network, x_train, t_train, iterations=600, rng=rng)
    print(f"epoch {epoch}: {network.accuracy(x_test, t_test):.3f}")"""


def write_walkthrough(
    course: Course, output: Path | None = None, *, force: bool = False
) -> Iterator[Path]:
    """Write the walkthrough, a volume for each part of the course.

    The first volume is `output`, by default ``walkthrough.ipynb``; the second one has ``-2`` at the
    end of its name.

    Yields
    ------
    Path
        Each notebook that was written; see `grader.kata.lessons.notebook.write_notebook`.
    """
    first = output or Path("walkthrough.ipynb")
    for number, part in enumerate(course.parts or (None,), 1):
        path = first if number == 1 else first.with_stem(f"{first.stem}-{number}")
        yield write(walkthrough_cells(course, part), "walkthrough", path, force=force)


def walkthrough_cells(course: Course, part: Part | None = None) -> Iterator[dict[str, Any]]:
    """Yield the cells of a volume of the walkthrough.

    Parameters
    ----------
    course : Course
        A course that contains its solutions.
    part : Part, optional
        The part that the volume is about; by default, all exercises are in it.
    """
    names = part.exercises if part else [exercise.name for exercise in course.exercises]
    exercises = [course.named(name) for name in names]
    yield markdown(_introduction(part))
    yield code(set_up(course.root))
    yield code(WORKING_FOLDER)
    before = _earlier(course, exercises)
    if before:
        yield markdown(say("The modules of earlier lessons that these build on:"))
        yield from map(_solution, before)
    for exercise in exercises:
        yield from _lesson_cells(exercise)
        yield from _replayed(exercise)


def _introduction(part: Part | None) -> str:
    title = say("# Back-propagation, from first principles: a walk through the whole chapter")
    if part:
        named = say("Part {number}, {title}", number=part.number, title=part.title)
        title = f"# {named}"
    return "\n\n".join(
        (
            title,
            say(
                "All lessons, with the reference solutions where the exercises are. It gives the "
                "answers away: do the exercises first."
            ),
            say(
                "Each solution is saved as a module in a temporary folder, so that you may change "
                "it and run its cell again. Nothing here touches your own files."
            ),
        )
    )


def _earlier(course: Course, exercises: Sequence[Exercise]) -> list[Exercise]:
    """Return what solutions or lessons of a volume import, from before it or given."""
    before = (*course.given, *course.exercises[: course.exercises.index(exercises[0])])
    code = {one.module: reference(one).decode("utf-8") for one in before}
    own = (text for one in exercises for text in (reference(one).decode("utf-8"), _python_of(one)))
    needed = reached(own, lambda name: [code[name]], code.keys())
    return [one for one in before if one.module in needed]


def _python_of(exercise: Exercise) -> str:
    """Return the code of a lesson."""
    parts = parts_of(lesson_file(exercise))
    return "\n".join(part.text for part in parts if part.kind is Kind.PYTHON)


def _solution(exercise: Exercise) -> dict[str, Any]:
    """Return the cell that saves the reference solution of an exercise as a module."""
    return code(f"%%writefile {exercise.filename}\n{reference(exercise).decode('utf-8')}")


def _replayed(exercise: Exercise) -> Iterator[dict[str, Any]]:
    """Yield cells that reproduce results which a lesson only mentions."""
    if exercise.name == "06_two_layer_net":
        heading = say("### The whole network, checked")
        told = say(
            "The second line of that table: the 784-50-10 network with three digits, far enough "
            "from ReLU's kink, and the book's `log(y + 1e-7)`. The mean difference between the two "
            "gradients of each parameter:"
        )
        yield markdown(f"{heading}\n\n{told}")
        yield code(CHECK)
    if exercise.name == "07_mnist":
        heading = say("### Five epochs")
        told = say("How far 3,000 steps get, on images that the network has never seen.")
        yield markdown(f"{heading}\n\n{told}")
        yield code(TRAINING)


def _lesson_cells(exercise: Exercise) -> Iterator[dict[str, Any]]:
    """Yield the cells of a lesson; the solution comes before the first cell that uses it."""
    uses = re.compile(rf"^(from|import) {exercise.module}\b", re.MULTILINE)
    is_there = False
    for part in parts_of(lesson_file(exercise)):
        is_command = part.kind is Kind.COMMAND
        if not is_there and (is_command or (part.kind is Kind.PYTHON and uses.search(part.text))):
            yield _solution(exercise)
            is_there = True
        if not is_command:
            yield cell_of(part)
