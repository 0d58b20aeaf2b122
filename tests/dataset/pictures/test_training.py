"""The output at the end of a training."""

import numpy as np
import pytest

from dataset.pictures import show_training
from dataset.pictures.training import draw_digits, surest_mistakes, tell_mistakes

CURVE = [(0.1, 0.125), (0.9, 0.875)]


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sure_of(guesses, lead=1.0):
    """Scores with which a network reads these digits."""
    return lead * np.eye(10)[guesses]


def test_the_digits_that_are_confused_most_often_are_named():
    """The message names the right digit, the one read, and how often."""
    labels = np.array([4] * 6 + [7] * 3 + [1] * 5)
    guesses = np.array([9] * 5 + [4] + [2] * 3 + [1, 1, 1, 1, 7])
    assert tell_mistakes(labels, guesses) == (
        "9 of 14 images are misread,\nmost often 4 as 9 (5 times), 7 as 2 (3 times), 1 as 7 (once)"
    )
    assert tell_mistakes(labels, labels) == "none of 14 images is misread"


def test_the_surest_mistakes_come_first():
    """Digits read correctly are not included, however high their score."""
    labels = np.array([0, 1, 2, 3])
    scores = np.concatenate([sure_of([5, 5]), sure_of([2], lead=9), sure_of([5], lead=3)])
    assert surest_mistakes(labels, scores).tolist() == [3, 0, 1]


@pytest.mark.thorough
def test_a_training_ends_with_two_pictures_and_their_words(stand_in, mnist, capsys):
    """Real digits, one-hot; a network that reads every 7 as 1."""
    _, (images, every_label) = mnist
    labels = every_label[:200]
    scores = sure_of(np.where(labels == 7, 1, labels))
    show_training(CURVE, images[:200], np.eye(10)[labels], scores)
    sevens = np.sum(labels == 7)
    assert capsys.readouterr().out.splitlines() == [
        f"{sevens} of 200 images are misread,",
        f"most often 7 as 1 ({sevens} times)",
        "accuracy.png: accuracy over the epochs, on test images from 0.125 to 0.875",
        f"mistaken_digits.png: the {sevens} most confident mistakes, and what the network read",
    ]
    for name in ("accuracy.png", "mistaken_digits.png"):
        assert (stand_in / name).read_bytes().startswith(b"\x89PNG")


def test_label_indices_do_as_well_and_a_perfect_network_has_no_page(stand_in, capsys):
    """No digit was misread, so there is nothing to show."""
    labels = np.arange(10)
    show_training(CURVE, np.zeros((10, 784)), labels, sure_of(labels))
    assert "none of 10 images is misread\naccuracy.png" in capsys.readouterr().out
    assert not (stand_in / "mistaken_digits.png").exists()


def test_each_digit_is_drawn_with_what_it_is_and_what_was_read():
    """In rows of ten, in order; the rest of the last row is empty."""
    images = np.arange(12 * 784, dtype=float).reshape(12, 784)
    (axes,) = draw_digits(images, np.arange(12) % 10, np.full(12, 3)).axes
    told = [text.get_text() for text in axes.texts]
    assert told[:3] == ["0 → 3", "1 → 3", "2 → 3"]
    assert len(told) == 12
    page = np.asarray(axes.images[0].get_array())
    height, width = page.shape[0] // 2, page.shape[1] // 10
    tiles = page.reshape(2, height, 10, width).swapaxes(1, 2).reshape(20, height, width)
    assert np.array_equal(tiles[:12, -28:, -28:], images.reshape(12, 28, 28))
    assert not tiles[12:].any()


def test_without_matplotlib_the_text_is_printed_anyway(stand_in, capsys, monkeypatch):
    """Only the pictures are missing."""
    monkeypatch.setattr("dataset.pictures.training.can_draw", lambda: False)
    show_training(CURVE, np.zeros((2, 784)), np.array([1, 2]), sure_of([1, 7]))
    assert "2 as 7 (once)" in capsys.readouterr().out
    assert not list(stand_in.iterdir())
