"""Waiting time of a learner: ``pytest exercises/03_affine`` and plain pytest with similar tests.

All are processes of the same interpreter, in turns. Plain pytest runs twice over: as installed,
where it loads the course's plugin like any other, and without it. It also prints which imports
cause the difference (``-X importtime`` itself makes each of them slower).
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median

from interleave import Times, interleave, print_times, ratio, verdict

ROOT = Path(__file__).resolve().parents[2]
WANTED = 1.3
IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
EXERCISE, PLAIN, BARE = "pytest exercises/03_affine", "plain pytest", "plain, no plugins"
FLOOR = "import numpy, pytest"

Command = tuple[Path, list[str]]
"""A folder, and Python's arguments."""


def copy_course(folder: Path) -> Path:
    """A course in which 03 is done: the reference replaces the stub."""
    ignore = shutil.ignore_patterns("__pycache__")
    for tree in ("exercises", "solutions", "tests/specs"):
        shutil.copytree(ROOT / tree, folder / tree, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    affine = Path("03_affine") / "affine.py"
    shutil.copy(folder / "solutions" / affine, folder / "exercises" / affine)
    return folder


def write_plain(folder: Path) -> Path:
    """A folder with a plain test file and the code that it tests."""
    folder.mkdir()
    shutil.copy(Path(__file__).with_name("plain_affine.py"), folder / "test_plain_affine.py")
    shutil.copy(ROOT / "solutions" / "03_affine" / "affine.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    return folder


def prepare(folder: Path) -> dict[str, Command]:
    """The contestants."""
    course, plain = copy_course(folder / "course"), write_plain(folder / "plain")
    # The extra `test` installs Hypothesis, whose slow plugin would hide the cost of ours.
    pytest, test = ["-m", "pytest", "-p", "no:hypothesispytest"], "test_plain_affine.py"
    return {
        EXERCISE: (course, [*pytest, "exercises/03_affine"]),
        PLAIN: (plain, [*pytest, test]),
        BARE: (plain, [*pytest, "-p", "no:kata", "-p", "no:timeout", test]),
        FLOOR: (plain, ["-c", "import numpy, pytest"]),
    }


def run(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder; it must succeed."""
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("PYTEST")}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stdout}{done.stderr}")
    return done


def count_tests(command: Command) -> str:
    """Return how many tests passed according to pytest; also serves as warm-up."""
    return ", ".join(re.findall(r"\d+ passed", run(*command).stdout))


def import_times(command: Command, rounds: int = 5) -> dict[str, float]:
    """Return the import time of each module in milliseconds, without its own imports."""
    folder, arguments = command
    seen: dict[str, list[int]] = {}
    for _ in range(rounds):
        # Without -s, pytest would capture what Python reports during collection.
        told = run(folder, ["-X", "importtime", *arguments, "-s"]).stderr
        for microseconds, module in IMPORT.findall(told):
            seen.setdefault(module, []).append(int(microseconds))
    return {module: median(figures) / 1000 for module, figures in seen.items()}


def print_extra_imports(ours: dict[str, float], others: dict[str, float], whose: str) -> None:
    """Print what only the course imports: its modules one by one, others by package."""
    extra: Counter[str] = Counter()
    for module, milliseconds in ours.items():
        if module not in others:
            package = module.partition(".")[0]
            extra[module if package in ("grader", "dataset") else package] += milliseconds
    print(f"imported by {EXERCISE} and not by {whose}: {extra.total():.1f} ms")
    for name, milliseconds in extra.most_common(14):
        print(f"  {milliseconds:5.1f}  {name}")


def report(times: Times, notes: dict[str, str]) -> None:
    """Print the table and the claims."""
    print_times(times, notes)
    plugins = 1000 * (median(times[PLAIN]) - median(times[BARE]))
    specs = 1000 * (median(times[EXERCISE]) - median(times[PLAIN]))
    print(
        f"loading the plugins costs {plugins:.1f} ms, collecting and running a spec {specs:.1f} ms"
    )
    slower = ratio(times, EXERCISE, PLAIN)
    print(f"over plain pytest without plugins: {ratio(times, EXERCISE, BARE)}")
    holds = verdict(slower.typical <= WANTED)
    print(f"over plain pytest: {slower}; at most {WANTED} wanted: {holds}")


def main() -> None:
    """Measure all of them in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        commands = prepare(Path(folder))
        notes = {name: count_tests(command) for name, command in commands.items()}
        turns = {name: partial(run, *command) for name, command in commands.items()}
        times = interleave(turns, rounds)
        imports = {name: import_times(commands[name]) for name in (EXERCISE, PLAIN, BARE)}
    print(f"{rounds} rounds")
    for other in (PLAIN, BARE):
        print_extra_imports(imports[EXERCISE], imports[other], other)
    report(times, notes)


if __name__ == "__main__":
    main()
