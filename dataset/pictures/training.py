"""The result of a training: its accuracy curve and the misread digits, as pictures."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dataset.language import say
from dataset.pictures.saving import can_draw, save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CURVE = Path("accuracy.png")
PAGE = Path("mistaken_digits.png")

ROWS, COLUMNS = 6, 10
TALL, WIDE = 42, 34  # pixels of a digit with its caption


def show_training(
    curve: Sequence[tuple[float, float]],
    images: np.ndarray,
    targets: np.ndarray,
    scores: np.ndarray,
) -> None:
    """Print the result of a training, and draw it if matplotlib is installed.

    In the current folder, the curve is saved as ``accuracy.png``, and a page of misread digits
    as ``mistaken_digits.png``. A summary of both is printed as well.

    Parameters
    ----------
    curve : sequence of (float, float)
        Accuracy on the training and on the test images, one pair for each epoch, starting with 0.
    images : ndarray, shape (N, 784)
        The test images.
    targets : ndarray, shape (N, 10) or (N,)
        Their digits, one-hot or as label indices.
    scores : ndarray, shape (N, 10)
        The scores of the trained network: the highest one is the digit that it reads.
    """
    labels = labels_of(targets)
    guesses = np.argmax(scores, axis=1)
    print(tell_mistakes(labels, guesses))
    if not can_draw():
        return
    save(draw_curve(curve), CURVE, tell_curve(curve))
    wrong = surest_mistakes(labels, scores)[: ROWS * COLUMNS]
    if wrong.size:
        told = say(
            "the {number} most confident mistakes, and what the network read", number=wrong.size
        )
        save(draw_digits(images[wrong], labels[wrong], guesses[wrong]), PAGE, told)


def labels_of(targets: np.ndarray) -> np.ndarray:
    """Return label indices of targets, which may be one-hot."""
    return np.argmax(targets, axis=1) if targets.ndim == 2 else targets


def tell_curve(curve: Sequence[tuple[float, float]]) -> str:
    """Say where the accuracy on the test images began and ended."""
    return say(
        "accuracy over the epochs, on test images from {first:.3f} to {last:.3f}",
        first=curve[0][1],
        last=curve[-1][1],
    )


def tell_mistakes(labels: np.ndarray, guesses: np.ndarray) -> str:
    """Count the misread digits, and name the pairs that are confused most often.

    Parameters
    ----------
    labels, guesses : ndarray of int, shape (N,)
        The right digits, and the digits that the network read.

    Returns
    -------
    str
        Two lines: ``312 of 10,000 images are misread,`` and
        ``most often 4 as 9 (18 times), ...``.
    """
    wrong = labels != guesses
    if not wrong.any():
        return say("none of {all:,} images is misread", all=len(labels))
    pairs = Counter(zip(labels[wrong].tolist(), guesses[wrong].tolist(), strict=True))
    commonest = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    often = say(", ").join(_tell_pair(*pair, times) for pair, times in commonest)
    return say(
        "{number:,} of {all:,} images are misread,\nmost often {often}",
        all=len(labels),
        number=wrong.sum(),
        often=often,
    )


def _tell_pair(label: int, guess: int, times: int) -> str:
    if times == 1:
        return say("{label} as {guess} (once)", label=label, guess=guess)
    return say("{label} as {guess} ({times} times)", label=label, guess=guess, times=times)


def surest_mistakes(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Find the misread images, those with the clearest scores first.

    Parameters
    ----------
    labels : ndarray of int, shape (N,)
        The right digits.
    scores : ndarray, shape (N, 10)
        The scores of the network.

    Returns
    -------
    ndarray of int
        Their indices, by how far the highest score is above that of the right digit.
    """
    every = np.arange(len(labels))
    guesses = np.argmax(scores, axis=1)
    lead = scores[every, guesses] - scores[every, labels]
    order: np.ndarray = np.argsort(-lead, kind="stable")
    wrong: np.ndarray = order[guesses[order] != labels[order]]
    return wrong


# Figures are created without pyplot, which would choose a backend for a whole notebook.


def draw_curve(curve: Sequence[tuple[float, float]]) -> "Figure":
    """Draw the accuracy over the epochs."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(layout="constrained")
    axes = figure.subplots()
    train_acc, test_acc = zip(*curve, strict=True)
    axes.plot(train_acc, label="training images", marker="o")
    axes.plot(test_acc, label="test images", marker="s", linestyle="--")
    axes.set(xlabel="epochs", ylabel="accuracy", ylim=(0, 1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="lower right")
    return figure


def draw_digits(images: np.ndarray, labels: np.ndarray, guesses: np.ndarray) -> "Figure":
    """Draw digits in rows, each with the right digit and the one read above it."""
    from matplotlib.figure import Figure

    rows = -(-len(images) // COLUMNS)
    page = np.zeros((rows, TALL, COLUMNS, WIDE))
    for i, image in enumerate(images):
        page[i // COLUMNS, -28:, i % COLUMNS, -28:] = image.reshape(28, 28)
    figure = Figure(figsize=(COLUMNS, rows * TALL / WIDE + 0.5))
    figure.suptitle("digit → what the network reads")
    axes = figure.add_axes((0, 0, 1, 1 - 0.5 / figure.get_figheight()))
    axes.axis("off")
    axes.imshow(page.reshape(rows * TALL, COLUMNS * WIDE), cmap="gray_r", aspect="auto")
    for i, (label, guess) in enumerate(zip(labels, guesses, strict=True)):
        row, column = divmod(i, COLUMNS)
        x, y = (column + 1) * WIDE - 14, row * TALL + 10
        axes.text(x, y, f"{label} → {guess}", horizontalalignment="center")
    return figure
