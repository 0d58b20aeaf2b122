"""Speed of grading whole courses: all exercises, the training on real digits included.

Three ways take turns: ``grader grade`` of the commit that is checked out; the same of an earlier
one; and a fresh ``python -m pytest exercises`` for each submission, as many at once as there are
cores. Both commits are in git worktrees, which import their own code with this environment, and
teach the exercises that the earlier one has. There are two classes: one in which everybody is
right, and one in which a third has `train` wrong. No two submissions are the same.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from grading import ROOT, run
from interleave import interleave, print_times, ratio, verdict

NOW, BEFORE, FRESH = "grader grade", "grader grade, before", "a fresh pytest for each"
WANTED = {"right": 2.5, "mixed": 6.0}  # times as fast as before
WRONG = (
    ("param -= ", "param += "),  # ascends
    ("param -= learning_rate * grads[key]", "network.params[key] = param - 0.1 * grads[key]"),
    ("rng.integers(len(x_train), size=batch_size)", "np.arange(batch_size)"),
    ("in range(iterations):", "in range(iterations * max(1, len(x_train) // batch_size)):"),
    ("    return losses\n", "    while True:\n        pass\n"),
)


def teach(tree: Path, names: Sequence[str]) -> None:
    """Let a course with parts teach some exercises only."""
    settings = tree / "pyproject.toml"
    text = settings.read_text("utf-8")
    if "[[tool.kata.parts]]" in text:
        chosen = f"\n[tool.kata]\nexercises = {list(names)}\n"
        settings.write_text(text.replace("\n[tool.kata]\n", chosen), "utf-8")


def make_class(folder: Path, names: Sequence[str], size: int, wrong: bool) -> list[Path]:
    """Submissions of these exercises; in every third one, `train` has a mistake, by turns."""
    modules = [path for name in names for path in (ROOT / "solutions" / name).glob("*.py")]
    learners = [folder / f"learner{number:03}" for number in range(size)]
    for number, learner in enumerate(learners):
        learner.mkdir(parents=True)
        for module in modules:
            text = module.read_text("utf-8")
            if wrong and module.stem == "mnist" and number % 3 == 2:
                old, new = WRONG[number // 3 % len(WRONG)]
                assert text.count(old) == 1, old
                text = text.replace(old, new)
            (learner / module.name).write_text(f"{text}\n# {learner.name}\n", "utf-8")
    return learners


def grade(class_folder: Path, tree: Path) -> None:
    """Grade a class with a new journal."""
    with tempfile.TemporaryDirectory() as place:
        own = ["--journal", f"{place}/journal", "--secret-file", f"{class_folder.parent}/secret"]
        run(["-m", "grader", "grade", str(class_folder), *own], tree, PYTHONPATH=str(tree))


def test_each(learners: Sequence[Path], tree: Path, cores: int) -> None:
    """A copy of the course for each submission, and pytest in it."""

    def once(learner: Path) -> None:
        with tempfile.TemporaryDirectory() as place:
            course = Path(place) / "course"
            kept = shutil.ignore_patterns(".*", "benchmarks", "hostile", "__pycache__", "solutions")
            shutil.copytree(tree, course, ignore=kept)
            for stub in sorted((course / "exercises").glob("[0-9]*/*.py")):
                if (learner / stub.name).is_file():
                    shutil.copy(learner / stub.name, stub)
            command = ["-m", "pytest", "-q", "-n", "0", "exercises"]
            run(command, course, PYTHONPATH=str(course))

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(once, learners))


@contextmanager
def worktree(commit: str) -> Iterator[Path]:
    """Check a commit out into a folder of its own."""
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "before"
        subprocess.run(
            ["git", "worktree", "add", "-q", "--detach", tree, commit], cwd=ROOT, check=True
        )
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)


def compare(kind: str, now: Path, before: Path, size: int, sample: int, rounds: int) -> None:
    """Time the three ways on one class, and print the ratios."""
    cores = os.cpu_count() or 1
    names = sorted(folder.name for folder in (before / "solutions").glob("[0-9]*"))
    teach(now, names)
    with tempfile.TemporaryDirectory() as place:
        class_folder = Path(place) / "class"
        learners = make_class(class_folder, names, size, wrong=kind == "mixed")
        contestants = {
            NOW: lambda: grade(class_folder, now),
            BEFORE: lambda: grade(class_folder, before),
            FRESH: lambda: test_each(learners[:sample], now, cores),
        }
        times = interleave(contestants, rounds)
    each = {name: [s / (sample if name == FRESH else size) for s in times[name]] for name in times}
    print(f"{kind}: {size} whole courses, {sample} for pytest; for each of them")
    print_times(each)
    found = ratio(each, BEFORE, NOW)
    wanted = WANTED[kind]
    print(f"before over now: {found}; wanted {wanted} or more: {verdict(found.typical >= wanted)}")
    print(f"a fresh pytest over now: {ratio(each, FRESH, NOW)}")


def main() -> None:
    """Parse the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("before", help="the commit to compare with")
    parser.add_argument("--size", type=int, default=60)
    parser.add_argument("--sample", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--kinds", nargs="+", choices=WANTED, default=list(WANTED))
    options = parser.parse_args()
    for kind in options.kinds:
        with worktree("HEAD") as now, worktree(options.before) as before:
            compare(kind, now, before, options.size, options.sample, options.rounds)


if __name__ == "__main__":
    main()
