"""Files that may be modules of the course, by their content."""

import json

import pytest
from packing import notebook
from small_course import WORK, small_course, tree_of
from told import told

from grader.course.limits import Limits
from grader.submissions.budget import Budget
from grader.submissions.candidates import candidates_in


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course with three exercises."""
    return small_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def read(course):
    """Return a function that reads one file."""

    def read(name, content, limits=None):
        return candidates_in(name, tree_of({name: content}), course, Budget(limits or Limits()))

    return read


def cells(*kinds_and_texts):
    """A notebook with cells of these kinds."""
    found = [
        {"cell_type": kind, "metadata": {}, "source": text, "outputs": [], "execution_count": None}
        for kind, text in kinds_and_texts
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": found})


def code_of(candidate):
    return "\n".join(text for text in candidate.source.parts().values() if text)


# By content


@pytest.mark.parametrize("name", ["affine.ipynb", "affine.ipynb.json", "affine.json", "affine.py"])
def test_a_notebook_is_one_whatever_its_ending(read, name):
    """Browsers write .ipynb.json, and a learner may have renamed it."""
    (found,) = read(name, "\ufeff  " + notebook(WORK["affine"]))
    assert (found.source.cells, found.defined) == ((WORK["affine"],), {"Affine"})


@pytest.mark.parametrize("name", ["affine.py", "affine.py.txt", "affine.ipynb", "affine.json"])
def test_python_is_python_whatever_its_ending(read, name):
    """Also in a file that is called a notebook."""
    (found,) = read(name, WORK["affine"])
    assert (found.source.text, found.source.cells) == (WORK["affine"], ())


@pytest.mark.parametrize("name", ["affine.ipynb", "affine.ipynb.txt", "affine.ipynb.json"])
@pytest.mark.parametrize("content", ["<html>", '{"cells": [', "", b"\xff\xfe{"])
def test_a_notebook_that_is_none_says_why(read, name, content):
    """It is not taken for Python, which it is not either."""
    (found,) = read(name, content)
    assert str(found.source.problem).startswith(name)


def test_python_in_a_notebooks_place_is_charged_like_any_other(read):
    """A notebook may be much larger than a module."""
    text = WORK["affine"] + "#" * (65 << 10)
    (found,) = read("affine.ipynb", text)
    assert "more than 65,536 characters of code" in str(found.source.problem)


# Cells that are no code


@pytest.mark.parametrize(("kind", "word"), [("markdown", "Markdown"), ("raw", "raw")])
def test_code_in_a_cell_that_is_no_code_is_told(read, kind, word):
    """Seen in jupyter/nbgrader#92: a code cell became a Markdown cell, and nothing said so."""
    (found,) = read("affine.ipynb", cells(("code", "a = 1"), (kind, WORK["affine"])))
    assert (found.defined, found.misplaced) == (frozenset(), {"Affine"})
    assert told(found.notes) == (
        f"affine.ipynb, cell 2 is a {word} cell but holds class Affine: make it a code cell",
    )


@pytest.mark.parametrize(
    "text",
    [
        "The class Affine is ...",
        "class Affine is what you write",
        f"```python\n{WORK['affine']}```",
        f"~~~\n{WORK['affine']}~~~",
        "    class Affine:\n        pass",
        "class Other:\n    pass",
    ],
)
def test_a_text_about_code_is_no_code(read, text):
    """Prose, quoted code, and names that are not of the course."""
    (found,) = read("affine.ipynb", cells(("markdown", text)))
    assert (found.misplaced, found.notes) == (frozenset(), ())


def test_what_a_code_cell_defines_is_told_nowhere_else(read):
    """A draft in a Markdown cell above the code."""
    (found,) = read("affine.ipynb", cells(("raw", WORK["affine"]), ("code", WORK["affine"])))
    assert (found.misplaced, found.notes) == (frozenset(), ())


@pytest.mark.parametrize("source", [None, 3, ["class Affine:\n", "    x = 1\n"], [1, None], {}])
def test_a_cell_that_is_no_code_may_hold_anything(read, source):
    """It was not even read before."""
    (found,) = read("affine.ipynb", cells(("markdown", source)))
    assert found.source.problem == ""


# Cells that write files


@pytest.mark.parametrize(
    "magic",
    [
        "%%writefile affine.py",
        "%%file affine.py",
        "%%writefile  'affine.py' ",
        "\n%%writefile /content/affine.py",
        "%%writefile -a ../affine.py\r",
    ],
)
def test_a_cell_that_writes_a_file_is_that_file(read, magic):
    """As in ucbds-infra/otter-grader#604, where a cell with a magic is dropped."""
    written, rest = read("work.ipynb", notebook("b = 1", f"{magic}\n{WORK['affine']}"))
    assert (written.path.name, written.defined) == ("affine.py", {"Affine"})
    assert written.source.filename == "work.ipynb cell 2"
    above = written.source.text.removesuffix(WORK["affine"])
    assert above.strip() == ""
    assert above.count("\n") == magic.count("\n") + 1  # lines keep their numbers
    assert told(written.notes)[0].startswith("work.ipynb, cell 2 is the file ")
    assert (rest.is_rest, rest.source.cells, rest.notes) == (True, ("b = 1", ""), ())


def test_a_file_that_is_written_again_is_the_last_one(read):
    """With ``-a`` it goes on; lines are counted in the file then."""
    book = notebook(
        "%%writefile affine.py\nold = 1",
        f"%%writefile affine.py\n{WORK['affine']}",
        "%%writefile -a affine.py\nmore = 1",
        "%%writefile net.py\nclass Net: pass",
    )
    affine, net, _ = read("work.ipynb", book)
    assert affine.source.text == f"{WORK['affine']}more = 1\n"
    assert affine.source.filename == "work.ipynb/affine.py"
    assert told(affine.notes) == ("work.ipynb, cell 2, 3 is the file affine.py",)
    assert net.path.parts == ("work.ipynb", "net.py")


def test_thousands_of_files_are_read_in_one_pass(read):
    """Each cell writes another file, or the same one again."""
    many = [f"%%file {number}.py\n" for number in range(3_000)]
    assert len(read("work.ipynb", notebook(*many))) == 3_001
    assert len(read("work.ipynb", notebook(*["%%file a.py\n"] * 3_000))) == 2
    assert len(read("work.ipynb", notebook("%%writefile " + ".py" * 20_000 + "\na = 1"))) == 1


# Exported files


def test_an_exported_file_is_read_as_its_notebook(read):
    """What is ignored is told with the name of the file."""
    (found,) = read("affine.py", f"# In[1]:\nget_ipython().system('ls')\n{WORK['affine']}")
    assert found.source.exported
    assert told(found.notes) == ("affine.py, line 2: get_ipython().system('ls') is ignored",)
    assert code_of(found).endswith(f"pass\n{WORK['affine']}")
