"""Saves are noticed for every way in which editors save."""

from queue import SimpleQueue

from grader.kata.watch.file_watch import saves


def test_a_save_is_noticed_whether_written_in_place_or_moved_there(tmp_path):
    """And watching ends when requested."""
    (tmp_path / "03_affine").mkdir()
    file = tmp_path / "03_affine" / "affine.py"
    noticed = SimpleQueue()
    with saves(tmp_path, lambda: noticed.put(file.exists() and file.read_text("utf-8"))):
        file.write_text("one", "utf-8")
        while noticed.get(timeout=60) != "one":
            pass
        (tmp_path / "draft").write_text("two", "utf-8")
        (tmp_path / "draft").replace(file)
        while noticed.get(timeout=60) != "two":
            pass
