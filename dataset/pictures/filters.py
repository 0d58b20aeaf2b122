"""Filters of a convolution before and after training, as text and as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dataset.language import say
from dataset.pictures.saving import can_draw, save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURE = Path("filters.png")
INK = " .oO@"  # from the lowest weight of a filter to the highest
IN_A_ROW = 6


def show_filters(before: np.ndarray, after: np.ndarray) -> None:
    """Print some filters before and after training, and draw all of them if matplotlib is there.

    The picture is saved in the current folder, as ``filters.png``.

    Parameters
    ----------
    before, after : ndarray, shape (F, C, S, S)
        The weights of a convolution. Only the first of the C channels is shown.
    """
    shown = min(len(before), IN_A_ROW)
    print(say("{number} of {all} filters before training:", number=shown, all=len(before)))
    print(as_text(before[:shown, 0]))
    print(say("and the same after training:"))
    print(as_text(after[:shown, 0]))
    # Neighbours are much alike in a stroke or an edge, and unrelated in noise.
    told = say(
        "likeness of neighbouring weights: {first:.2f} before, {last:.2f} after",
        first=likeness_of_neighbours(before[:, 0]),
        last=likeness_of_neighbours(after[:, 0]),
    )
    print(told)
    if can_draw():
        save(draw_filters(before[:, 0], after[:, 0]), PICTURE, told)


def as_text(filters: np.ndarray) -> str:
    """Return filters next to each other, a character twice for each weight.

    Parameters
    ----------
    filters : ndarray, shape (F, S, S)
        Each is shown from its lowest weight, a blank, to its highest one, an @.

    Returns
    -------
    str
        S lines.
    """
    lowest, highest = (f(axis=(1, 2), keepdims=True) for f in (filters.min, filters.max))
    range_ = np.where(highest > lowest, highest - lowest, 1)
    shades = np.rint((filters - lowest) / range_ * (len(INK) - 1)).astype(int)
    rows = shades.transpose(1, 0, 2)  # a line of text has the same row of all filters
    return "\n".join(
        "   ".join("".join(2 * INK[shade] for shade in row) for row in line).rstrip()
        for line in rows.tolist()
    )


def likeness_of_neighbours(filters: np.ndarray) -> float:
    """Return the correlation of weights with their neighbours to the right and below.

    Parameters
    ----------
    filters : ndarray, shape (F, S, S)
        Each is centred first: its mean is its brightness, not its shape.

    Returns
    -------
    float
        About 0, or a little below, for noise; up to 1 for smooth shapes; 0 if there are none.
    """
    centred = filters - filters.mean(axis=(1, 2), keepdims=True)
    right = centred[:, :, :-1], centred[:, :, 1:]
    below = centred[:, :-1], centred[:, 1:]
    one, other = (np.concatenate([a.ravel(), b.ravel()]) for a, b in zip(right, below, strict=True))
    size = float(np.sqrt(np.sum(one**2) * np.sum(other**2)))
    return float(np.sum(one * other)) / size if size else 0.0


def draw_filters(before: np.ndarray, after: np.ndarray) -> "Figure":
    """Draw all filters in rows, those before training above those after it."""
    from matplotlib.figure import Figure

    columns = min(len(before), 2 * IN_A_ROW)
    rows = -(-len(before) // columns)
    figure = Figure(figsize=(columns * 0.7, rows * 1.4 + 1), layout="constrained")
    titles = "before training", "after training"
    for i, (title, filters) in enumerate(zip(titles, (before, after), strict=True)):
        for k, weights in enumerate(filters):
            row, column = divmod(k, columns)
            axes = figure.add_subplot(2 * rows, columns, (i * rows + row) * columns + column + 1)
            axes.axis("off")
            axes.imshow(weights, cmap="gray_r")
            if k == 0:
                axes.set_title(title, loc="left", fontsize=9)
    return figure
