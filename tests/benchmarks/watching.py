"""How long a learner waits with ``kata``: from a save to the result on the screen.

``kata`` watches in a pseudo-terminal of 80 columns and 24 lines. In each round a file with a known
mistake in it is saved again, another one each time, and the clock runs until the terminal has been
sent the result. In the same round the spec is run once more in a process that is ready, to
measure the specs themselves. The difference is the time that ``kata`` needs to notice the save,
import the code, name the mistake, and draw. Not for Windows.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from interleave import Times, print_times, verdict

from grader.course.course import Course, Exercise
from grader.course.settings import find_course
from grader.kata.runs.interpreter import Interpreter
from grader.kata.runs.records import Records
from grader.mistakes.catalogue import make, read_mistakes
from grader.release.new_course import start

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "grader"))
from pseudo_terminal import PseudoTerminal  # noqa: E402

WANTED = 0.3
READY = 1.5
"""Seconds between two saves, in which the next interpreter starts."""


def wrong_solution(exercise: Exercise) -> str:
    """The reference with the first known mistake in it that core notices."""
    known = (one for one in read_mistakes(exercise) if one.caught == "core")
    return make(next(known), exercise).text


def begin(folder: Path) -> Course:
    """A fresh course, complete except for one mistake in each exercise."""
    start(find_course(ROOT), folder, "en")
    return find_course(folder)


def time_saves(course: Course, number: int, rounds: int) -> tuple[list[float], list[float]]:
    """Measure the seconds from save to screen, and those of the specs alone, for one exercise."""
    exercise = course.exercises[number]
    reference = find_course(ROOT).exercises[number]
    text = wrong_solution(reference)
    exercise.stub.write_text(text, "utf-8")
    Records(course).go_to(exercise)
    terminal = PseudoTerminal("-m", "grader.kata", cwd=course.root)
    waits, specs = [], []
    try:
        terminal.sees("broken")
        for turn in range(rounds):
            until = time.monotonic() + READY
            while time.monotonic() < until:
                terminal.read()
            seen = len(terminal.raw)
            exercise.stub.write_text(f"{text}\n# {turn}\n", "utf-8")
            saved = time.perf_counter()
            terminal.waits_for(lambda since=seen: b"broken" in terminal.raw[since:], "the result")
            waits.append(time.perf_counter() - saved)
            specs.append(time_specs(exercise))
    finally:
        terminal.close()
    exercise.stub.write_text(reference.solution.read_text("utf-8"), "utf-8")
    return waits, specs


def time_specs(exercise: Exercise) -> float:
    """Measure the seconds that the specs themselves take."""
    result = Interpreter(exercise).run()
    assert result is not None
    return result.seconds


def report(times: Times) -> None:
    """Print the table and the claim."""
    print_times(times)
    worst = 0.0
    print(f"\n{'milliseconds more than the specs':<32} {'median':>9} {'worst':>9}")
    for name in [name for name in times if f"{name}, specs alone" in times]:
        both = zip(times[name], times[f"{name}, specs alone"], strict=True)
        more = [wait - spec for wait, spec in both]
        worst = max(worst, median(more))
        print(f"{name:<32} {1000 * median(more):9.1f} {1000 * max(more):9.1f}")
    print(f"medians; at most {1000 * WANTED:.0f} wanted: {verdict(worst <= WANTED)}")


def main() -> None:
    """Measure all exercises except the training."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    times: Times = {}
    with tempfile.TemporaryDirectory() as folder:
        course = begin(Path(folder) / "course")
        for number, exercise in enumerate(course.exercises[:-1]):
            waits, specs = time_saves(course, number, rounds)
            times[exercise.name] = waits
            times[f"{exercise.name}, specs alone"] = specs
    report(times)


if __name__ == "__main__":
    main()
