"""The command `kata notebook`."""

import nbformat
import pytest
import typer
from typer.testing import CliRunner

from grader.kata.notebook_command import notebook


@pytest.fixture
def call(course, monkeypatch, tmp_path):
    """Call the command in the course, and return the result of typer's runner."""
    app = typer.Typer()
    app.command()(notebook)
    monkeypatch.chdir(course.root)
    return lambda *arguments: CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.mark.parametrize("name", ["03_affine", "affine"])
def test_an_exercise_is_written_where_it_was_asked_for(call, tmp_path, name):
    """With its lesson and its stub; the output names the file."""
    path = tmp_path / "mine.ipynb"
    done = call(name, "--output", path)
    assert done.exit_code == 0, done.output
    assert f"{path} is written." in done.output.replace("\n", "")
    book = nbformat.read(path, 4)
    assert any(cell.source.startswith("%%kata 03_affine\n") for cell in book.cells)
    assert any(cell.cell_type == "markdown" for cell in book.cells)


def test_all_lessons_are_written_into_one(call, tmp_path):
    """With the solutions, for readers who do not write code themselves; a volume for each part."""
    done = call("--walkthrough", "--output", tmp_path / "all.ipynb")
    assert done.exit_code == 0, done.output
    first, second = (
        "".join(cell.source for cell in nbformat.read(tmp_path / name, 4).cells)
        for name in ("all.ipynb", "all-2.ipynb")
    )
    assert "class Affine" in first
    assert "class TwoLayerNet" in first
    assert "class Pooling" in second
    assert done.output.count("is written") == 2


@pytest.mark.parametrize("arguments", [[], ["03_affine", "--walkthrough"]])
def test_it_is_one_exercise_or_all(call, arguments):
    """Neither or both is a usage error, which explains how to call it."""
    done = call(*arguments)
    assert done.exit_code == 2
    assert "name an exercise" in done.output


def test_what_is_there_is_replaced_only_if_that_is_asked_for(call, tmp_path):
    """The learner may have edited it."""
    path = tmp_path / "mine.ipynb"
    path.write_text("theirs", "utf-8")
    done = call("03_affine", "--output", path)
    assert (done.exit_code, path.read_text("utf-8")) == (2, "theirs")
    done = call("03_affine", "--output", path, "--force")
    assert done.exit_code == 0, done.output
    assert nbformat.read(path, 4).cells
