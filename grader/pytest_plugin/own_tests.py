"""Tests that learners write themselves, beside their code.

They import the exercises as the learner's scripts do, and run beside the specs. One that cannot be
imported is reported, and does not keep the specs from running.
"""

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from grader.course.modules import folders_of
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.specs.collection import SpecFile, SpecItem


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let a test file import the exercises."""
    with _importable_beside(collector):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test import the exercises while it runs."""
    with _importable_beside(item):
        return (yield)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Go on to the specs, whatever was wrong with a test file."""
    if any(isinstance(item, SpecItem) for item in session.items):
        session.config.option.continue_on_collection_errors = True


@contextmanager
def _importable_beside(node: pytest.Item | pytest.Collector) -> Iterator[None]:
    """Put the folders of the exercises first in ``sys.path``, the node's own before the others.

    Specs do without: they run the exercises as a judge does.
    """
    is_own = isinstance(node, pytest.Module | pytest.Class | pytest.Item)
    if not is_own or isinstance(node, SpecFile | SpecItem):
        yield
        return
    kept = list(sys.path)
    sys.path[:0] = _folders_around(node.path.parent)
    try:
        yield
    finally:
        sys.path[:] = kept


@cache
def _folders_around(folder: Path) -> tuple[str, ...]:
    """Return a folder in which learners write and those of all exercises; none outside of them."""
    try:
        course = find_course(folder)
    except CourseError:
        return ()
    if course is None or course.root / "exercises" not in (folder, *folder.parents):
        return ()
    return tuple(str(one) for one in dict.fromkeys((folder, *folders_of(course))))
