"""Speed of grading a class: 03_affine alone, with half of the submissions wrong.

Three ways take turns: ``grader grade`` in its sandbox; a fresh ``python -m pytest`` for each
submission, as many at once as there are cores; and one pytest session over all of them. The last
two run plain tests (`plain_affine.py`) with no sandbox and no plugins.

With ``--flat`` the grader alone is run on classes of growing size: time and memory for each
submission should stay as they are.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

from interleave import interleave, print_times, ratio, verdict

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "solutions" / "03_affine" / "affine.py"
PLAIN = Path(__file__).with_name("plain_affine.py")
GRADER, FRESH, SESSION, QUIET = (
    "grader grade, sandboxed",
    "a fresh pytest for each",
    "one pytest session",
    "one session, --tb=no",
)
MISTAKES = (
    ("np.sum(dout, axis=0)", "np.sum(dout)"),
    ("np.dot(dout, self.W.T)", "np.dot(dout, self.W)"),
    ("np.dot(self.x.T, dout)", "np.dot(self.x.T, dout) / len(dout)"),
    (" + self.b", ""),
    ("self.W = W", "self.W = W.copy()"),
)


def make_class(folder: Path, size: int) -> list[Path]:
    """Submissions of one file each; every second one has a mistake, by turns."""
    right = REFERENCE.read_text("utf-8")
    files = []
    for number, (old, new) in enumerate(islice(cycle(MISTAKES), size)):
        assert right.count(old) == 1, old
        files.append(folder / f"learner{number:04}" / "affine.py")
        files[-1].parent.mkdir(parents=True)
        text = right if number % 2 else right.replace(old, new)
        # Nobody's code is the same, since the same code is judged once.
        files[-1].write_text(f"{text}\n# learner {number}\n", "utf-8")
    return files


def run(arguments: Sequence[str], folder: Path, **environment: str) -> None:
    """Run Python. Failing tests are expected, because half of the submissions are wrong."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
        capture_output=True,
    )
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout.decode() + done.stderr.decode())


def grade(class_folder: Path, folder: Path, size: int) -> None:
    """Grade a class with a new journal."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        own = ["--journal", f"{place}/journal", "--secret-file", f"{folder}/secret"]
        command = ["grade", str(class_folder), "--exercise", "03_affine", *own]
        run(["-m", "grader", *command], ROOT)
        lines = Path(place, "journal").read_text().count("\n")
        assert lines == size + 1, "not everybody was graded"


def pytest_options(*more: str) -> list[str]:
    """Options for plain pytest, without installed plugins."""
    return ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--disable-plugin-autoload", *more]


def run_fresh(files: Sequence[Path], folder: Path, cores: int) -> None:
    """A process for each submission, as many at once as there are cores."""
    tests = folder / "test_affine.py"
    tests.write_text(PLAIN.read_text("utf-8"), "utf-8")

    def once(file: Path) -> None:
        run(pytest_options(str(tests)), folder, PYTHONPATH=str(file.parent))

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(once, files))


def write_session(files: Sequence[Path], folder: Path) -> Path:
    """The plain tests, each with every submission's class in turn."""
    text = PLAIN.read_text("utf-8").replace("from affine import Affine\n", "")
    text = re.sub(r"^def (test_\w+)\(", r"def \1(Affine, ", text, flags=re.MULTILINE)
    fixture = f"""
import importlib.util


@pytest.fixture(params={[str(file) for file in files]!r}, scope="module")
def Affine(request):
    spec = importlib.util.spec_from_file_location("affine", request.param)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Affine
"""
    tests = folder / "test_all.py"
    tests.write_text(text.replace("\n\n\n@pytest.fixture", fixture + "\n\n@pytest.fixture", 1))
    return tests


def compare(size: int, sample: int, rounds: int) -> None:
    """Run all of them in turns and print the table."""
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = make_class(folder / "class", size)
        session = str(write_session(files, folder))
        counts = {GRADER: size, FRESH: sample, SESSION: size, QUIET: size}
        turns = {
            GRADER: lambda: grade(folder / "class", folder, size),
            FRESH: lambda: run_fresh(files[:sample], folder, cores),
            SESSION: lambda: run(pytest_options(session), folder),
            QUIET: lambda: run(pytest_options("--tb=no", session), folder),
        }
        times = interleave(turns, rounds)
    for name, seconds in times.items():
        times[name] = [one / counts[name] for one in seconds]
    print(f"{rounds} rounds, {cores} cores; {sample} of {size} submissions for {FRESH!r}")
    print_times(times, {name: f"each of {counts[name]}" for name in counts})
    fresh = ratio(times, FRESH, GRADER)
    print(f"{FRESH} over the grader: {fresh}; wanted 10 or more: {verdict(fresh.typical >= 10)}")
    one = ratio(times, SESSION, GRADER)
    print(f"{SESSION} over the grader: {one}; wanted 1 or more: {verdict(one.typical >= 1)}")
    print(f"{QUIET}, which tells nobody why, over the grader: {ratio(times, QUIET, GRADER)}")


def show_flatness(sizes: Sequence[int]) -> None:
    """Grade classes of growing size and print what each submission takes."""
    print(f"{'submissions':>11} {'ms each':>9} {'peak MiB of the largest process':>32}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            make_class(folder / "class", size)
            started = time.perf_counter()
            grade(folder / "class", folder, size)
            each = 1000 * (time.perf_counter() - started) / size
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{size:>11} {each:>9.1f} {peak:>32.0f}")


def main() -> None:
    """Parse the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=200)
    parser.add_argument("--sample", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--flat", action="store_true", help="classes of 20, 200 and 2,000 instead")
    options = parser.parse_args()
    if options.flat:
        show_flatness((20, 200, 2000))
    else:
        compare(options.size, options.sample, options.rounds)


if __name__ == "__main__":
    main()
