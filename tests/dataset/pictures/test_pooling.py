"""The picture of an image before and after pooling."""

import numpy as np

from dataset.pictures import show_pooling
from dataset.pictures.pooling import draw_pooling, in_characters, side_by_side

IMAGE = np.array([[0.0, 0.0, 0.2, 1.0], [0.0, 0.0, 0.5, 0.0]])
MAXIMA = np.array([[0.0, 1.0]])
FIRST = np.array([[1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
SHARED = np.array([[0.25, 0.25, 0.0, 1.0], [0.25, 0.25, 0.0, 0.0]])


def test_the_image_the_places_of_its_maxima_and_these_are_printed(tmp_path, monkeypatch, capsys):
    """Side by side; a place without ink is a dot. The picture is saved, and told in words."""
    monkeypatch.chdir(tmp_path)
    show_pooling(IMAGE, MAXIMA, FIRST)
    assert capsys.readouterr().out.splitlines() == [
        "  .@  .  @   @",
        "  o",
        "8 pixels become 2 maxima; the gradient reaches 2 pixels,",
        "1 with ink and 1 without",
        "pooling.png: the image with a dot at each maximum, and its 2 maxima",
    ]
    assert (tmp_path / "pooling.png").read_bytes().startswith(b"\x89PNG")


def test_a_layer_that_shares_ties_reaches_more_pixels(monkeypatch, capsys):
    """Every place with a gradient is marked and counted, however small it is."""
    monkeypatch.setattr("dataset.pictures.pooling.can_draw", lambda: False)
    show_pooling(IMAGE, MAXIMA, SHARED)
    first, second, *told = capsys.readouterr().out.splitlines()
    assert first == "  .@  .. @   @"
    assert second == "  o   .."
    assert told == [
        "8 pixels become 2 maxima; the gradient reaches 5 pixels,",
        "1 with ink and 4 without",
    ]


def test_the_darkness_of_a_character_is_that_of_its_number():
    """The largest number is the darkest; zeros and what is below are blank."""
    assert in_characters(np.array([[0, 0.1, 0.3, 0.6, 1]])) == [" .oO@"]
    assert in_characters(np.array([[0, 1, 3, 6, 10]])) == [" .oO@"]
    assert in_characters(np.array([[-1.0, 0.0]])) == ["  "]
    assert in_characters(np.zeros((0, 3))) == []


def test_texts_of_different_heights_begin_at_the_top():
    """No line ends with blanks."""
    assert side_by_side(["ab", "cd"], ["x"]) == "ab  x\ncd"


def test_a_dot_is_where_the_gradient_goes():
    """On the image before pooling; the maxima are next to it."""
    before, after = draw_pooling(IMAGE, MAXIMA, FIRST).axes
    (dots,) = before.collections
    assert np.asarray(dots.get_offsets()).tolist() == [[0, 0], [3, 0]]
    assert np.array_equal(before.images[0].get_array(), IMAGE)
    assert np.array_equal(after.images[0].get_array(), MAXIMA)
