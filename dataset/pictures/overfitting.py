"""Accuracy on training and on test images side by side, for networks trained in several ways."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dataset.language import say
from dataset.pictures.saving import can_draw, save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILE = Path("overfitting.png")
BAR = 40
"""Columns of a bar that stands for an accuracy of 1."""

Curves = Mapping[str, Sequence[tuple[int, float, float]]]


def show_overfitting(curves: Curves) -> None:
    """Print how accurate each network is at the end, and draw the curves if there is matplotlib.

    In the current folder, the picture is saved as ``overfitting.png``.

    Parameters
    ----------
    curves : mapping of str to sequence of (int, float, float)
        By the name of each network: epoch, accuracy on the training images and accuracy on the
        test images, in the order of the epochs.
    """
    for name, curve in curves.items():
        print(tell_network(name, *curve[-1]))
    if can_draw():
        gaps = [
            say("{name} {gap:.3f}", name=say(name), gap=curve[-1][1] - curve[-1][2])
            for name, curve in curves.items()
        ]
        told = say("train_acc minus test_acc at the end: {gaps}", gaps=say(", ").join(gaps))
        save(draw_curves(curves), FILE, told)


def tell_network(name: str, epoch: int, train_acc: float, test_acc: float) -> str:
    """Return two bars as text: what a network reaches on training and on test images.

    Parameters
    ----------
    name : str
        Name of the network.
    epoch : int
        Number of epochs that it was trained for.
    train_acc, test_acc : float
        The two accuracies.

    Returns
    -------
    str
        Three lines: a heading, and a bar for each accuracy.
    """
    heading = say("{name}, after {epoch} epochs", name=say(name), epoch=epoch)
    found = {"train_acc": train_acc, "test_acc": test_acc}
    bars = (f"  {key:9} {acc:.3f} {'#' * round(BAR * acc)}" for key, acc in found.items())
    return "\n".join([heading, *bars])


def draw_curves(curves: Curves) -> "Figure":
    """Draw a panel for each network, with the gap between its two curves shaded."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4 * len(curves), 4), layout="constrained")
    panels = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
    for axes, (name, curve) in zip(panels, curves.items(), strict=True):
        epochs, train_acc, test_acc = zip(*curve, strict=True)
        axes.plot(epochs, train_acc, label="training images")
        axes.plot(epochs, test_acc, label="test images", linestyle="--")
        axes.fill_between(epochs, test_acc, train_acc, alpha=0.2)
        axes.set(title=name, xlabel="epochs", ylim=(0, 1.02))
    panels[0].set_ylabel("accuracy")
    panels[-1].legend(loc="lower right")
    return figure
