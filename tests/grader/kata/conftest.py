"""Fixtures: a new course, a terminal, and notebooks with a kernel."""

import re
import sys
from pathlib import Path

import nbformat
import pytest

from grader.course.settings import find_course
from grader.kata.lessons.notebook import write_notebook

ROOT = Path(__file__).parents[3]


@pytest.fixture
def terminal(learner):
    """Runs ``kata`` in a terminal of 80 columns and 24 lines."""
    if sys.platform == "win32":
        pytest.skip("there is no pseudo-terminal")
    from pseudo_terminal import PseudoTerminal

    opened = []

    def run(*arguments, **environment):
        opened.append(
            PseudoTerminal("-m", "grader.kata", *arguments, cwd=learner.root, **environment)
        )
        return opened[-1]

    yield run
    for one in opened:
        one.close()


@pytest.fixture
def course(handed_out):
    """Returns a course in which every exercise is still a stub."""
    return find_course(handed_out)


@pytest.fixture
def notebook_of(course, tmp_path):
    """Make the notebook of an exercise, and replace its stub by a text."""

    def make(name, text=None, folder=tmp_path):
        path = write_notebook(course.named(name), folder / f"{name}.ipynb")
        book = nbformat.read(path, 4)
        (stub,) = (cell for cell in book.cells if cell.source.startswith(f"%%kata {name}\n"))
        if text is not None:
            stub.source = f"%%kata {name}\n{text}"
            nbformat.write(book, path)
        return book

    return make


@pytest.fixture
def execute(tmp_path, monkeypatch):
    """Run a notebook in a real kernel, and return the output of each code cell."""
    reason = "needs a kernel: pip install '.[test]'"
    client = pytest.importorskip("nbclient", reason=reason)
    pytest.importorskip("ipykernel", reason=reason)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))

    def run(cells, folder, **settings):
        book = nbformat.v4.new_notebook(cells=list(cells))
        where = {"metadata": {"path": str(folder)}}
        client.NotebookClient(book, timeout=120, resources=where, **settings).execute()
        return [shown_by(cell) for cell in book.cells if cell.cell_type == "code"]

    return run


class Shown(str):
    """The output of a cell as text, and its HTML."""

    html = ""


def shown_by(cell):
    """Return what was printed, displayed and raised, in this order and without colours."""
    text, html = "", ""
    for output in cell.outputs:
        data = output.get("data", {})
        html += data.get("text/html", "")
        # A stream comes in as many pieces as chance will have it.
        text += output.get("text") or data.get("text/plain") or output.get("evalue", "")
        text += "" if output.output_type == "stream" else "\n"
    shown = Shown(re.sub(r"\x1b\[[\d;]*m", "", text))
    shown.html = html
    return shown


@pytest.fixture
def solution():
    """Return the reference of an exercise after replacing text given as (right, wrong) pairs."""
    root = Path(__file__).parents[3] / "solutions"

    def read(name, *changes):
        (path,) = (root / name).glob("*.py")
        text = path.read_text("utf-8")
        for right, wrong in changes:
            assert text.count(right) == 1, right
            text = text.replace(right, wrong)
        return text

    return read
