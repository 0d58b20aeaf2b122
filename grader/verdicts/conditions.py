"""The conditions of a verdict: everything that it depends on besides the submission."""

import hashlib
import platform
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

from grader.course.course import Course, Exercise
from grader.course.limits import Limits
from grader.course.settings import load_course
from grader.messages.language import LANGUAGES
from grader.verdicts.verdict import Conditions, hash_of

DECIDING_MODULES = {
    ".": "errors",
    "messages": "message explanation language wrapping escaping encodings listing",
    "worker": "wire source workbench module_loader exception_report main zygote sandbox",
    "worker/hints": "error_hints failing_line missing near_names slips suspects",
    "worker/loading": "imports offer stand_ins syntax",
    "course": "course dependencies settings limits modules spec_source stub_translation",
    "verdicts": "verdict conditions feedback finding origin",
    "transport": "worker_process in_process judged replies shared_arrays student answers caught "
    "own_memory",
    "submissions": "file_tree budget owners code_files candidates choice recognition submission "
    "class_folder",
    "submissions/layouts": "layout blackboard brightspace canvas gradescope moodle pattern",
    "submissions/archives": "archive member zip_members tar_members",
    "submissions/notebooks": "notebook_cells notebook_json ipython_magics exported_file",
    "specs": "collection lookup markers fixtures assertions differences display pytest_internals "
    "run",
    "mistakes": "catalogue fingerprint known_failures traces places own_code recognise diagnosis "
    "earlier",
    "mistakes/reasons": "call_log cause near_misses slow_way",
    "judging": "judge judgement follow_through known_runs pytest_session",
    "pytest_plugin": "plugin",
}
"""Modules of the grader on which a verdict depends, by package.

A change to one of them changes the version of the course, so that submissions are judged again.
Reports, rosters, marks and the learner's commands are excluded on purpose. A test compares the
list with the modules that a judge imports.
"""


def conditions_of(
    course: Course,
    secret: str,
    limits: Limits,
    sandbox: tuple[str, ...],
    follow_through: str = "off",
) -> Conditions:
    """Return the conditions under which submissions are judged on this machine.

    Parameters
    ----------
    course : Course
        Course whose files determine its version.
    secret : str
        Secret from which the hidden inputs are drawn.
    limits : Limits
        Limits of a submission.
    sandbox : tuple of str
        Layers of the sandbox in which submissions run; empty if there is none.
    follow_through : str, default "off"
        Policy for failing exercises; see `grader.judging.follow_through`.

    Returns
    -------
    Conditions
        Contains a hash of the secret, not the secret itself.
    """
    course_version = version_of(course.root)
    if follow_through != "off":
        both = f"{course_version} {solutions_version(course.exercises)}"
        course_version = hashlib.sha256(both.encode()).hexdigest()[:16]
    return Conditions(
        course=course_version,
        seed=hash_of(secret),
        python=platform.python_version(),
        numpy=_installed("numpy"),
        limits=asdict(limits),
        sandbox=sandbox,
        follow_through=follow_through,
    )


_installed = cache(version)  # each call reads and parses a file


def solutions_version(exercises: Iterable[Exercise]) -> str:
    """Return the version of solutions: a hash that is the same on every machine."""
    digest = hashlib.sha256()
    for exercise in exercises:
        if exercise.solution.is_file():
            digest.update(exercise.solution.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:16]


@cache
def version_of(root: Path) -> str:
    """Return the version of a course: a hash of all files on which a verdict depends.

    Parameters
    ----------
    root : Path
        Folder of the course.

    Returns
    -------
    str
        The same on every machine, independent of location and line endings.
    """
    digest = hashlib.sha256()
    for name, path in _deciding_files(root):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def _deciding_files(root: Path) -> Iterator[tuple[str, Path]]:
    yield "pyproject.toml", root / "pyproject.toml"
    tests = root / "tests"
    for folder in (tests / "specs", tests / "mistakes", root / "dataset"):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            # Translations cannot change a verdict, as the judge uses English messages.
            if path.suffix in (".py", ".toml", ".json") and path.stem not in LANGUAGES:
                yield f"{folder.name}/{path.name}", path
    course = load_course(root)
    for one in course.given if course else ():
        yield f"given/{one.filename}", one.finished
    grader = Path(__file__).parents[1]
    for package, modules in DECIDING_MODULES.items():
        for module in modules.split():
            yield f"{package}/{module}", grader / package / f"{module}.py"
