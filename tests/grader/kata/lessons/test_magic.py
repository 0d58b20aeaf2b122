"""``%%kata`` in a real kernel: what a learner who works only in notebooks sees."""

import pytest
from nbformat.v4 import new_code_cell

from grader.kata.lessons.lesson import Kind, parts_of

FIRST = ("01_simple_layers", "02_activations", "03_affine")


def cells_of(*sources):
    """Return code cells with these texts."""
    return [new_code_cell(source) for source in sources]


@pytest.fixture
def notebooks(notebook_of, solution):
    """Returns the notebooks of three exercises, solved, joined to one."""
    books = [notebook_of(name, solution(name)) for name in FIRST]
    return [cell for book in books for cell in book.cells]


@pytest.mark.thorough
def test_three_exercises_are_done_in_notebooks_alone(
    course, notebooks, solution, execute, monkeypatch
):
    """The lesson's examples print what the lesson says, with the code written in cells.

    Then the learner breaks a promise, sees which one and gets help, repairs it, and goes on.
    """
    monkeypatch.setenv("KATA_LANG", "en")
    wrong = solution("03_affine", ("np.sum(dout, axis=0)", "np.sum(dout)"))
    more = cells_of(
        f"%%kata 03_affine\n{wrong}",
        "%kata hint 03_affine",
        "%kata hint 03_affine",
        "%kata try 03_affine",
        "import numpy as np\nlayer = Affine(np.eye(2), np.zeros(2))\nlayer.forward(np.eye(2))\n"
        "dx = layer.backward(np.eye(2)); print(layer.db)",
        f"%%kata affine\n{solution('03_affine')}",
        "import affine\nlayer = affine.Affine(np.eye(2), np.zeros(2))\nlayer.forward(np.eye(2))\n"
        "dx = layer.backward(np.eye(2)); print(layer.db, affine.Affine is Affine)",
        "%kata 06_two_layer_net",
        "%%kata 99_none\na = 1",
        "%kata",
        "%kata notebook 04_softmax_with_loss",
    )
    folder = course.root / "my notebooks"
    folder.mkdir()
    shown = execute([*notebooks, *more], folder, allow_errors=True)
    done, after = shown[: -len(more)], shown[-len(more) :]

    # the lessons, replayed
    wanted = [
        part.shows
        for name in FIRST
        for part in parts_of(course.named(name).lesson)
        if part.kind is Kind.PYTHON and part.shows
    ]
    plain = iter(one.rstrip() for one in done)
    assert all(want.rstrip() in plain for want in wanted)
    assert "An apple that costs one yen more makes the bill grow by 2.2 yen." in done[1]
    greens = [one for one in done if "Done! Next" in one]
    assert {green.split(":")[0].split("\n")[-1] for green in greens} == set(FIRST)
    assert all("✓&nbsp;kept" in green.html and "broken" not in green.html for green in greens)

    # a promise broken, and repaired
    broken, hint, further, tried, still, repaired, fresh, later, unknown, usage, following = after
    assert "✗ broken: The example of the docstring gives [[14, 26]]" in broken
    assert "4 more promises break for the same reason:\n" in broken
    assert "Affine.backward sets db: dout summed over the samples." in broken
    assert "✗&nbsp;broken" in broken.html
    assert "differs   shape () instead of (2,)" in broken.html
    assert "1. The bias was added to every sample." in hint
    assert "2." not in hint
    assert "2. db summed over all axes, in Affine.backward" in further
    assert "affine.backward(dout)\nreturned = affine.db\nprint(returned)\n# returned  1.0" in tried
    assert still == "2.0\n"
    assert "Done! Next: 04_softmax_with_loss" in repaired
    assert fresh == "[1. 1.] True\n"

    # what is not written, not there, or not meant
    assert "not started: TwoLayerNet.__init__" in later
    assert "there is no exercise '99_none'; the course has 01_simple_layers" in unknown
    assert "%kata hint NAME" in usage
    assert (folder / "04_softmax_with_loss.ipynb").is_file()
    assert "04_softmax_with_loss.ipynb" in following

    # the learner's code is in the files, and the previous content is kept once
    for name in FIRST:
        exercise = course.named(name)
        assert exercise.stub.read_text("utf-8") == solution(name)
        (kept,) = exercise.stub.parent.glob("*.txt")
        assert "raise NotImplementedError" in kept.read_text("utf-8")
