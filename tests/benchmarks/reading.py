"""Seconds and memory that the grader takes to read each hostile hand-in, next to honest ones.

Each is read in a process of its own, which reports the seconds of reading and how much its peak
memory grew. The aim is at most 2 seconds and 200 MiB, for whatever is handed in.
"""

import argparse
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from interleave import verdict

from grader.course.settings import find_course
from grader.submissions.class_folder import collect

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS, MOST_MIB = 2, 200
IMAGES, HONEST = "honest, with images", "honest"


def read_one(path: Path) -> None:
    """Read one hand-in in this process, and print what it took as JSON."""
    course = find_course(ROOT)
    assert course is not None
    before = peak()
    started = time.perf_counter()
    (entry,) = collect(path, course, is_class=False).entries
    submission = entry.read()
    seconds = time.perf_counter() - started
    problems = [submission.problem, *(one.problem for one in submission.sources.values())]
    said = next(filter(None, map(str, problems)), "")
    print(json.dumps([seconds, peak() - before, said[:100]]))


def peak() -> float:
    """The peak of this process's memory so far, in MiB; ``ru_maxrss`` includes its parent's."""
    (line,) = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    return int(line) / 1024


def measure(path: Path, rounds: int) -> tuple[float, float, str]:
    """Read a hand-in several times; return the least seconds, the most MiB, and the problem."""
    command = [sys.executable, __file__, "--read", str(path)]
    found = [
        json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        for _ in range(rounds)
    ]
    return min(one[0] for one in found), max(one[1] for one in found), found[0][2]


def hand_in_solutions(folder: Path) -> None:
    """The reference solution, as it is."""
    shutil.copytree(ROOT / "solutions", folder, dirs_exist_ok=True)


def hand_in_images(folder: Path) -> None:
    """A notebook for each exercise, with 4 MiB of images."""
    image = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * (1 << 20)}}
    for module in sorted((ROOT / "solutions").glob("*/*.py")):
        cell = {"cell_type": "code", "metadata": {}, "source": module.read_text("utf-8")}
        raw = {"nbformat": 4, "metadata": {}, "cells": [{**cell, "outputs": [image] * 4}]}
        (folder / f"{module.stem}.ipynb").write_text(json.dumps(raw), "utf-8")


def hand_ins(chosen: list[str]) -> dict[str, Callable[[Path], None]]:
    """What writes each hand-in into a folder, by name; the honest ones are first."""
    spec = importlib.util.spec_from_file_location("files", ROOT / "tests" / "hostile" / "files.py")
    assert spec is not None
    assert spec.loader is not None
    files = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(files)
    hostile = {build.__name__: build for build in files.BUILDERS}
    return {
        IMAGES: hand_in_images,
        HONEST: hand_in_solutions,
        **{name: build for name, build in hostile.items() if not chosen or name in chosen},
    }


def main() -> None:
    """Parse the options, and print a line for each hand-in."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="builders in tests/hostile/files.py")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        read_one(options.read)
        return
    found = {}
    print(f"{'hand-in':28} {'seconds':>8} {'ratio':>6} {'MiB':>6}  problem")
    for name, build in hand_ins(options.names).items():
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "jane").mkdir()
            build(Path(folder) / "jane")
            found[name] = seconds, mib, said = measure(Path(folder) / "jane", options.rounds)
        ratio = seconds / found[IMAGES][0]
        print(f"{name:28} {seconds:8.3f} {ratio:6.1f} {mib:6.0f}  {said}", flush=True)
    slowest = max(found, key=lambda name: found[name][0])
    largest = max(found, key=lambda name: found[name][1])
    holds = found[slowest][0] <= MOST_SECONDS and found[largest][1] <= MOST_MIB
    print(f"slowest {slowest}, largest {largest}; wanted 2 s and 200 MiB: {verdict(holds)}")


if __name__ == "__main__":
    main()
