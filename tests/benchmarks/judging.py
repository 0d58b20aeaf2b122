"""How long ``grader grade solutions`` takes from a warm cache, and what takes it.

Beside it, as a measure of the machine: ``python solutions/07_mnist/mnist.py``, as it is typed, and
with one BLAS thread, which is what the judge's workers have. All in turns.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from interleave import Times, interleave, print_times, ratio, verdict

ROOT = Path(__file__).resolve().parents[2]
WANTED = 40.0
JUDGE, SCRIPT = "grader grade solutions", "python mnist.py"
ONE_THREAD = f"{SCRIPT}, one BLAS thread"
TRAINING = "percent_of_real_digits"


def grade(clock: Path) -> None:
    """Judge the solutions; the clock gets the seconds of each spec."""
    command = [sys.executable, "-c", "from grader.cli import main; main()", "grade", "solutions"]
    plugin = {"PYTEST_PLUGINS": "spec_clock", "PYTHONPATH": str(Path(__file__).parent)}
    clock.unlink(missing_ok=True)
    environment = {**os.environ, **plugin, "SPEC_CLOCK": str(clock)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


def train(folder: Path, **settings: str) -> None:
    """Train as the course's script does; its picture goes to the folder."""
    command = [sys.executable, str(ROOT / "solutions" / "07_mnist" / "mnist.py")]
    environment = os.environ | settings
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)


def read_clock(clock: Path) -> Iterator[tuple[str, float]]:
    """Yield each spec's name and seconds."""
    for line in clock.read_text("utf-8").splitlines():
        seconds, name = line.split(maxsplit=1)
        yield name, float(seconds)


def report(times: Times, specs: list[dict[str, float]]) -> None:
    """Print the table and the claims."""
    print_times(times)
    names = [name for name in specs[0] if TRAINING in name]
    for name in names:
        print(f"  {median(spec[name] for spec in specs):5.2f} s  {name}")
    others = median(sum(spec.values()) - sum(spec[n] for n in names) for spec in specs)
    print(f"  {others:5.2f} s  the other {len(specs[0]) - len(names)} specs together")
    total = median(times[JUDGE])
    inside = median(sum(spec.values()) for spec in specs)
    print(f"  {total - inside:5.2f} s  starting up, collecting, reporting")
    training = median(sum(spec[n] for n in names) for spec in specs)
    print(f"the training specs take {training / total:.0%} of it")
    print(f"over the script's time as typed: {ratio(times, JUDGE, SCRIPT)}")
    print(f"over the script's time with one thread: {ratio(times, JUDGE, ONE_THREAD)}")
    holds = verdict(total < WANTED)
    print(f"{total:.1f} s on {os.cpu_count()} cores; under {WANTED:g} s wanted: {holds}")


def main() -> None:
    """Judge and train in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    from dataset.files import find_files

    find_files()  # from now on it is in the cache
    specs: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def judge() -> None:
            grade(folder / "clock")
            specs.append(dict(read_clock(folder / "clock")))

        turns = {
            JUDGE: judge,
            SCRIPT: lambda: train(folder),
            ONE_THREAD: lambda: train(folder, OPENBLAS_NUM_THREADS="1"),
        }
        times = interleave(turns, rounds)
    print(f"{rounds} rounds")
    report(times, specs)


if __name__ == "__main__":
    main()
