"""Cost of naming a mistake: for each wrong submission of a class, and for a learner.

Wrong submissions of a class, each with another of the known mistakes, are judged with the catalogue
and without it, each of them in turns, by two new judges. Where the first has to find out how a
mistake fails the specs, that is part of what it adds. A learner's pytest has that written down;
what it spends on reading and comparing is taken with a clock around it, for the mistake that breaks
the most promises.
"""

import argparse
import gc
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import fmean, median

from interleave import interleave, print_times, verdict

from grader.course.course import Course, Exercise
from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.mistakes.catalogue import make, read_mistakes
from grader.mistakes.known_failures import read
from grader.mistakes.recognise import recognise
from grader.submissions.submission import Submission

ROOT = Path(__file__).resolve().parents[2]
NAMED, UNNAMED = "with the catalogue", "without it"
MOST_OF_A_CLASS, MOST_OF_A_LEARNER = 5, 50


def without_catalogue(folder: Path) -> Course:
    """The same course, in which no mistake is known."""
    ignore = shutil.ignore_patterns("__pycache__")
    for tree in ("solutions", "tests/specs"):
        shutil.copytree(ROOT / tree, folder / tree, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    course = find_course(folder)
    assert course is not None
    return course


def wrong_submissions(exercise: Exercise, course: Course, size: int) -> list[Submission]:
    """A number of submissions, each with one of the known mistakes in turn."""
    reference = read_modules(ROOT / "solutions", course)
    chosen = islice(cycle(read_mistakes(exercise)), size)
    return [
        Submission(
            f"learner{number}",
            {**reference, exercise.module: make(mistake, exercise)},
            (exercise,),
        )
        for number, mistake in enumerate(chosen)
    ]


def judging(
    course: Course, exercise: Exercise, submissions: Sequence[Submission]
) -> Callable[[], object]:
    """A function that judges the next submission of a class, with a judge of its own."""
    own = course.named(exercise.name)
    judge = Judge(course, [own], "a secret")
    waiting = (Submission(one.name, one.sources, (own,)) for one in submissions)
    return lambda: judge.judge(next(waiting))


def time_a_class(course: Course, exercise: Exercise, size: int, rounds: int) -> None:
    """Print what naming adds to each submission of a class."""
    submissions = wrong_submissions(exercise, course, size)
    print(f"{exercise.name}, {size} wrong submissions")
    added = []
    with tempfile.TemporaryDirectory() as folder:
        courses = {NAMED: course, UNNAMED: without_catalogue(Path(folder))}
        for _ in range(rounds):
            judges = {name: judging(one, exercise, submissions) for name, one in courses.items()}
            gc.freeze()  # as in a process that judges
            times = interleave(judges, size)
            print_times(times)
            added.append(1000 * (fmean(times[NAMED]) - fmean(times[UNNAMED])))
    holds = median(added) <= MOST_OF_A_CLASS
    print(
        f"added to each: {median(added):.1f} ms ({min(added):.1f} to {max(added):.1f}); "
        f"wanted {MOST_OF_A_CLASS} at most: {verdict(holds)}"
    )


def time_a_learner(course: Course, exercise: Exercise, rounds: int) -> None:
    """Print how long a learner waits until a mistake is named."""
    specs = Judge(course, [exercise]).known_runs.cheap_specs(exercise)

    def breaks(number: int) -> dict[str, list[object]]:
        one = read(exercise.fingerprints)[number]
        return {spec: end for spec in specs if (end := one.failure(spec)) is not None}

    worst = max((breaks(n) for n in range(len(read(exercise.fingerprints)))), key=len)
    taken = []
    for _ in range(10 * rounds):
        started = time.perf_counter()
        recognise(read(exercise.fingerprints), worst, specs)
        taken.append(1000 * (time.perf_counter() - started))
    holds = median(taken) <= MOST_OF_A_LEARNER
    print(
        f"{exercise.name}, a learner's pytest: {median(taken):.1f} ms (up to {max(taken):.1f}) for "
        f"{len(worst)} broken promises; wanted {MOST_OF_A_LEARNER} at most: {verdict(holds)}"
    )


def main() -> None:
    """Parse the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("exercises", nargs="*", default=["03_affine", "06_two_layer_net"])
    parser.add_argument("--size", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    course = find_course(ROOT)
    assert course is not None
    for name in options.exercises:
        time_a_class(course, course.named(name), options.size, options.rounds)
    for exercise in course.exercises:
        time_a_learner(course, exercise, options.rounds)


if __name__ == "__main__":
    main()
