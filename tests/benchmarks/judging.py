"""Time of ``grader grade solutions`` with a warm cache, and the share of training.

For comparison: ``python solutions/07_mnist/mnist.py``. All are run as typed, in turns.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from interleave import interleave, print_times, ratio

from dataset.mnist import load_mnist

ROOT = Path(__file__).resolve().parents[2]
GRADER = ("-m", "grader", "grade", str(ROOT / "solutions"))
ALL, TRAINING, SCRIPT = "grade solutions", "of which 07_mnist", "mnist.py"


def run(*arguments: str) -> Callable[[], None]:
    """Run a command that must succeed, in a scratch folder."""

    def once() -> None:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, *arguments]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)

    return once


def main() -> None:
    """Run them in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    load_mnist()  # into the cache
    turns = {
        ALL: run(*GRADER),
        TRAINING: run(*GRADER, "--exercise", "07_mnist"),
        SCRIPT: run(str(ROOT / "solutions" / "07_mnist" / "mnist.py")),
    }
    times = interleave(turns, rounds)
    print(f"{rounds} rounds")
    print_times(times)
    print(f"the whole course over its last exercise: {ratio(times, ALL, TRAINING)}")
    print(f"the whole course over the training script: {ratio(times, ALL, SCRIPT)}")


if __name__ == "__main__":
    main()
