"""The paths of optimizers down the valley f(x, y) = x²/20 + y², as a table and a picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dataset.language import say
from dataset.pictures.saving import can_draw, save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURE = Path("optimizer_paths.png")

SHOWN = (0, 1, 2, 3, 5, 10, 20, 30)
"""Steps in the table, besides the last one."""

WIDTH = 18


def show_paths(paths: Mapping[str, np.ndarray]) -> None:
    """Print paths as a table, and draw them if matplotlib is installed.

    In the current folder, they are saved as ``optimizer_paths.png``.

    Parameters
    ----------
    paths : mapping of str to ndarray, shape (steps + 1, 2)
        For each optimizer the points (x, y), the first of which is the start. All paths have the
        same number of steps.
    """
    print(tell_paths(paths))
    if can_draw():
        told = say("the paths of {names} over the contours of f", names=say(", ").join(paths))
        save(draw_paths(paths), PICTURE, told)


def tell_paths(paths: Mapping[str, np.ndarray]) -> str:
    """List some points of each path, what f is in the end, and how often the floor was crossed.

    Parameters
    ----------
    paths : mapping of str to ndarray, shape (steps + 1, 2)
        The points of each optimizer.

    Returns
    -------
    str
        A row for each step, and two sentences.
    """
    last = min(map(len, paths.values())) - 1
    steps = sorted({step for step in SHOWN if step < last} | {last})
    rows = ["    " + "".join(f"{name:>{WIDTH}}" for name in paths)]
    for step in steps:
        points = (f"({x:.2f}, {y:.2f})" for x, y in (path[step] for path in paths.values()))
        rows.append(f"{step:4}" + "".join(f"{point:>{WIDTH}}" for point in points))
    ends = [f"{name} {height(*path[last]):.4f}" for name, path in paths.items()]
    crossed = [f"{name} {crossings(path)}" for name, path in paths.items()]
    rows.append(say("f(x, y) after step {last}: {each}", last=last, each=say(", ").join(ends)))
    rows.append(say("y has changed its sign: {each} times", each=say(", ").join(crossed)))
    return "\n".join(rows)


def height(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return f(x, y) = x²/20 + y², which is least at (0, 0)."""
    return x**2 / 20 + y**2


def crossings(path: np.ndarray) -> int:
    """Return how often y changes its sign along a path."""
    y = path[:, 1]
    return int(np.count_nonzero(y[1:] * y[:-1] < 0))


# Figures are created without pyplot, which would choose a backend for a whole notebook.


def draw_paths(paths: Mapping[str, np.ndarray]) -> "Figure":
    """Draw each path over contour lines of f, on axes of its own."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 7), layout="constrained")
    x, y = np.meshgrid(np.linspace(-8, 8, 161), np.linspace(-3, 3, 61))
    rows = -(-len(paths) // 2)
    grid = figure.subplots(rows, 2, squeeze=False, sharex=True, sharey=True)
    for axes, (name, path) in zip(grid.flat, paths.items(), strict=False):
        axes.contour(x, y, height(x, y), levels=np.arange(0.25, 12, 0.75), colors="lightgray")
        axes.plot(*path.T, marker="o", markersize=3, linewidth=1)
        axes.plot(0, 0, marker="+", markersize=12, color="black")
        axes.set(title=name, xlabel="x", ylabel="y", xlim=(-8, 8), ylim=(-3, 3))
    return figure
