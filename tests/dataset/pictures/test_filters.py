"""Filters before and after training, as text and as a picture."""

import numpy as np
import pytest

from dataset.pictures import show_filters
from dataset.pictures.filters import as_text, draw_filters, likeness_of_neighbours

EDGE = np.array([[0.0, 1.0, 2.0, 3.0, 4.0]] * 5)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_filter_is_shown_from_its_lowest_weight_to_its_highest():
    """Whatever its scale, and next to another one; a constant filter is blank."""
    assert (
        as_text(np.array([EDGE - 7, EDGE[:, ::-1] * 100])).splitlines()
        == ["  ..ooOO@@   @@OOoo.."] * 5
    )
    assert not as_text(np.full((2, 5, 5), 3.0)).strip()


def test_neighbours_are_alike_in_an_edge_and_not_in_noise():
    """The correlation of neighbours, without the mean of a filter; 0 of a constant one."""
    assert likeness_of_neighbours(EDGE[None]) > 0.7
    brighter = likeness_of_neighbours(EDGE[None] + 100)
    assert brighter == pytest.approx(likeness_of_neighbours(EDGE[None]))
    assert abs(likeness_of_neighbours(np.random.default_rng(0).normal(size=(200, 5, 5)))) < 0.1
    checks = np.indices((5, 5)).sum(axis=0) % 2
    assert likeness_of_neighbours(checks[None]) < -0.9
    assert likeness_of_neighbours(np.full((2, 5, 5), 3.0)) == 0


def test_each_filter_is_drawn_before_and_after_training():
    """All of them, in the same places of both halves, from light to dark."""
    before, after = np.zeros((14, 5, 5)), np.arange(14.0)[:, None, None] * EDGE
    axes = draw_filters(before, after).axes
    drawn = [np.asarray(each.images[0].get_array()) for each in axes]
    assert np.array_equal(drawn, [*before, *after])
    assert [each.get_title(loc="left") for each in (axes[0], axes[14])] == [
        "before training",
        "after training",
    ]
    places = [each.get_position().bounds for each in axes]
    assert len(set(places)) == 28


def test_six_filters_are_printed_and_all_of_them_saved(folder, capsys):
    """The picture's words are those that are printed."""
    noise = np.random.default_rng(0).normal(size=(8, 1, 5, 5))
    show_filters(noise, np.tile(EDGE, (8, 1, 1, 1)))
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "6 of 8 filters before training:"
    assert out[6] == "and the same after training:"
    assert out[7] == "   ".join(["  ..ooOO@@"] * 6)
    assert out[12].startswith("likeness of neighbouring weights: ")
    assert out[13] == f"filters.png: {out[12]}"
    assert (folder / "filters.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_the_text_is_printed_anyway(folder, capsys, monkeypatch):
    """Only the picture is missing."""
    monkeypatch.setattr("dataset.pictures.filters.can_draw", lambda: False)
    show_filters(np.zeros((2, 1, 5, 5)), EDGE[None, None] * np.ones((2, 1, 1, 1)))
    assert "2 of 2 filters before training:" in capsys.readouterr().out
    assert not list(folder.iterdir())
