"""Paths in commands: what is pasted into a shell reaches a program as it was."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.messages.pasting import quoted

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), min_size=1, max_size=9)


def test_a_plain_path_is_left_as_it_is():
    """Most are."""
    assert quoted("exercises/03_affine") == "exercises/03_affine"


@pytest.mark.parametrize("name", ["nt", "posix"])
def test_a_path_that_a_shell_would_split_is_in_quotes(monkeypatch, name):
    """Double ones on Windows, where cmd knows no others. Seen: ``cd My Course (2026) [a]``."""
    monkeypatch.setattr(os, "name", name)
    quote = '"' if name == "nt" else "'"
    assert quoted("My Course (2026) [a]") == f"{quote}My Course (2026) [a]{quote}"


def test_a_path_is_never_taken_for_an_option():
    """A folder may be called -x."""
    assert quoted("-x") == os.path.join(".", "-x")


@pytest.mark.thorough
@pytest.mark.skipif(os.name != "posix", reason="runs a POSIX shell")
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_a_shell_passes_it_on_unchanged(paths):
    """Whatever is in it."""
    show = "import os, sys; [print(ascii(os.path.normpath(one))) for one in sys.argv[1:]]"
    command = f"exec {quoted(sys.executable)} -c {quoted(show)} {' '.join(map(quoted, paths))}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [ascii(os.path.normpath(path)) for path in paths]
