"""The course, and what is handed out of it."""

from pathlib import Path

import pytest

from grader.course.settings import find_course
from grader.release.bundle import bundle
from grader.release.update import write_folder

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def course():
    return find_course(ROOT)


@pytest.fixture(scope="module")
def files(course):
    return bundle(course)


@pytest.fixture(scope="module")
def folder(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    write_folder(files, folder)
    return folder
