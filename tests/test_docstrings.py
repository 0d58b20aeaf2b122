"""The settings of `numpydoc lint` in pyproject.toml: what they report, and what they accept."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARAMETERS = """Add.

    Parameters
    ----------
    x : int
        The first number.
    y : int
        The second number.
"""
RETURNS = "Add.\n\n    Returns\n    -------\n    int\n        The sum.\n"
FIRST = "    x : int\n        The first number.\n"
SOUND = {
    "one sentence": "Add.",
    "all parameters": PARAMETERS,
    "two in one entry": PARAMETERS.replace(f"{FIRST}    y", "    x, y"),
    "no parameters, but what is returned": RETURNS,
}
FAULTY = {
    "a parameter is missing": ("    y : int\n        The second number.\n", "", "PR01"),
    "a parameter is unknown": ("y : int", "z : int", "PR02"),
    "another order": (f"{FIRST}    y", f"{FIRST}    x".replace("x", "y", 1), "PR03"),
    "no description": ("        The second number.\n", "", "PR07"),
    "no space before the colon": ("y : int", "y: int", "PR10"),
    "a heading that is none": ("Parameters\n    ----------", "Paramters\n    ---------", "GL06"),
    "sections in another order": ("Add.\n", RETURNS, "GL07"),
}


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """The checks that fail for each docstring, by its name."""
    root = tmp_path_factory.mktemp("docstrings")
    shutil.copy(ROOT / "pyproject.toml", root)
    docstrings = dict(SOUND)
    for name, (right, wrong, _) in FAULTY.items():
        assert PARAMETERS.count(right) == 1, name
        docstrings[name] = PARAMETERS.replace(right, wrong)
    source, names = '"""Docstrings."""\n', {}
    for name, docstring in docstrings.items():
        names[source.count("\n") + 1] = name
        source += f'def add(x, y):\n    """{docstring}"""\n'
    (root / "source.py").write_text(source, "utf-8")
    command = [sys.executable, "-m", "numpydoc", "lint", "source.py"]
    done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8")
    found = {name: set() for name in docstrings}
    for line, check in re.findall(r"source\.py:(\d+): (\w+) ", done.stdout + done.stderr):
        found[names[int(line)]].add(check)
    return found


@pytest.mark.parametrize("name", SOUND)
def test_a_docstring_that_says_enough_is_let_through(reported, name):
    """A section may be left out."""
    assert reported[name] == set()


@pytest.mark.parametrize("name", FAULTY)
def test_a_docstring_that_disagrees_with_its_signature_is_reported(reported, name):
    """A section that is there has to be right."""
    *_, check = FAULTY[name]
    assert check in reported[name]
