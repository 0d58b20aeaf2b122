"""An image before and after pooling, and the places of the maxima, as text and as a picture."""

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dataset.language import say
from dataset.pictures.saving import can_draw, save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURE = Path("pooling.png")

INK = " .oO@"
"""Characters for numbers from 0 to the largest."""


def show_pooling(image: np.ndarray, maxima: np.ndarray, gradient: np.ndarray) -> None:
    """Print what a pooling layer does with an image, and draw it if matplotlib is installed.

    The picture is saved as ``pooling.png`` in the current folder.

    Parameters
    ----------
    image : ndarray, shape (H, W)
        What was pooled; paper is 0.
    maxima : ndarray, shape (OH, OW)
        The maximum of each window.
    gradient : ndarray, shape (H, W)
        What backward returns for ones: how much of the output depends on each pixel.
    """
    print(side_by_side(in_characters(image), places(image, gradient), in_characters(maxima)))
    print(tell_pooling(image, maxima, gradient))
    if can_draw():
        told = say(
            "the image with a dot at each maximum, and its {number} maxima", number=maxima.size
        )
        save(draw_pooling(image, maxima, gradient), PICTURE, told)


def in_characters(numbers: np.ndarray) -> list[str]:
    """Draw numbers as text, one line for each row: the larger a number, the darker."""
    top = numbers.max(initial=0) or 1
    levels = np.clip(np.ceil(numbers / top * (len(INK) - 1)), 0, len(INK) - 1).astype(int)
    return ["".join(INK[level] for level in row) for row in levels]


def places(image: np.ndarray, gradient: np.ndarray) -> list[str]:
    """Mark the pixels that a gradient reaches: ``@`` if they have ink, ``.`` if not."""
    marks = np.where(gradient == 0, " ", np.where(image == 0, ".", "@"))
    return ["".join(row) for row in marks]


def side_by_side(*panels: list[str]) -> str:
    """Join texts so that each begins at the top, to the right of the one before."""
    lines = zip_longest(*panels, fillvalue="")
    widths = [max(map(len, panel), default=0) for panel in panels]
    padded = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    return "\n".join(padded)


def tell_pooling(image: np.ndarray, maxima: np.ndarray, gradient: np.ndarray) -> str:
    """Count the pixels that a gradient reaches, with and without ink."""
    reached = gradient != 0
    return say(
        "{pixels} pixels become {maxima} maxima; the gradient reaches {reached} pixels,\n"
        "{ink} with ink and {paper} without",
        pixels=image.size,
        maxima=maxima.size,
        reached=np.count_nonzero(reached),
        ink=np.count_nonzero(reached & (image != 0)),
        paper=np.count_nonzero(reached & (image == 0)),
    )


def draw_pooling(image: np.ndarray, maxima: np.ndarray, gradient: np.ndarray) -> "Figure":
    """Draw the image with a dot wherever the gradient goes, and the maxima next to it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.5), layout="constrained")
    before, after = figure.subplots(1, 2)
    before.imshow(image, cmap="gray_r")
    rows, columns = np.nonzero(gradient)
    before.scatter(columns, rows, s=8, c="tab:red")
    before.set_title("before, and where the gradient goes")
    after.imshow(maxima, cmap="gray_r")
    after.set_title("after")
    for axes in (before, after):
        axes.set_xticks([])
        axes.set_yticks([])
    return figure
