"""The list of files that learners get.

Both a new course (`kata start`) and the bundle (`grader release`) are made of it. Files that are
not listed here stay with the instructor.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.course.course import KEPT, MAX_HINTS, Course, Exercise
from grader.course.spec_source import Parted, part
from grader.errors import CourseError
from grader.repository import ARCHIVE

LESSONS = (
    "exercises/*.md",
    "exercises/*.toml",
    "exercises/*/*.md",
    "exercises/*/*.svg",
    ".vscode/*.json",
)
"""Files that are handed out besides the stubs; others in these folders may be someone's work."""

PRISTINE = ".kata/pristine"

MANIFEST = ".kata/release.json"
"""File with the hash of each file as it was handed out, by path."""

IGNORED = """\
__pycache__/
.pytest_cache/
.ipynb_checkpoints/
.venv/
*.egg-info/
*.png
mnist.html
conv_net.html
# What `kata` remembers can be found out anew; how the stubs were handed out cannot.
.kata/*
!.kata/pristine/
!.kata/given/
!.kata/release.json
"""

Files = dict[str, bytes]
"""Content of each file by its path, with slashes."""


def handout(course: Course, stubs: Mapping[Exercise, bytes]) -> Files:
    """Return all files that a learner works with, except the settings.

    Parameters
    ----------
    course : Course
        The instructor's course, or a learner's.
    stubs : mapping of Exercise to bytes
        Content of each exercise's stub, in the language of the learner.

    Returns
    -------
    dict of str to bytes
        Content of each file by path.

    Raises
    ------
    CourseError
        If a file of the course is missing or invalid.
    """
    root = course.root
    files = dict(_lessons(course))
    files |= package("dataset")
    files[".gitignore"] = IGNORED.encode()
    unsaid: set[str] = set()
    unhinted: set[str] = set()
    for exercise in course.exercises:
        parted = part(exercise)
        files[_path(exercise.spec, root)] = parted.shown.encode()
        unsaid |= _texts(parted)
        if exercise.fingerprints.is_file():
            found, dropped = _fingerprints(exercise, parted.names, course.hints)
            unhinted |= dropped
            if found:
                files[_path(exercise.fingerprints, root)] = found
        for path in (_path(exercise.stub, root), f"{PRISTINE}/{exercise.name}/{exercise.filename}"):
            files[path] = stubs[exercise]
    for one in course.given:
        for path in (_path(one.stub, root), f"{KEPT}/{one.name}/{one.filename}"):
            files[path] = one.finished.read_bytes()
    files |= _catalogues(root / "tests" / "specs", root, unsaid)
    files |= _catalogues(root / "tests" / "mistakes", root, unhinted)
    return files


def _lessons(course: Course) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of what is handed out besides the stubs: nothing of other exercises.

    A folder is of another exercise if it has a lesson, or if the course gives it.
    """
    others = {*absent_from(course), *(one.name for one in course.given)}
    for pattern in LESSONS:
        for path in course.root.glob(pattern):
            if path.parent.name in others:
                continue
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            if path.suffix == ".md":
                text = without_links(text, others)
            elif path.suffix == ".json":
                text = _of_editors(course, text)
            yield _path(path, course.root), text.encode("utf-8", "surrogateescape")


def absent_from(course: Course) -> list[str]:
    """Return the names of the exercises that are not handed out, neither to do nor finished."""
    folders = {lesson.parent.name for lesson in course.root.glob("exercises/*/README.md")}
    known = folders.union(course.left_out, (one.name for one in course.untaught))
    return sorted(known - {one.name for one in (*course.exercises, *course.given)})


def without_links(text: str, names: Collection[str]) -> str:
    """Return a lesson or a list of lessons without what leads to some lessons.

    That is a line of a table or list; a paragraph at the end of the lesson before, such as
    ``[09 · ...](../09_.../README.md): ...``; and the heading above it, if nothing else is below.

    Parameters
    ----------
    text : str
        The Markdown.
    names : collection of str
        Names of the exercises whose lessons are not there.
    """
    rows, others = (tuple(f"]({up}{name}/" for name in names) for up in ("", "../"))
    lines = text.splitlines(keepends=True)
    text = "".join(line for line in lines if not any(link in line for link in rows))
    if not any(link in text for link in others):
        return text
    kept: list[str] = []
    is_open = False  # whether what was below the last block is left out
    for block in [*text.rstrip("\n").split("\n\n"), "# end"]:
        if any(link in block for link in others):
            is_open = True
            continue
        if is_open and kept and _is_heading(kept[-1]) and block.startswith("#"):
            kept.pop()
        kept.append(block)
        is_open = False
    return "\n\n".join(kept[:-1]) + "\n"


def _is_heading(block: str) -> bool:
    return block.startswith("#") and "\n" not in block


def without_names(text: str, names: Iterable[str]) -> str:
    """Return settings, as TOML or JSON, without some texts in their lists."""
    for name in names:
        entry = rf'"{re.escape(name)}"[ \t]*,?[ \t]*'
        text = re.sub(rf"^[ \t]*{entry}\n|{entry}", "", text, flags=re.M)
    return text


def _of_editors(course: Course, text: str) -> str:
    """Return settings of VS Code without the folders of what is not handed out."""
    kept = without_names(text, (f"exercises/{name}" for name in absent_from(course)))
    return text if kept == text else re.sub(r",(\s*\])", r"\1", kept)  # JSON has no such comma


def with_manifest(files: Files) -> Files:
    """Return files in a fixed order, with the list by which a later update knows them again."""
    hashes = {path: hash_of(content) for path, content in sorted(files.items())}
    manifest = (json.dumps(hashes, indent=0) + "\n").encode()
    return dict(sorted({**files, MANIFEST: manifest}.items()))


def hash_of(content: bytes) -> str:
    """Return the hash of a file's content that the manifest has."""
    return hashlib.sha256(content).hexdigest()


def package(name: str) -> Files:
    """Return the files of a top-level package of this project: its sources and its data."""
    home = Path(__file__).parents[2]
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in (home / name).rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and not path.name.startswith(".")
        and path.name != ARCHIVE  # it contains the solutions
    }


def _path(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _texts(parted: Parted) -> set[str]:
    """Return the texts of withheld specs, which the catalogues must not contain."""
    from grader.course.spec_source import texts_in

    return set(texts_in(parted.hidden)) - set(texts_in(parted.shown))


def alias(mistake: str) -> str:
    """Return an alias for the name of a mistake, which would give the mistake away."""
    return hashlib.sha256(mistake.encode()).hexdigest()[:8]


def _fingerprints(
    exercise: Exercise, withheld: Collection[str], hints: int
) -> tuple[bytes, set[str]]:
    """Return the fingerprints for a level of hints, and the texts of mistakes that they leave out.

    Fingerprints of withheld specs, and mistakes that only withheld specs catch, are left out.
    """
    content = exercise.fingerprints.read_bytes()
    if not withheld and hints == MAX_HINTS:
        return content, set()
    entries = json.loads(content)
    kept: list[dict[str, Any]] = []
    for entry in entries:
        failures = {k: v for k, v in entry["failures"].items() if k not in withheld}
        if failures and hints:
            kept.append({**entry, "failures": failures})
    if hints < MAX_HINTS:
        kept = [_without_name(one) for one in kept]
    texts = {one[key] for one in entries for key in ("title", "hint")}
    texts -= {one[key] for one in kept for key in ("title", "hint")}
    return (json.dumps(kept, indent=0) + "\n").encode() if kept else b"", texts


def _without_name(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with an alias as name, and without title and place; once is enough."""
    if not entry["title"]:
        return entry
    return {**entry, "name": alias(entry["name"]), "title": "", "place": ""}


def _catalogues(folder: Path, root: Path, dropped: Collection[str]) -> Files:
    """Return the catalogues of translations in a folder, without those of the dropped texts."""
    exercises = {path.stem for path in folder.glob("*.json")}
    found = {}
    for path in folder.glob("*.toml"):
        if path.stem in exercises or path.stem[:1].isdigit():  # mistakes quote the solution
            continue
        lines = path.read_text("utf-8").splitlines(keepends=True)
        text = "".join(line for line in lines if not set(_keys(line)) & set(dropped))
        if set(_keys(text)) & set(dropped):
            raise CourseError(f"{path}: expected one line for each text; write it so")
        found[_path(path, root)] = text.encode()
    return found


def _keys(toml: str) -> Iterator[str]:
    try:
        yield from tomllib.loads(toml)
    except tomllib.TOMLDecodeError:
        return
