"""Times contestants in turn, so that other load on the machine slows all of them equally."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

# Keep the bytecode for the next run, which is Python's default.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

Times = dict[str, list[float]]
"""The seconds of each contestant, one figure for each round."""


@dataclass(frozen=True)
class Ratio:
    """One contestant's time divided by another's: of medians, of bests, and in single rounds."""

    typical: float
    best: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        return (
            f"{self.typical:.2f} (of the best rounds {self.best:.2f}; "
            f"round by round {self.lowest:.2f} to {self.highest:.2f})"
        )


def interleave(contestants: Mapping[str, Callable[[], object]], rounds: int) -> Times:
    """Run each contestant once per round; each round starts with another one."""
    times: Times = {name: [] for name in contestants}
    order = list(contestants)
    for _ in range(rounds):
        for name in order:
            started = time.perf_counter()
            contestants[name]()
            times[name].append(time.perf_counter() - started)
        order.append(order.pop(0))
    return times


def ratio(times: Times, one: str, other: str) -> Ratio:
    """Compute how many times as long one contestant takes as the other."""
    rounds = [a / b for a, b in zip(times[one], times[other], strict=True)]
    return Ratio(
        typical=median(times[one]) / median(times[other]),
        best=min(times[one]) / min(times[other]),
        lowest=min(rounds),
        highest=max(rounds),
    )


def print_times(times: Times, notes: Mapping[str, str] | None = None) -> None:
    """Print a row for each contestant, in milliseconds, with its note."""
    width = max(map(len, times))
    print(f"{'milliseconds':<{width}} {'best':>9} {'median':>9} {'worst':>9}")
    for name, seconds in times.items():
        figures = (1000 * figure for figure in (min(seconds), median(seconds), max(seconds)))
        note = (notes or {}).get(name, "")
        print(f"{name:<{width}}", *(f"{figure:9.1f}" for figure in figures), f"  {note}".rstrip())


def verdict(holds: bool) -> str:
    """Return whether a requirement is met, in words."""
    return "met" if holds else "NOT MET"
