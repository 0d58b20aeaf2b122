"""What each known mistake costs: the points of the core specs that it breaks.

The specs are those in the fingerprints of a learner's pytest, which `grader check` holds, and those
that rest on them. A mistake is counted apart if nothing works because of it: if it breaks all of
core, or if most of what it breaks ends in an exception or without any value.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.course.settings import find_course
from grader.judging.pytest_session import PytestSession
from grader.mistakes.known_failures import KnownMistake, read
from grader.specs.markers import points_of, rests_on

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cost:
    """What a mistake costs."""

    exercise: str
    mistake: str
    points: int
    of: int
    nothing_works: bool

    @property
    def is_more_than_half(self) -> bool:
        """Whether it costs more than half of the exercise's points."""
        return 2 * self.points > self.of

    def __str__(self) -> str:
        apart = ", nothing works" if self.nothing_works else ""
        return f"{self.exercise}: {self.mistake} costs {self.points} of {self.of} points{apart}"


def costs_of(course: Course) -> Iterator[Cost]:
    """Yield what each known mistake of a course costs."""
    session = PytestSession(course, course.exercises)
    for exercise in course.exercises:
        items = session.items[exercise]
        for mistake in read(exercise.fingerprints):
            yield _cost(exercise.name, mistake, items)


def _cost(exercise: str, mistake: KnownMistake, items: Sequence[pytest.Item]) -> Cost:
    points = {item.name: points_of(item) for item in items}
    ends = {name: end for name in points if (end := mistake.failure(name)) is not None}
    broken = set(ends)
    for item in items:  # the specs on which others rest come before them
        if broken & set(rests_on(item)):
            broken.add(item.name)
    without = sum(end[0] != "returned" or end[-1] == ["nothing"] for end in ends.values())
    all_of_core = all(name in broken for name, worth in points.items() if worth)
    lost = sum(points[name] for name in broken)
    works = not all_of_core and 2 * without < len(ends)
    return Cost(exercise, mistake.name, lost, sum(points.values()), not works)


def tell(costs: Sequence[Cost]) -> str:
    """Say in one line how many mistakes cost at most half of the points."""
    counted = [cost for cost in costs if not cost.nothing_works]
    low = sum(not cost.is_more_than_half for cost in counted)
    apart = len(costs) - len(counted)
    return (
        f"{low} of {len(counted)} known mistakes ({low / len(counted):.0%}) cost at most half of "
        f"an exercise's points; with {apart} more, nothing works"
    )


def main() -> None:
    """Parse the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="each mistake, not only the dear ones")
    options = parser.parse_args()
    course = find_course(ROOT)
    assert course is not None
    costs = list(costs_of(course))
    for cost in costs:
        if options.all or cost.is_more_than_half:
            print(cost)
    print(tell(costs))


if __name__ == "__main__":
    main()
