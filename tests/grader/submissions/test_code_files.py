"""Files of code, by their names."""

import pytest

from grader.submissions.code_files import code_kind, may_be_notebook, stem_of


@pytest.mark.parametrize(
    ("name", "kind", "stem"),
    [
        ("affine.py", "py", "affine"),
        ("AFFINE.PY", "py", "AFFINE"),
        ("affine.ipynb", "ipynb", "affine"),
        ("affine.py.txt", "py", "affine"),
        ("affine.ipynb.txt", "ipynb", "affine"),
        ("affine.ipynb.json", "ipynb", "affine"),
        ("affine.ipynb (1).txt", "ipynb", "affine"),
        ("affine.py copy 2.txt", "py", "affine"),
        ("affine (1).py.txt", "py", "affine (1)"),
        ("affine.py.py", "py", "affine"),
        ("affine.py.download", "py", "affine"),
        ("a.b.py", "py", "a.b"),
    ],
)
def test_the_endings_that_other_programs_add_are_ignored(name, kind, stem):
    """Seen in executablebooks/sphinx-book-theme#105 and jupyter/nbviewer#177, where a browser or
    Windows saves .ipynb.txt, and in manics/jupyter-offlinenotebook#167, where Firefox saves .json.
    """
    assert (code_kind(name), stem_of(name)) == (kind, stem)


@pytest.mark.parametrize(
    "name", ["a.pyc", "py", "a.txt", "a.py.zip", "", "a.ipynb~", "a.pyi", "a.py.bak", "a.python"]
)
def test_other_files_are_no_code_by_their_names(name):
    """Caches, archives and what editors keep."""
    assert code_kind(name) == ""


def test_a_text_has_a_stem_too():
    """It may be code by its content, if it is named after an exercise."""
    assert [stem_of(name) for name in ("affine.txt", "affine.JSON", "affine.md", "x")] == [
        "affine",
        "affine",
        "affine.md",
        "x",
    ]
    assert [may_be_notebook(name) for name in ("a.ipynb.txt", "a.json", "a.py.txt")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("piece", [".py", " (1)", " copy", ".txt", "_"])
def test_a_longer_name_than_any_file_has_is_no_code(piece):
    """It is in a cell of a notebook, and is not even matched."""
    assert code_kind("a" + piece * 100_000 + ".py") == ""
    assert code_kind("a" + piece * 20 + "!") == ""
