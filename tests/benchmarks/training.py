"""Training steps per second: the reference, the textbook's own loop, and PyTorch.

Only steps are timed, not loading, setting up and accuracies. The contestants take
turns, a few hundred steps each, until each has made 10,000. The textbook is `tests/textbook`:
float64, and a second forward pass in each step to get the loss.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from interleave import Times, interleave, print_times, ratio, verdict

ROOT = Path(__file__).resolve().parents[2]
STEPS, ROUNDS = 10_000, 20
WANTED = 1.8


@dataclass(frozen=True)
class Contestant:
    """A network to train: makes a number of steps, and reports its test accuracy."""

    step: Callable[[int], object]
    accuracy: Callable[[], float]


def import_tree(tree: Path, *folders: Path) -> tuple[ModuleType, ModuleType]:
    """Import `two_layer_net` and `mnist` of a tree, and unload them again."""
    path = sys.path[:]
    sys.path[:0] = map(str, folders)
    modules = importlib.import_module("two_layer_net"), importlib.import_module("mnist")
    sys.path[:] = path
    for name, module in list(sys.modules.items()):
        if tree in Path(getattr(module, "__file__", None) or "/").parents:
            del sys.modules[name]
    return modules


def reference(x_train, t_train, x_test, t_test):
    """The course's solution, as ``python mnist.py`` trains it."""
    import numpy as np

    tree = ROOT / "solutions"
    net, mnist = import_tree(tree, tree / "06_two_layer_net", tree / "07_mnist")
    rng = np.random.default_rng(0)
    network = net.TwoLayerNet(784, 50, 10, rng=rng, dtype=np.float32)
    return Contestant(
        lambda steps: mnist.train(network, x_train, t_train, iterations=steps, rng=rng),
        lambda: network.accuracy(x_test, t_test),
    )


def textbook(x_train, t_train, x_test, t_test):
    """The book's code, which draws from NumPy's global generator."""
    import numpy as np

    tree = ROOT / "tests" / "textbook"
    net, mnist = import_tree(tree, tree)
    np.random.seed(0)
    network = net.TwoLayerNet(784, 50, 10)
    return Contestant(
        lambda steps: mnist.train(network, x_train, t_train, iterations=steps, rng=None),
        lambda: network.accuracy(x_test, t_test),
    )


def pytorch(x_train, t_train, x_test, t_test):
    """The same network and steps in PyTorch on the CPU, float32."""
    import torch
    from torch import nn

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.manual_seed(0)
    images, labels = torch.from_numpy(x_train), torch.from_numpy(t_train.argmax(axis=1))
    network = nn.Sequential(nn.Linear(784, 50), nn.ReLU(), nn.Linear(50, 10))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    cost = nn.CrossEntropyLoss()

    def step(steps: int) -> list[float]:
        losses = []
        for _ in range(steps):
            batch = torch.randint(len(images), (100,))
            loss = cost(network(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    def accuracy() -> float:
        guesses = network(torch.from_numpy(x_test)).argmax(dim=1).numpy()
        return float((guesses == t_test.argmax(axis=1)).mean())

    return Contestant(step, accuracy)


def gather() -> dict[str, Contestant]:
    """Set up all available contestants."""
    from dataset.mnist import load_mnist

    (x_train, t_train), (x_test, t_test) = load_mnist(one_hot_label=True)
    data = x_train, t_train, x_test, t_test
    contestants = {"reference": reference(*data), "textbook": textbook(*data)}
    try:
        contestants["PyTorch"] = pytorch(*data)
    except ImportError:
        print("PyTorch: not installed")
    return contestants


def report(times: Times, contestants: dict[str, Contestant]) -> None:
    """Print the table and the claims."""
    notes = {
        name: f"{sum(times[name]):5.2f} s for {STEPS:,} steps; test accuracy {one.accuracy():.3f}"
        for name, one in contestants.items()
    }
    print_times(times, notes)
    if "PyTorch" in times:
        print(f"PyTorch's time over the reference's: {ratio(times, 'PyTorch', 'reference')}")
    faster = ratio(times, "textbook", "reference")
    holds = verdict(faster.typical >= WANTED)
    print(f"the textbook's time over the reference's: {faster}; at least {WANTED} wanted: {holds}")


def main() -> None:
    """Train all contestants in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1, help="of BLAS and PyTorch; default 1")
    threads = parser.parse_args().threads
    for library in ("OPENBLAS", "OMP", "MKL"):  # read when NumPy is imported
        os.environ[f"{library}_NUM_THREADS"] = str(threads)
    contestants = gather()
    print(f"{STEPS // ROUNDS} steps a round, {ROUNDS} rounds, batches of 100, {threads} thread(s)")
    turns = {name: lambda step=one.step: step(STEPS // ROUNDS) for name, one in contestants.items()}
    report(interleave(turns, ROUNDS), contestants)


if __name__ == "__main__":
    main()
