"""Lets learners open each exercise on Colab, from a link in the head of its lesson.

Colab opens notebooks of public repositories on GitHub by their address. The first cell of such a
notebook installs the course from the same repository.
"""

import re
import tempfile
from pathlib import Path

from grader.course.course import Course, Exercise
from grader.course.modules import lesson_file
from grader.course.settings import find_course
from grader.kata.lessons.notebook import exercise_cells, repository_of, text_of
from grader.messages.language import ENGLISH, LANGUAGES, say, speaking, spoken
from grader.release.files import MANIFEST, Files, with_manifest
from grader.release.update import write_folder

NOTEBOOKS = "notebooks"
"""Folder of the notebooks in a bundle."""

_ON_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")


def with_colab(course: Course, files: Files) -> Files:
    """Add notebooks to a bundle, and links to them, if the course has a repository on GitHub.

    Parameters
    ----------
    course : Course
        The course. Its settings have the repository that the bundle will be in.
    files : dict of str to bytes
        The bundle: content of each file by path. It may have notebooks and links already.

    Returns
    -------
    dict of str to bytes
        The same bundle, with a notebook of each lesson in each language.
    """
    found = _ON_GITHUB.fullmatch(repository_of(course.root))
    if found is None:
        return files
    more: Files = {}
    with tempfile.TemporaryDirectory() as place:
        write_folder(files, Path(place) / "course")
        handed_out = find_course(Path(place) / "course")
        assert handed_out is not None
        for language in LANGUAGES:
            with speaking(language):
                for exercise in handed_out.exercises:
                    more |= _opened(exercise, found[1])
    kept = {path: content for path, content in files.items() if path != MANIFEST}
    return with_manifest(kept | more)


def _opened(exercise: Exercise, repository: str) -> Files:
    """Return lesson and notebook of an exercise in the current language, if it has a lesson."""
    lesson = lesson_file(exercise)
    if not lesson.is_file() or (lesson == exercise.lesson and spoken() != ENGLISH):
        return {}
    ending = "" if spoken() == ENGLISH else f".{spoken()}"
    notebook = f"{NOTEBOOKS}/{exercise.name}{ending}.ipynb"
    address = f"https://colab.research.google.com/github/{repository}/blob/HEAD/{notebook}"
    link = f"[{say('Open it on Colab')}]({address})\n\n"
    head, *rest = exercise_cells(exercise)
    head["source"] = head["source"].replace(link, "")  # the lesson of a bundle has it
    text = lesson.read_text("utf-8").replace(link, "")
    linked = re.sub(r"^(# .*\n\n)", lambda title: title[1] + link, text, count=1, flags=re.M)
    path = lesson.relative_to(exercise.root).as_posix()
    return {path: linked.encode(), notebook: text_of([head, *rest], exercise.name).encode()}
