"""What filters see in an image: a map for each of them, as text and as a picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dataset.language import say
from dataset.pictures.saving import can_draw, save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE = Path("feature_maps.png")

SHADES = " .:-=+*#%@"
PANELS = 3  # side by side in a terminal
GAP = "  "


def show_feature_maps(
    image: np.ndarray, filters: Mapping[str, np.ndarray], maps: np.ndarray
) -> None:
    """Print an image and its feature maps, and draw them if matplotlib is installed.

    In the current folder, the picture is saved as ``feature_maps.png``: each filter above its map.

    Parameters
    ----------
    image : ndarray, shape (H, W)
        One channel of an image; 0 is the background.
    filters : mapping of str to ndarray, shape (FH, FW)
        The filters and their names.
    maps : ndarray, shape (FN, out_h, out_w)
        What a convolution makes of the image, one map for each filter.
    """
    image = _inner(image, maps.shape[1:])
    print("\n".join(tell_maps(image, list(filters), maps)))
    if can_draw():
        told = say("{number} filters, and what each of them sees", number=len(filters))
        save(draw_maps(image, filters, maps), PAGE, told)


def _inner(image: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Cut out the middle, which is where the windows have their centres."""
    top, left = ((of - size) // 2 for of, size in zip(image.shape, shape, strict=True))
    return image[top : top + shape[0], left : left + shape[1]]


def tell_maps(image: np.ndarray, names: list[str], maps: np.ndarray) -> list[str]:
    """Render an image and its maps in characters, three panels side by side.

    Parameters
    ----------
    image : ndarray, shape (h, w)
        The part of the image that belongs to the maps.
    names : list of str
        The names of the filters.
    maps : ndarray, shape (FN, h, w)
        Their maps.

    Returns
    -------
    list of str
        Lines. Each map has its own scale from 0, which is empty, to the largest output, which is
        in its caption. What is negative is empty too.
    """
    captions = [say("the image")]
    for name, one in zip(names, maps, strict=True):
        captions.append(say("{name}, up to {peak:.2f}", name=name, peak=one.max(initial=0.0)))
    panels = [
        [_fit(caption, image.shape[1]), *_shade(one)]
        for caption, one in zip(captions, [image, *maps], strict=True)
    ]
    lines = []
    for start in range(0, len(panels), PANELS):
        rows = zip(*panels[start : start + PANELS], strict=True)
        lines += [GAP.join(row).rstrip() for row in rows]
    return lines


def _fit(text: str, columns: int) -> str:
    from rich.cells import set_cell_size  # a Chinese character is two columns wide

    return set_cell_size(text, columns)


def _shade(one: np.ndarray) -> list[str]:
    """Turn pixels into characters, two rows into one line: characters are taller than wide."""
    height, width = one.shape
    pairs = one[: height // 2 * 2].reshape(height // 2, 2, width).mean(axis=1)
    peak = pairs.max(initial=0.0)
    shares = np.clip(pairs / peak, 0, 1) if peak > 0 else np.zeros_like(pairs)
    levels = np.rint(shares * (len(SHADES) - 1)).astype(int)
    return ["".join(SHADES[level] for level in row) for row in levels]


def draw_maps(image: np.ndarray, filters: Mapping[str, np.ndarray], maps: np.ndarray) -> "Figure":
    """Draw each filter above its map: what is positive in red, what is negative in blue."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2 * len(filters) + 2, 4.4), layout="constrained")
    axes = figure.subplots(2, len(filters) + 1, squeeze=False)
    axes[1, 0].imshow(image, cmap="gray_r")
    for column, (name, weights) in enumerate(filters.items(), start=1):
        axes[0, column].set_title(name)
        for row, one in enumerate((weights, maps[column - 1])):
            reach = np.abs(one).max(initial=0.0) or 1.0
            axes[row, column].imshow(one, cmap="RdBu_r", vmin=-reach, vmax=reach)
    for each in axes.flat:
        each.axis("off")
    return figure
