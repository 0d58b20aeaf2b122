"""Reading the cells of a notebook as code, with notes on what is left out."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebooks import notebook
from told import told

from grader.submissions.budget import MAX_TOKENS
from grader.submissions.file_tree import Unreadable
from grader.submissions.notebooks.notebook_cells import read_cells

ROOT = Path(__file__).parents[4]


def attempt(content):
    """Return whether a notebook is either read as cells of text or refused with a reason."""
    try:
        found = read_cells(content, "hw.ipynb")
    except Unreadable as error:
        return "hw.ipynb " in str(error)
    return all(isinstance(text, str) for text in found.cells + told(found.notes))


def refusal(content):
    """Return why a notebook is refused; the message must name it."""
    with pytest.raises(Unreadable) as caught:
        read_cells(content, "hw.ipynb")
    assert str(caught.value).startswith("hw.ipynb ")
    return str(caught.value)


# Notebooks


def test_the_code_cells_are_read_in_their_order():
    """Text cells, raw cells and outputs are ignored."""
    made = nbformat.v4.new_notebook()
    code = nbformat.v4.new_code_cell("a = 1\n")
    code.outputs = [nbformat.v4.new_output("stream", text="b = 2\n")]
    empty = nbformat.v4.new_code_cell("")
    markdown = nbformat.v4.new_markdown_cell("c = 3", attachments={"x.png": {"image/png": "eA=="}})
    raw = nbformat.v4.new_raw_cell("d = 4")
    made.cells = [code, markdown, empty, raw, nbformat.v4.new_code_cell("e = 5")]
    found = read_cells(nbformat.writes(made).encode(), "hw.ipynb")
    assert (found.cells, told(found.notes)) == (("a = 1\n", "", "e = 5"), ())


def test_a_source_may_be_one_text_or_a_list_of_lines():
    """Jupyter writes a list, and other programs write a text."""
    cells = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
        for source in ("a = 1\nb = 2", ["a = 1\n", "b = 2"], [])
    ]
    found = read_cells(notebook(cells=cells), "hw.ipynb")
    assert found.cells == ("a = 1\nb = 2", "a = 1\nb = 2", "")


def test_a_byte_order_mark_and_windows_line_ends_are_accepted():
    """Line ends of classic Mac OS are accepted too."""
    content = b"\xef\xbb\xbf" + notebook("a = 1\r\nb = 2\rc = 3\n%x\r\n").replace(b", ", b",\r\n")
    assert read_cells(content, "hw.ipynb").cells == ("a = 1\nb = 2\nc = 3\npass\n",)


@pytest.mark.parametrize("minor", range(6))
def test_every_notebook_of_format_4_is_read(minor):
    """Cells have ids only in later minor versions."""
    assert read_cells(notebook("a = 1", nbformat_minor=minor), "hw.ipynb").cells == ("a = 1",)


def test_older_formats_are_converted():
    """Formats 3, 2 and 1 use other names for the same fields."""
    code = {"cell_type": "code", "language": "python", "outputs": [{"output_type": "odd"}]}
    for major, first_line in ((3, "a = 1\n"), (2, "a = 1")):
        cells = [{**code, "input": [first_line, "%x"]}, {"cell_type": "markdown", "source": "b"}]
        old = {"nbformat": major, "nbformat_minor": 0, "metadata": {"name": ""}}
        content = json.dumps({**old, "worksheets": [{"cells": cells}]}).encode()
        found = read_cells(content, "hw.ipynb")
        assert (found.cells, told(found.notes)) == (
            ("a = 1\npass",),
            ("cell 1: %x is ignored",),
        )
    first = {"nbformat": 1, "cells": [{"cell_type": "code", "code": "a = 1"}]}
    assert read_cells(json.dumps(first).encode(), "hw.ipynb").cells == ("a = 1",)


def test_a_heading_of_huge_level_in_an_old_notebook_takes_no_memory():
    """nbformat would write as many characters before it as its level."""
    heading = {"cell_type": "heading", "level": 10**15, "source": "x"}
    raw = {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [heading]}], "cells": []}
    assert read_cells(json.dumps(raw).encode(), "hw.ipynb").cells == ()


def test_notebooks_that_violate_the_schema_are_read():
    """Missing or duplicate ids, unknown keys and odd outputs are tolerated."""
    cell = {"cell_type": "code", "source": "a = 1", "id": "x", "outputs": 7, "odd": {}}
    content = notebook(cells=[cell, cell, {"cell_type": "code", "source": "b"}], odd=1)
    assert read_cells(content, "hw.ipynb").cells == ("a = 1", "a = 1", "b")


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"language_info": {"name": "python", "version": "3.12"}},
        {"language_info": {"name": "Python"}},
        {"language_info": {"name": "ipython"}},
        {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        {"kernelspec": {"name": "ir"}, "language_info": {"name": "python"}},
        {"language_info": 3, "kernelspec": [1]},
        {"language_info": {"name": None}},
    ],
)
def test_python_is_read_and_is_the_default(metadata):
    """Colab and others do not store the language."""
    assert read_cells(notebook("a = 1", metadata=metadata), "hw.ipynb").cells == ("a = 1",)


@pytest.mark.parametrize(
    "metadata",
    [
        {"language_info": {"name": "R"}},
        {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}},
        {"kernelspec": {"language": "python"}, "language_info": {"name": "R"}},
    ],
)
def test_another_language_is_reported(metadata):
    """The message names it."""
    told = refusal(notebook("a <- 1", metadata=metadata))
    assert told == "hw.ipynb is written in R: hand in a notebook in Python"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is not a notebook, as it is not JSON"),
        (b"a = 1\n", "is not a notebook, as it is not JSON"),
        (notebook("a = 1")[:-20], "is not a notebook, as it is not JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}", "is not a notebook"),
        (b"[]", "is JSON, but no notebook"),
        (b"null", "is JSON, but no notebook"),
        (b"{}", "is JSON, but no notebook"),
        (b'{"cells": []}', "is JSON, but no notebook"),
        (b'{"nbformat": 4}', "is JSON, but no notebook"),
        (notebook(nbformat="4"), "is JSON, but no notebook"),
        (notebook(nbformat=True), "is JSON, but no notebook"),
        (notebook(nbformat=0), "is JSON, but no notebook"),
        (notebook(nbformat=5), "is a notebook of format 5, and the newest that is known is 4"),
        (notebook(cells=7), "is a damaged notebook"),
        (notebook(cells=[7]), "is a damaged notebook"),
        (notebook(cells=[{}]), "is a damaged notebook"),
        (notebook(cells=[{"cell_type": "code", "metadata": {}}]), "is a damaged notebook"),
        (notebook(cells=[{"cell_type": "code", "source": 1}]), "is a damaged notebook"),
        (notebook(cells=[{"cell_type": "code", "source": [1]}]), "is a damaged notebook"),
        (notebook(metadata=7), "is a damaged notebook"),
        (b'{"nbformat": 3, "worksheets": 1}', "is a damaged notebook"),
        (
            notebook("a = 1").decode().encode("utf-16"),
            "is not encoded in UTF-8 (byte 0xff, most likely UTF-16)",
        ),
        (notebook("x").replace(b'"x"', '"\N{CJK UNIFIED IDEOGRAPH-4E58}"'.encode("gbk")), "UTF-8"),
        (b'{"a":' * 50_000 + b"}" * 50_000, "is nested too deeply"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"[" * (MAX_TOKENS + 1), "is too large: clear its outputs"),
        (notebook("a = 1", "b = '\ud800'"), "contains an unpaired surrogate in code cell 2"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_not_a_notebook_is_reported_by_its_content(content, told):
    """The message names the file, and says what to do."""
    message = refusal(content)
    assert told in message
    assert ": " in message
    assert len(message) < 300


def test_nesting_close_to_the_recursion_limit_is_handled():
    """Any failure of the parser is reported."""
    for depth in range(100, 1100, 50):
        nested = b'{"x":' * depth + b"1" + b"}" * depth
        assert attempt(notebook("a = 1", x="nested").replace(b'"nested"', nested))


def test_nothing_is_printed_while_a_notebook_is_read(capfd, recwarn):
    """Warnings of nbformat are hidden from the learner."""
    old = {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": []}], "odd": 1}
    read_cells(json.dumps(old).encode(), "hw.ipynb")
    read_cells(notebook("a = 1", nbformat_minor=99), "hw.ipynb")
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


def test_importing_the_module_does_not_import_nbformat():
    """The import takes a fifth of a second, and most commands do not need it."""
    module = "grader.submissions.notebooks.notebook_cells"
    code = f"import sys, {module}; sys.exit('nbformat' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


# IPython's own


@pytest.mark.parametrize(
    ("source", "exercise"),
    [
        ("%%kata affine\nb = 2\n", "affine"),
        ("\n  %%kata   03_affine  \r\nb = 2\n", "03_affine"),
        ("%%time\n%%kata affine\nb = 2\n", "affine"),
        ("%%kata\nb = 2", ""),
        ("b = 2\n%%kata affine", ""),
        ("%kata affine\nb = 2", ""),
        ("# %%kata affine\nb = 2", ""),
    ],
)
def test_the_courses_own_cell_magic_says_which_exercise_a_cell_is(source, exercise):
    """It is at the top of the cell, perhaps below other cell magics; the rest is code."""
    found = read_cells(notebook("a = 1", source), "hw.ipynb")
    assert found.exercises == ("", exercise)
    assert "b = 2" in found.cells[1]


def test_the_courses_own_cell_magic_has_no_note():
    """It is not listed as ignored."""
    assert told(read_cells(notebook("%%kata affine\nb = 2\n"), "hw.ipynb").notes) == ()


def test_the_cells_of_one_exercise_keep_their_numbers():
    """All other cells become empty, without notes on what was ignored in them."""
    found = read_cells(notebook("%x", "%%kata a\n%y", "%%kata b\nb = 2"), "hw.ipynb")
    part = found.only({"a"}.__contains__)
    assert (part.cells, told(part.notes)) == (
        ("", "\npass", ""),
        ("cell 2: %y is ignored",),
    )
    rest = found.only({""}.__contains__)
    assert (rest.cells, told(rest.notes)) == (
        ("pass", "", ""),
        ("cell 1: %x is ignored",),
    )


def test_the_cells_of_each_exercise_may_be_as_long_as_a_module():
    """A notebook with all exercises is longer; cells that name none count together."""
    long = "x = 1\n" * 6_000
    read = read_cells(notebook(f"%%kata 03\n{long}", f"%%kata 04\n{long}", long), "a.ipynb")
    assert len(read.cells) == 3
    for cells in ([f"%%kata 03\n{long}"] * 2, [long] * 2):
        with pytest.raises(Unreadable) as refused:
            read_cells(notebook(*cells), "a.ipynb")
        assert "more than 65,536 characters of code" in str(refused.value.text)


def test_what_was_ignored_is_reported():
    """The note has the cell and the line; a cell in another language is reported once."""
    found = read_cells(notebook("%pylab\na?", "b = 2", "%%bash\nls", "%%time\nc = 3"), "x.ipynb")
    assert told(found.notes) == (
        "cell 1: %pylab is ignored",
        "cell 1: a? is ignored",
        "cell 3: %%bash (with its whole cell) is ignored",
        "cell 4: %%time is ignored",
    )


def test_notes_are_few_short_and_harmless():
    """There are twenty, then a count of the others; none holds terminal commands."""
    found = read_cells(notebook("%x" + "y" * 1000 + "\n" + "!\x1b[2J\n" * 99), "x.ipynb")
    assert len(found.notes) == 21
    assert str(found.notes[-1]) == "and 80 more"
    assert max(map(len, told(found.notes))) < 100
    assert all(map(str.isprintable, told(found.notes)))


# Hostile ones


@given(content=st.binary(max_size=300))
def test_any_bytes_are_a_notebook_or_refused(content):
    """Arbitrary bytes have no other result."""
    assert attempt(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
KEYS = ("cell_type", "source", "metadata", "outputs", "id", "input", "language", "cells", "level")
CELLS = st.dictionaries(
    st.sampled_from(KEYS), st.sampled_from(["code", "heading", "a = 1", ["%x\n", "b"]]) | JSON
)


@given(major=st.integers(1, 4), minor=JSON, metadata=JSON, cells=st.lists(CELLS | JSON, max_size=4))
def test_any_json_is_a_notebook_or_refused(major, minor, metadata, cells):
    """Cells and their sources may be any values."""
    raw = {"nbformat": major, "nbformat_minor": minor, "metadata": metadata, "cells": cells}
    raw["worksheets"] = [{"cells": cells}]
    assert attempt(json.dumps(raw).encode())


@given(data=st.data())
def test_a_damaged_notebook_is_a_notebook_or_refused(data):
    """Bytes are changed or removed."""
    content = bytearray(notebook("a = 1\n%x\n", "%%time\nb = 'é'\n", metadata={"kernelspec": {}}))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[place] = data.draw(st.sampled_from(b'"\\{}[],:0\n\xffx'))
        else:
            del content[place : place + data.draw(st.integers(1, 30))]
    assert attempt(bytes(content))
