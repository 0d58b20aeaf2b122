"""What a judge spends on a hostile submission, by turns with the reference.

For each attack of `tests/hostile` (by default those that exhaust something) it prints the processor
time of the judge itself, without its worker, as a ratio to the limit of an exercise, and its peak
memory over that before the submission. Wanted: 1.5 times the limit or less, and 300 MiB or less.

A neighbour in the same class waits while the attack is judged, and is then judged by the same
judge. So it prints as well how long the attack took by the clock, as a ratio to the limits of its
two runs, with hidden and with public inputs: those of its answers, and those of questions about
them. And it prints the time that the reference takes afterwards as a ratio to the time before.
Wanted: 1 or less, and about 1. With paths, submissions in those folders are judged instead.
"""

import argparse
import importlib.util
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from shutil import copytree

from interleave import verdict as mark

from grader.course.course import Exercise
from grader.course.limits import Limits
from grader.judging.judge import Judge
from grader.submissions.submission import Submission
from grader.transport import own_memory
from grader.transport.judged import SUSPECT_SECONDS

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("test_hostile", ROOT / "tests" / "test_hostile.py")
assert spec is not None
assert spec.loader is not None
test_hostile = importlib.util.module_from_spec(spec)
sys.modules["test_hostile"] = test_hostile
spec.loader.exec_module(test_hostile)

MAX_RATIO, MAX_MIB = 1.5, 300
MAX_WAIT, MAX_AFTER = 1.0, 1.25


def memory(name: str) -> float:
    """A line of this process's status in MiB: VmRSS is its memory, VmHWM the peak of that."""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def measure(judge: Judge, submission: Submission) -> tuple[float, float, str]:
    """Judge a submission; return processor seconds, MiB over those before, and the outcomes."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    idle, started = memory("VmRSS"), time.process_time()
    found = judge.judge(submission)
    seconds = time.process_time() - started
    outcomes = {spec.outcome.name for exercise in found.exercises for spec in exercise.specs}
    return seconds, memory("VmHWM") - idle, " ".join(sorted(outcomes))


def fastest(judge: Judge, submission: Submission) -> float:
    """The least wall-clock seconds of five: what a submission takes when nothing else runs."""
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        judge.judge(submission)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def read(folder: Path, place: Path) -> tuple[Exercise, Submission]:
    """A folder with one exercise, on top of the reference."""
    copytree(ROOT / "solutions", place)
    copytree(folder, place, dirs_exist_ok=True)
    (handed_in,) = {path.name for path in folder.iterdir()} - {"__pycache__"}
    return test_hostile.COURSE.named(handed_in), test_hostile.handed_in(place, handed_in)


def submissions(
    groups: Sequence[str], folders: Sequence[Path], place: Path
) -> list[tuple[str, Exercise, Submission]]:
    """Names, exercises and submissions: the attacks of these groups, or the folders."""
    found = []
    for folder in folders:
        found.append((folder.name, *read(folder, place / folder.name)))
    for attack in () if folders else test_hostile.ATTACKS:
        if attack.path.parent.name in groups and "@" not in attack.text:
            own = place / attack.name
            copytree(ROOT / "solutions", own)
            attack.lay_out(own / attack.exercise)
            exercise = test_hostile.COURSE.named(attack.exercise)
            found.append((attack.name, exercise, test_hostile.handed_in(own, attack.exercise)))
    return found


def main() -> None:
    """Parse the options, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--groups", nargs="+", default=["exhaustion"])
    options = parser.parse_args()
    own_memory.enforce()
    limits = Limits()
    limit, both_runs = limits.total_cpu_seconds, 2 * (limits.total_seconds + SUSPECT_SECONDS)
    judges: dict[Exercise, Judge] = {}
    worst = [0.0] * 4
    print("judge CPU s  x limit  MiB more  x both runs  neighbour after")
    with tempfile.TemporaryDirectory() as place:
        for name, exercise, hostile in submissions(options.groups, options.folders, Path(place)):
            if exercise not in judges:
                judges[exercise] = Judge(test_hostile.COURSE, [exercise], "bounded")
            judge = judges[exercise]
            reference = test_hostile.handed_in(ROOT / "solutions", exercise.name)
            before, started = fastest(judge, reference), time.perf_counter()
            seconds, more, outcomes = measure(judge, hostile)
            waited = (time.perf_counter() - started) / both_runs
            after = fastest(judge, reference) / before
            worst = list(map(max, worst, (seconds / limit, more, waited, after)))
            print(
                f"{seconds:>11.2f} {seconds / limit:>8.2f} {more:>9.0f} {waited:>12.2f} "
                f"{after:>16.2f}  {name}: {outcomes}",
                flush=True,
            )
    ratio, mib, waited, after = worst
    print(f"most processor time: {ratio:.2f} times the limit; {mark(ratio <= MAX_RATIO)}")
    print(f"most memory: {mib:.0f} MiB; {mark(mib <= MAX_MIB)}")
    print(f"longest wait: {waited:.2f} times the limits of both runs; {mark(waited <= MAX_WAIT)}")
    print(f"a neighbour afterwards: {after:.2f} times as long; {mark(after <= MAX_AFTER)}")


if __name__ == "__main__":
    main()
