"""What the layers of a network put out, as histograms in the terminal and as a picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dataset.language import say
from dataset.pictures.saving import can_draw, save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BINS = 8
TOP = {"sigmoid": 1.0, "relu": 3.0}  # where the last bin ends; larger numbers count there
SHADES = " .oO@"
SHARES = (0.005, 0.05, 0.15, 0.4)  # the smallest share of all numbers with each further shade

Outputs = Sequence[np.ndarray]
Rows = Mapping[str, Outputs]


def show_activations(
    function: str, plain: Mapping[float, Outputs], normalised: Mapping[float, Outputs]
) -> None:
    """Print a histogram of each layer's output, and draw them if matplotlib is installed.

    In the current folder, the picture is saved as ``activations_sigmoid.png`` or
    ``activations_relu.png``.

    Parameters
    ----------
    function : {"sigmoid", "relu"}
        The activation function.
    plain : mapping of float to sequence of ndarray
        For each scale of the weights, the outputs of the layers, first to last.
    normalised : mapping of float to sequence of ndarray
        The same, where each layer normalises its batch.
    """
    top = TOP[function]
    _print_table(function, _rows(plain, normalised, say("normalised")), top)
    if can_draw():
        # In English: matplotlib's font has no Chinese characters.
        figure = draw_histograms(_rows(plain, normalised, "normalised"), top)
        told = say("what each layer puts out, a row of histograms for each line above")
        save(figure, Path(f"activations_{function}.png"), told)


def _rows(plain: Mapping[float, Outputs], normalised: Mapping[float, Outputs], word: str) -> Rows:
    rows = {f"{scale:.3g}": outputs for scale, outputs in plain.items()}
    return rows | {f"{scale:.3g}, {word}": outputs for scale, outputs in normalised.items()}


def _print_table(function: str, rows: Rows, top: float) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    layers = len(next(iter(rows.values())))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(Text(say("{function}, scale", function=function)), no_wrap=True)
    for number in range(1, layers + 1):
        table.add_column(Text(say("layer {number}", number=number)), no_wrap=True)
    table.add_column(Text(say("spread")), justify="right", no_wrap=True)
    for label, outputs in rows.items():
        histograms = (Text(in_characters(output, top)) for output in outputs)
        table.add_row(Text(label), *histograms, Text(f"{np.std(outputs[-1]):.2g}"))
    Console(width=80, highlight=False).print(table)


def shares(output: np.ndarray, top: float) -> np.ndarray:
    """Count how numbers are distributed from 0 to a largest number, in equal bins.

    Parameters
    ----------
    output : ndarray
        Numbers of any shape. Those below 0 count in the first bin, those above the top in the last.
    top : float
        Where the last bin ends.

    Returns
    -------
    ndarray, shape (8,)
        The share of each bin.
    """
    counts, _ = np.histogram(np.clip(output, 0, top), BINS, (0, top))
    return counts / np.size(output)


def in_characters(output: np.ndarray, top: float) -> str:
    """Draw a histogram as a line of characters, darker where there are more numbers.

    Parameters
    ----------
    output : ndarray
        Numbers of any shape.
    top : float
        Where the last bin ends.

    Returns
    -------
    str
        ``|@      @|`` if about half of the numbers are 0, and the others `top`.
    """
    shades = np.digitize(shares(output, top), SHARES)
    return f"|{''.join(SHADES[shade] for shade in shades)}|"


def draw_histograms(rows: Rows, top: float) -> "Figure":
    """Draw a histogram for each layer, in a row for each label."""
    # Without pyplot, which would choose a backend for a whole notebook.
    from matplotlib.figure import Figure

    layers = len(next(iter(rows.values())))
    figure = Figure(figsize=(2 * layers, 1.6 * len(rows)), layout="constrained")
    grid = figure.subplots(len(rows), layers, squeeze=False, sharex=True, sharey=True)
    middles = (np.arange(BINS) + 0.5) * top / BINS
    for row, (label, outputs) in zip(grid, rows.items(), strict=True):
        for number, (axes, output) in enumerate(zip(row, outputs, strict=True), start=1):
            axes.bar(middles, shares(output, top), width=top / BINS, edgecolor="white")
            axes.set_title(f"{label}: layer {number}" if number == 1 else f"layer {number}")
    grid[0, 0].set(xlim=(0, top), ylim=(0, 1))
    return figure
