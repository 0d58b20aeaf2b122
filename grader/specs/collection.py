"""The pytest collector and item of specs."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from grader.course.course import Exercise
from grader.course.spec_source import ANNOUNCED
from grader.specs.markers import IN_PROCESS_TIMEOUT, budget_of, promise_of

_NUMBERS = count()


class SpecFile(pytest.Module):
    """The hidden spec of an exercise, collected under the path of the learner's file."""

    exercise: Exercise
    count = 0  # of its specs, including those that pytest deselects
    withheld = 0  # points of the specs that learners do not get

    def collect(self) -> Iterator[pytest.Item]:
        """Collect the specs, each with its time limit."""
        spec_file: pytest.Module = pytest.Module.from_parent(self.parent, path=self.exercise.spec)
        self.obj = spec_file.obj
        self.own_markers.extend(spec_file.own_markers)
        self.withheld = getattr(self.obj, ANNOUNCED, 0)
        names: set[str] = set()
        for item in super().collect():
            assert isinstance(item, pytest.Function)
            names.add(item.originalname)
            self.count = len(names)
            spec: SpecItem = SpecItem.from_parent(self, name=item.originalname, callobj=item.obj)
            spec.number = next(_NUMBERS)
            spec.repetition = item.name.removeprefix(item.originalname)
            seconds = budget_of(spec) or IN_PROCESS_TIMEOUT
            spec.add_marker(pytest.mark.timeout(seconds))
            yield spec


class SpecItem(pytest.Function):
    """One spec, with a location in the learner's file.

    Attributes
    ----------
    number : int
        Place among all specs, in the order in which they were collected.
    repetition : str, default ""
        Which repetition of the spec this is, as pytest-repeat names it: ``[1-3]``.
    """

    number: int
    repetition = ""

    @property
    def nodeid(self) -> str:
        """The id of this item, which differs for each repetition. The name does not."""
        return super().nodeid + self.repetition

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the location of the class or function under test, and the promise as a heading."""
        return self.path, _line_of(self.path, self.name), promise_of(self)

    def repr_failure(self, *_: object) -> str:
        """Return an empty text: the diagnosis replaces the traceback, which is slow to format."""
        return ""


def _line_of(path: Path, spec_name: str) -> int:
    """Return the line, from 0, of the class or function that the name of a spec mentions."""
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines()):
        keyword, _, rest = line.partition(" ")
        name = rest.split("(")[0].split(":")[0]
        if keyword in ("class", "def") and f"_{name}_" in f"{spec_name}_":
            return number
    return 0
