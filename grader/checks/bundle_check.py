"""Checks that a bundle works for learners and contains no secrets."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.checks.course_check import Claim
from grader.course.course import MAX_HINTS, Course, Exercise
from grader.errors import CourseError
from grader.mistakes.catalogue import make, read_mistakes
from grader.mistakes.known_failures import read
from grader.release.bundle import bundle
from grader.release.files import alias
from grader.release.leak_scan import leaks, secrets_of
from grader.release.pristine import untouched
from grader.verdicts.verdict import Outcome

VERDICTS = """
import json, sys
from pathlib import Path
from grader.course.settings import find_course
from grader.kata.runs.progress import Progress
progress = Progress(find_course(Path.cwd()))
found = {}
for name in sys.argv[1:]:
    verdict = progress.run(progress.named(name))
    found[name] = [[s.name, s.outcome, s.tier, s.mistake] for s in verdict.specs]
print(json.dumps(found))
"""
"""Program that prints the verdicts of `kata`, to be run in a learner's environment."""


def prove(course: Course, release: Path) -> Iterator[Claim]:
    """Check a bundle.

    Parameters
    ----------
    course : Course
        The instructor's course, which contains the solutions.
    release : Path
        Bundle of that course, a folder or a zip file.

    Yields
    ------
    Claim
        Each claim, as soon as it has been checked.

    Raises
    ------
    CourseError
        If the course contains no solutions, or the bundle does not run.
    """
    files = bundle(course)
    if not any(exercise.solution.is_file() for exercise in course.exercises):
        raise CourseError(
            f"{course.root / 'solutions'}: expected the solutions, which a bundle is checked "
            "against, found none; run this in the instructor's course"
        )
    found = tuple(leaks(release, secrets_of(course, files)))
    yield Claim("no line of a solution or of a withheld spec is in it", found)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve() / "course"
        _unpack(release, root)
        for exercise, stub in untouched(course).items():
            _write(exercise, root, stub)
        python, problem = _install(root, Path(place) / "venv")
        yield Claim("it installs in a fresh environment", problem)
        if not problem:
            yield from _prove_installed(course, root, python)


def _prove_installed(course: Course, root: Path, python: Path) -> Iterator[Claim]:
    names = [exercise.name for exercise in course.exercises]
    stubs = _verdicts(root, python, names)
    wrong = _others(stubs, (Outcome.NOT_STARTED, Outcome.BLOCKED))
    yield Claim("its stubs are not started", tuple(wrong))
    command = [str(python), "-m", "pytest", f"exercises/{names[0]}"]
    done = _run(command, root)
    reported = f"{names[0]}: 0 of " in done.stdout
    yield Claim("pytest runs them, too", () if reported else (done.stdout + done.stderr,))
    for exercise in course.exercises:
        _write(exercise, root, exercise.solution.read_bytes())
    passed = _verdicts(root, python, names)
    yield Claim("pasted solutions pass", tuple(_others(passed, (Outcome.PASSED,))))
    yield Claim("a pasted mistake is named", tuple(_unnamed(course, root, python, passed)))


def _unnamed(
    course: Course, root: Path, python: Path, specs_of: dict[str, list[list[str]]]
) -> Iterator[str]:
    """Try, for each exercise, the first mistake that the bundle has a fingerprint of."""
    for exercise in course.exercises if course.hints else ():
        copy = Exercise(root, exercise.name)
        names = [name for name, *_ in specs_of[exercise.name]]
        known = [one.name for one in read(copy.fingerprints) if any(map(one.failure, names))]
        called = {one.name: one for one in read_mistakes(exercise)}
        if course.hints < MAX_HINTS:
            called = {alias(name): one for name, one in called.items()}
        name, mistake = next(((k, one) for k, one in called.items() if k in known), ("", None))
        if mistake is None:
            continue
        _write(exercise, root, make(mistake, exercise).text.encode())
        specs = _verdicts(root, python, [exercise.name])[exercise.name]
        named = {name for *_, listed in specs for name in (listed or "").split(", ")}
        if name not in named:
            yield f"{exercise.name}: {mistake.name} is named as {sorted(named - {''}) or 'nothing'}"
        _write(exercise, root, exercise.solution.read_bytes())


def _others(verdicts: dict[str, list[list[str]]], expected: tuple[Outcome, ...]) -> Iterator[str]:
    for name, specs in verdicts.items():
        if not specs:
            yield f"{name}: no spec was run"
        for spec, outcome, *_ in specs:
            if outcome not in expected:
                yield f"{name}: {spec} is {outcome}"


def _write(exercise: Exercise, root: Path, content: bytes) -> None:
    (root / exercise.stub.relative_to(exercise.root)).write_bytes(content)


def _unpack(release: Path, root: Path) -> None:
    if release.is_dir():
        shutil.copytree(release, root, ignore=shutil.ignore_patterns(".git", ".venv"))
        return
    with zipfile.ZipFile(release) as archive:
        archive.extractall(root.parent / "unpacked")
    next((root.parent / "unpacked").iterdir()).rename(root)


def _install(root: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    # What is imported is compiled then; compiling all the rest takes longer than installing it.
    quick = ("--quiet", "--no-compile")
    done = _run([str(python), "-m", "pip", "install", *quick, "--editable", "."], root)
    return python, () if done.returncode == 0 else (done.stderr.strip()[-2000:],)


def _verdicts(root: Path, python: Path, names: list[str]) -> dict[str, list[list[str]]]:
    done = _run([str(python), "-c", VERDICTS, *names], root)
    try:
        found: dict[str, list[list[str]]] = json.loads(done.stdout)
    except ValueError:
        printed = (done.stdout + done.stderr).strip()[-2000:]
        raise CourseError(f"{root}: the bundle does not run:\n{printed}") from None
    return found


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a learner would, without the variables of this Python environment."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTEST_ADDOPTS")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    environment |= {"PYTHONUTF8": "1", "KATA_LANG": "en"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )
