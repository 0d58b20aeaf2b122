"""The output of exercise 08: paths down a valley."""

import numpy as np
import pytest

from dataset.pictures import show_paths
from dataset.pictures.paths import crossings, draw_paths, height, tell_paths

STRAIGHT = np.array([(-7.0, 2.0), (-3.0, 1.0), (0.0, 0.0)])
ZIGZAG = np.array([(-7.0, 2.0), (-6.0, -1.0), (-5.0, 0.5)])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_table_lists_points_and_what_they_come_to():
    """One row for a step, one column for an optimizer; f in the end, and how often y changed."""
    assert tell_paths({"SGD": ZIGZAG, "Adam": STRAIGHT}).splitlines() == [
        "                   SGD              Adam",
        "   0     (-7.00, 2.00)     (-7.00, 2.00)",
        "   1    (-6.00, -1.00)     (-3.00, 1.00)",
        "   2     (-5.00, 0.50)      (0.00, 0.00)",
        "f(x, y) after step 2: SGD 1.5000, Adam 0.0000",
        "y has changed its sign: SGD 2, Adam 0 times",
    ]


def test_of_a_long_path_some_steps_are_listed_and_the_last():
    """The first steps are the longest."""
    path = np.linspace((-7.0, 2.0), (0.0, 0.0), 26)
    rows = tell_paths({"SGD": path}).splitlines()[1:-2]
    assert [int(row.split()[0]) for row in rows] == [0, 1, 2, 3, 5, 10, 20, 25]


def test_a_path_that_left_the_valley_is_told_and_drawn():
    """A learning rate may be too large, or a mistake may give NaN."""
    lost = np.array([(-7.0, 2.0), (1e200, -1e200), (np.nan, np.inf)])
    with np.errstate(all="ignore"):
        assert "SGD nan" in tell_paths({"SGD": lost})
        draw_paths({"SGD": lost})


def test_the_floor_is_crossed_where_y_changes_its_sign():
    """A path that stops on it has not crossed it."""
    assert crossings(ZIGZAG) == 2
    assert crossings(STRAIGHT) == 0


def test_the_valley_is_the_one_of_the_lesson():
    """f(x, y) = x²/20 + y², with the gradient (x / 10, 2 y)."""
    h, x, y = 1e-6, -7.0, 2.0
    assert height(x, y) == 6.45
    slopes = [height(x + h, y) - height(x - h, y), height(x, y + h) - height(x, y - h)]
    assert np.allclose(np.array(slopes) / (2 * h), (x / 10, 2 * y))


def test_the_paths_are_printed_and_saved(folder, capsys):
    """The table first; then the file, and in words what it shows."""
    show_paths({"SGD": ZIGZAG, "Adam": STRAIGHT})
    *table, last = capsys.readouterr().out.splitlines()
    assert table == tell_paths({"SGD": ZIGZAG, "Adam": STRAIGHT}).splitlines()
    assert last == "optimizer_paths.png: the paths of SGD, Adam over the contours of f"
    assert (folder / "optimizer_paths.png").read_bytes().startswith(b"\x89PNG")


def test_each_path_is_drawn_on_axes_of_its_own():
    """With its name above, and all its points; as many axes as there are paths."""
    figure = draw_paths({"SGD": ZIGZAG, "Momentum": STRAIGHT, "Adam": STRAIGHT})
    drawn = [axes for axes in figure.axes if axes.lines]
    assert [axes.get_title() for axes in drawn] == ["SGD", "Momentum", "Adam"]
    assert np.array_equal(drawn[0].lines[0].get_xydata(), ZIGZAG)
    assert [axes.get_visible() for axes in figure.axes] == [True, True, True, False]
