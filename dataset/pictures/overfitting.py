"""Accuracy and loss on training and on test images, for networks trained in several ways."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dataset.language import say
from dataset.pictures.saving import can_draw, save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILE = Path("overfitting.png")
BAR = 40
"""Characters of a bar that stands for an accuracy of 1."""

Curve = Sequence[tuple[int, float, float]]
Curves = Mapping[str, tuple[Curve, Curve]]


def show_overfitting(curves: Curves) -> None:
    """Print what each network has reached, and draw its curves if matplotlib is installed.

    In the current folder, the picture is saved as ``overfitting.png``.

    Parameters
    ----------
    curves : mapping of str to (sequence, sequence)
        By the name of each network, its curve on the training images and its curve on the test
        images. A curve consists of epoch, accuracy and loss, in the order of the epochs.
    """
    for name, (on_training, on_test) in curves.items():
        print(tell_network(name, on_training, on_test))
    if not can_draw():
        return
    gaps = [
        f"{_named(name)} {on_training[-1][1] - on_test[-1][1]:.3f}"
        for name, (on_training, on_test) in curves.items()
    ]
    told = say("train acc minus test acc at the end: {gaps}", gaps=say(", ").join(gaps))
    save(draw_curves(curves), FILE, told)


def _named(name: str) -> str:
    """Return the name of a network in the chosen language; one that is not known, as it is."""
    known = {
        "neither": say("neither"),
        "weight decay": say("weight decay"),
        "dropout": say("dropout"),
    }
    return known.get(name, name)


def tell_network(name: str, on_training: Curve, on_test: Curve) -> str:
    """Describe the end of two curves, with bars for the accuracies.

    Parameters
    ----------
    name : str
        Name of the network.
    on_training, on_test : sequence of (int, float, float)
        The curves, as in `show_overfitting`.

    Returns
    -------
    str
        Three lines: a heading, and one for each curve.
    """
    heading = say("{name}, after {epoch} epochs", name=_named(name), epoch=on_test[-1][0])
    ends = {"train": on_training[-1], "test": on_test[-1]}
    lines = (
        f"  {key:5} acc: {accuracy:.3f} {'#' * round(BAR * accuracy):{BAR}} loss: {loss:.2f}"
        for key, (_, accuracy, loss) in ends.items()
    )
    return "\n".join([heading, *lines])


def draw_curves(curves: Curves) -> "Figure":
    """Draw a column for each network: accuracy above, loss below, the gaps shaded."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4 * len(curves), 6), layout="constrained")
    panels = figure.subplots(2, len(curves), sharex=True, sharey="row", squeeze=False)
    for (upper, lower), (name, pair) in zip(panels.T, curves.items(), strict=True):
        upper.set_title(name)
        lower.set_xlabel("epochs")
        (epochs, *on_training), (_, *on_test) = (zip(*curve, strict=True) for curve in pair)
        for axes, train, test in zip((upper, lower), on_training, on_test, strict=True):
            axes.plot(epochs, train, label="training images")
            axes.plot(epochs, test, label="test images", linestyle="--")
            axes.fill_between(epochs, train, test, alpha=0.2)
    panels[0, 0].set(ylabel="accuracy", ylim=(0, 1.02))
    panels[1, 0].set(ylabel="loss", ylim=(0, None))
    panels[0, -1].legend(loc="lower right")
    return figure
