"""An update of a folder: brings what is new, and loses no line of the learner's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.release.files import MANIFEST
from grader.release.update import write_folder

STUB = "exercises/03_affine/affine.py"


EDITS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20))


@given(EDITS, st.sampled_from([STUB, "exercises/03_affine/README.md", "pyproject.toml"]))
def test_an_update_loses_no_line_of_the_learners(tmp_path_factory, files, lines, name):
    """Whatever the learner wrote is still there, in the file or next to it."""
    folder = tmp_path_factory.mktemp("theirs")
    small = {path: files[path] for path in (STUB, name, MANIFEST)}
    write_folder(small, folder)
    path, theirs = folder / name, "\n".join(lines).encode()
    path.write_bytes(theirs)
    for round_ in (b"# new\n", b"# newer\n"):
        write_folder({**small, name: round_ + files[name]}, folder)
        assert theirs in [other.read_bytes() for other in path.parent.glob(f"{path.name}*")]


def test_an_update_replaces_what_is_untouched(files, tmp_path):
    """An edited stub is kept, the new one comes beside it, and both are said."""
    write_folder(files, tmp_path)
    (tmp_path / STUB).write_text("theirs", "utf-8")
    lesson = "exercises/03_affine/README.md"
    new = {**files, STUB: b"new stub", lesson: b"new lesson"}
    (kept,) = write_folder(new, tmp_path)
    assert (tmp_path / STUB).read_text("utf-8") == "theirs"
    assert kept.beside.read_bytes() == b"new stub"
    assert "is kept" in str(kept)
    assert (tmp_path / lesson).read_bytes() == b"new lesson"


def test_a_folder_with_something_else_is_refused(files, tmp_path):
    """Nothing in it is changed."""
    (tmp_path / "file").write_text("theirs", "utf-8")
    with pytest.raises(CourseError, match="something else"):
        write_folder(files, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff"])
def test_a_list_of_files_that_is_damaged_is_told(files, tmp_path, content):
    """Nothing is written: what the learner edited would not be known."""
    write_folder(files, tmp_path)
    (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(CourseError, match="expected the list of what was handed out"):
        write_folder({**files, STUB: b"new"}, tmp_path)
    assert (tmp_path / STUB).read_bytes() == files[STUB]


def test_a_file_that_cannot_be_written_is_named(files, tmp_path):
    """Here a folder has its name. Everything else can be written the next time."""
    write_folder(files, tmp_path)
    (tmp_path / STUB).unlink()
    (tmp_path / STUB / "x").mkdir(parents=True)
    with pytest.raises(CourseError, match=r"affine\.py cannot be written"):
        write_folder({**files, STUB: b"new"}, tmp_path)
