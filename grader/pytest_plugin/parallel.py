"""Specs beside plugins that distribute or shuffle tests: pytest-xdist, pytest-randomly.

A mistake is named by all the specs that it breaks, and running them takes less time than starting
processes. So a run of exercises only is not distributed, and specs keep their order. In a run
with other tests, each process of pytest-xdist sends its verdicts to the one that prints them.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.course.course import Exercise
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.messages.language import say
from grader.specs.collection import SpecItem
from grader.specs.lookup import ABSENT

if TYPE_CHECKING:
    from grader.pytest_plugin.summary import Summary

_SENT = "kata"
"""Key of the verdicts in what a process of pytest-xdist sends when it ends."""

_TOGETHER = pytest.StashKey[bool]()


def keep_together(config: pytest.Config) -> None:
    """Turn the distribution by pytest-xdist off if nothing but exercises is run.

    Parameters
    ----------
    config : pytest.Config
        The configuration of a session, before pytest-xdist starts its processes.
    """
    if config.getoption("dist", "no") == "no" or not all(map(_is_exercise, _paths(config))):
        return
    config.option.dist, config.option.tx, config.option.numprocesses = "no", [], 0
    config.stash[_TOGETHER] = True


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that the run is not distributed."""
    if not config.stash.get(_TOGETHER, False):
        return None
    return say("kata: exercises run in one process, since hints need all of their results")


def _paths(config: pytest.Config) -> list[Path]:
    folder = config.invocation_params.dir
    return [Path(os.path.abspath(folder / one.partition("::")[0])) for one in config.args]


def _is_exercise(path: Path) -> bool:
    try:
        course = find_course(path)
    except CourseError:  # it is reported at collection
        return False
    return course is not None and course.root / "exercises" in (path, *path.parents)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put specs back into the order of their files: some rest on earlier ones."""
    specs = sorted(
        (item for item in items if isinstance(item, SpecItem)), key=lambda spec: spec.number
    )
    in_order = iter(specs)
    items[:] = [next(in_order) if isinstance(item, SpecItem) else item for item in items]


def is_worker(config: pytest.Config) -> bool:
    """Return whether this is a process of pytest-xdist, whose reports another one prints."""
    return hasattr(config, "workeroutput")


def send(summary: "Summary") -> None:
    """Send what a process of pytest-xdist has found."""
    from grader.verdicts.codec import plain_spec

    absent: dict[tuple[str, str], None] = summary.config.stash.get(ABSENT, {})
    content = {
        "attempts": [
            [_plain(exercise), nodeid, plain_spec(verdict)]
            for (exercise, _), attempts in summary.attempts.items()
            for nodeid, verdict in attempts.items()
        ],
        "failures": [[_plain(one), failures] for one, failures in summary.failures.items()],
        "counts": [[_plain(one), n, summary.withheld[one]] for one, n in summary.counts.items()],
        "absent": list(absent),
    }
    output: Any = summary.config.workeroutput  # type: ignore[attr-defined]
    output[_SENT] = json.dumps(content)


def receive(summary: "Summary", output: dict[str, Any]) -> None:
    """Add what a process of pytest-xdist has sent to the summary of all.

    Parameters
    ----------
    summary : Summary
        The summary of the process that prints it.
    output : dict
        What the process sent; one that crashed sends nothing.
    """
    from grader.verdicts.codec import read_spec

    if _SENT not in output:
        return
    content = json.loads(output[_SENT])
    for place, failures in content["failures"]:
        summary.failures.setdefault(_exercise(place), {}).update(failures)
    for place, count, withheld in content["counts"]:
        summary.counts[_exercise(place)], summary.withheld[_exercise(place)] = count, withheld
    for place, nodeid, verdict in content["attempts"]:
        summary.keep(_exercise(place), nodeid, read_spec(verdict))
    absent = summary.config.stash.setdefault(ABSENT, {})
    absent.update(dict.fromkeys((module, name) for module, name in content["absent"]))


def _plain(exercise: Exercise) -> tuple[str, str]:
    return str(exercise.root), exercise.name


def _exercise(place: tuple[str, str]) -> Exercise:
    root, name = place
    return Exercise(Path(root), name)
