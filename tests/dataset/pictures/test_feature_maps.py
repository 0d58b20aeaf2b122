"""What filters see in an image, as text and as a picture."""

import numpy as np
import pytest

from dataset.pictures import show_feature_maps
from dataset.pictures.feature_maps import draw_maps, tell_maps

IMAGE = np.zeros((6, 8))
IMAGE[:, 4:] = 1  # dark on the left, bright on the right
SLOPE = np.array([[-1.0, 0.0, 1.0]] * 3)
FILTERS = {"left edges": SLOPE, "right edges": -SLOPE}
MAPS = np.array([np.outer(np.ones(4), sign * np.array([0, 0, 3, 3, 0, 0])) for sign in (1, -1)])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_map_shows_where_its_filter_finds_something():
    """Two rows of pixels in one line; what is negative is as empty as 0."""
    wide = [np.repeat(one, 4, axis=1) for one in (IMAGE[1:-1, 1:-1], *MAPS)]
    lines = tell_maps(wide[0], list(FILTERS), np.array(wide[1:]))
    dark, bright = " " * 12, "@" * 12
    edge = f"{' ' * 8}{'@' * 8}{' ' * 8}"
    assert lines == [
        f"{'the image':26}{'left edges, up to 3.00':26}right edges, up to 0.00",
        f"{dark}{bright}  {edge}".rstrip(),
        f"{dark}{bright}  {edge}".rstrip(),
    ]


def test_there_are_three_panels_in_a_row_of_at_most_80_columns():
    """Maps of 24 x 24, which a filter of 5 x 5 makes of a digit."""
    ramp = np.broadcast_to(np.linspace(0, 1, 24), (24, 24))
    lines = tell_maps(ramp, list("abcde"), np.array([ramp] * 5))
    assert len(lines) == 2 * (1 + 12)
    assert max(map(len, lines)) == 3 * 24 + 2 * 2
    assert lines[1][:24] == lines[14][26:50]


def test_an_empty_map_is_empty():
    """Nothing is divided by its largest output, which is 0."""
    lines = tell_maps(np.zeros((4, 30)), ["nothing"], np.zeros((1, 4, 30)))
    assert [line.strip() for line in lines[1:]] == ["", ""]


def test_the_columns_stay_in_line_in_chinese(monkeypatch):
    """A Chinese character is two columns wide."""
    monkeypatch.setenv("KATA_LANG", "zh-CN")
    first = tell_maps(np.ones((2, 24)), ["x"], np.ones((1, 2, 24)))[0]
    assert first == f"图像{' ' * 22}x，最大1.00"


def test_it_ends_with_a_picture_and_its_words(folder, capsys):
    """The image is cut to the size of the maps, around its middle."""
    show_feature_maps(IMAGE, FILTERS, MAPS)
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == "feature_maps.png: 2 filters, and what each of them sees"
    assert [line[:6].rstrip() for line in printed[1:3]] == ["   @@@", "   @@@"]
    assert (folder / "feature_maps.png").read_bytes().startswith(b"\x89PNG")


def test_each_filter_is_drawn_above_its_map():
    """On one scale for both signs, so that 0 is white."""
    axes = draw_maps(IMAGE[1:-1, 1:-1], FILTERS, MAPS).axes
    shown = [np.asarray(one.images[0].get_array()) if one.images else None for one in axes]
    assert shown[0] is None
    for i, (name, weights) in enumerate(FILTERS.items(), start=1):
        assert axes[i].get_title() == name
        assert np.array_equal(shown[i], weights)
        assert np.array_equal(shown[3 + i], MAPS[i - 1])
        assert axes[3 + i].images[0].get_clim() == (-3, 3)
    assert np.array_equal(shown[3], IMAGE[1:-1, 1:-1])


def test_without_matplotlib_the_text_is_printed_anyway(folder, capsys, monkeypatch):
    """Only the picture is missing."""
    monkeypatch.setattr("dataset.pictures.feature_maps.can_draw", lambda: False)
    show_feature_maps(IMAGE, FILTERS, MAPS)
    assert "the im" in capsys.readouterr().out
    assert not list(folder.iterdir())
