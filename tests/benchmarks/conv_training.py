"""Training steps per second of the network of 13: the reference and PyTorch, by turns.

Both train the same net on real digits, float32, one thread, batches of 100, Adam. Only steps are
timed. PyTorch is no dependency of the course: install it into the environment that runs this, with
``python -m pip install torch``.
"""

import argparse
import importlib
import os
from pathlib import Path

from interleave import interleave, print_times, ratio, verdict
from training import Contestant

ROOT = Path(__file__).resolve().parents[2]
MOST = 1.5
FILTERS, SIZE, HIDDEN = 24, 5, 200


def reference(x_train, t_train, x_test, t_test):
    """The course's solution, as ``python conv_net.py`` trains it, but for the dropout."""
    import numpy as np

    from grader.course.modules import read_modules
    from grader.course.settings import find_course
    from grader.worker.module_loader import importable

    with importable(read_modules(ROOT / "solutions", find_course(ROOT))):
        conv_net = importlib.import_module("conv_net")
    rng = np.random.default_rng(0)
    conv_param = {"filter_num": FILTERS, "filter_size": SIZE, "pad": 0, "stride": 1}
    network = conv_net.SimpleConvNet(
        conv_param=conv_param, hidden_size=HIDDEN, weight_init_std=0.05, rng=rng, dtype=np.float32
    )
    return Contestant(
        lambda steps: conv_net.train(network, x_train, t_train, iterations=steps, rng=rng),
        lambda: network.accuracy(x_test, t_test),
    )


def pytorch(x_train, t_train, x_test, t_test):
    """The same network and steps in PyTorch on the CPU."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    images, labels = torch.from_numpy(x_train.copy()), torch.from_numpy(t_train.argmax(axis=1))
    pooled = FILTERS * ((28 - SIZE + 1) // 2) ** 2
    network = nn.Sequential(
        nn.Conv2d(1, FILTERS, SIZE), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(pooled, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 10),
    )  # fmt: skip
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
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
        with torch.no_grad():
            guesses = network(torch.from_numpy(x_test.copy())).argmax(dim=1).numpy()
        return float((guesses == t_test.argmax(axis=1)).mean())

    return Contestant(step, accuracy)


def main() -> None:
    """Train both in turn, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=30, help="in a round")
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    for library in ("OPENBLAS", "OMP", "MKL"):  # read when NumPy is imported
        os.environ[f"{library}_NUM_THREADS"] = "1"
    from dataset.mnist import load_mnist

    train, test = load_mnist(flatten=False, one_hot_label=True)
    contestants = {"reference": reference(*train, *test)}
    try:
        contestants["PyTorch"] = pytorch(*train, *test)
    except ImportError as error:
        print(f"PyTorch cannot be imported: {error}")
    print(f"{asked.steps} steps a round, {asked.rounds} rounds, batches of 100, 1 thread")
    turns = {name: lambda each=one: each.step(asked.steps) for name, one in contestants.items()}
    times = interleave(turns, asked.rounds)
    print_times(times, {name: f"{one.accuracy():.3f}" for name, one in contestants.items()})
    if "PyTorch" in times:
        slower = ratio(times, "reference", "PyTorch")
        holds = verdict(slower.typical <= MOST)
        print(f"the reference's time over PyTorch's: {slower}; at most {MOST} wanted: {holds}")


if __name__ == "__main__":
    main()
