"""What a training has come to: its curve, and the digits that are read wrongly, as pictures."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from grader.messages.language import chosen, say, use

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CURVE = Path("accuracy.png")
PAGE = Path("mistaken_digits.png")

ROWS, COLUMNS = 6, 10
TALL, WIDE = 42, 34  # pixels of a digit with the words above it


def show_training(
    curve: Sequence[tuple[float, float]],
    images: np.ndarray,
    targets: np.ndarray,
    scores: np.ndarray,
) -> None:
    """Say how a training went, and draw it where you stand, if matplotlib is installed.

    The curve goes into ``accuracy.png``, a page of digits that were read wrongly into
    ``mistaken_digits.png``. What is on them is printed as well.

    Parameters
    ----------
    curve : sequence of (float, float)
        Accuracy on the training and on the test images, one pair for each epoch from 0 on.
    images : ndarray, shape (N, 784)
        The test images.
    targets : ndarray, shape (N, 10) or (N,)
        Their digits, one-hot or as label indices.
    scores : ndarray, shape (N, 10)
        What the trained network says of them: the highest score is the digit that it reads.
    """
    use(chosen())  # whoever trains a network is a learner
    labels = np.argmax(targets, axis=1) if targets.ndim == 2 else targets
    guesses = np.argmax(scores, axis=1)
    print(tell_mistakes(labels, guesses))
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        print(say('for pictures of the curve and of these: python -m pip install -e ".[plots]"'))
        return
    told = say(
        "accuracy over the epochs, on test images from {first:.3f} to {last:.3f}",
        first=curve[0][1],
        last=curve[-1][1],
    )
    _write(draw_curve(curve), CURVE, told)
    wrong = surest_mistakes(labels, scores)[: ROWS * COLUMNS]
    if wrong.size:
        told = say(
            "the {number} that the network was surest of, and what it read", number=wrong.size
        )
        _write(draw_digits(images[wrong], labels[wrong], guesses[wrong]), PAGE, told)


def tell_mistakes(labels: np.ndarray, guesses: np.ndarray) -> str:
    """Count the digits that were read wrongly, and name the pairs that are confused most often.

    Parameters
    ----------
    labels, guesses : ndarray of int, shape (N,)
        What the digits are, and what they were read as.

    Returns
    -------
    str
        Two lines: ``of 10,000 images 312 are read wrongly,`` and
        ``most often 4 as 9 (18 times), ...``.
    """
    wrong = labels != guesses
    if not wrong.any():
        return say("of {all:,} images none is read wrongly", all=len(labels))
    pairs = Counter(zip(labels[wrong].tolist(), guesses[wrong].tolist(), strict=True))
    commonest = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    often = say(", ").join(_tell_pair(*pair, times) for pair, times in commonest)
    return say(
        "of {all:,} images {number:,} are read wrongly,\nmost often {often}",
        all=len(labels),
        number=wrong.sum(),
        often=often,
    )


def _tell_pair(label: int, guess: int, times: int) -> str:
    if times == 1:
        return say("{label} as {guess} (once)", label=label, guess=guess)
    return say("{label} as {guess} ({times} times)", label=label, guess=guess, times=times)


def surest_mistakes(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Find the images that are read wrongly, those of which the network is surest first.

    Parameters
    ----------
    labels : ndarray of int, shape (N,)
        What the digits are.
    scores : ndarray, shape (N, 10)
        What the network says of them.

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


# Figures are made without pyplot, which would choose a backend for a whole notebook.


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
    """Draw digits in rows, and above each one what it is and what it was read as."""
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


def _write(figure: "Figure", path: Path, told: str) -> None:
    try:
        figure.savefig(path)
    except OSError as error:
        print(say("{path} cannot be written: {reason}", path=path, reason=error.strerror))
        return
    print(f"{path}: {told}")
