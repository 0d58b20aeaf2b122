"""Searches files, archives, bytecode and git objects for text that must not be handed out."""

import ast
import gzip
import io
import json
import marshal
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Any

from grader.course.course import KEPT, Course
from grader.course.spec_source import part
from grader.release.files import Files
from grader.release.pristine import untouched

SHORTEST = 13
"""Minimum length of a line that counts as secret: `return dx` gives nothing away."""

MAX_DEPTH = 4
"""Maximum depth of nested archives to be unpacked."""

Bytecode = tuple[str, bytes, tuple[str, ...]]
"""Name, bytecode and used names of a compiled function."""


@dataclass(frozen=True)
class Secrets:
    """Lines and functions that must not be handed out.

    Attributes
    ----------
    lines : frozenset of str
        Lines of solutions and of withheld specs, stripped, at least `SHORTEST` characters long,
        and not contained in a stub, a shown spec, or our own packages.
    bytecode : frozenset of tuple
        The compiled functions of solutions and withheld specs, except those that are also public.
    """

    lines: frozenset[str]
    bytecode: frozenset[Bytecode]


def secrets_of(course: Course, files: Files) -> Secrets:
    """Collect the secrets of a course.

    Parameters
    ----------
    course : Course
        The instructor's course, which contains the solutions.
    files : dict of str to bytes
        Files that are handed out. What is in their Python files is not secret; what lessons may
        show is listed in the course's settings instead.
    """
    hidden = [e.solution.read_text("utf-8") for e in course.exercises if e.solution.is_file()]
    hidden += [part(exercise).hidden for exercise in course.exercises]
    public = [text.decode() for text in untouched(course).values()]
    public += [text.decode() for path, text in files.items() if _is_public(path)]
    everything = "\n".join([*public, *course.shown])
    lines = {line.strip() for text in hidden for line in text.splitlines()}
    return Secrets(
        frozenset(x for x in lines if len(x) >= SHORTEST and x not in everything),
        frozenset(_compiled(hidden) - _compiled(public)),
    )


_PUBLIC = ("grader/", "dataset/", "tests/specs/", f"{KEPT}/")


def _is_public(path: str) -> bool:
    return path.endswith(".py") and path.startswith(_PUBLIC)


def _compiled(sources: list[str]) -> set[Bytecode]:
    found: set[Bytecode] = set()
    for source in sources:
        with suppress(SyntaxError):
            found.update(_functions(compile(ast.parse(source), "", "exec")))
    return found


def _functions(code: CodeType) -> Iterator[Bytecode]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            if inner.co_name != "__init__":
                yield inner.co_name, inner.co_code, inner.co_names
            yield from _functions(inner)


def leaks(folder: Path, secrets: Secrets) -> Iterator[str]:
    """Search a folder or an archive for secrets.

    Parameters
    ----------
    folder : Path
        A folder or file to be handed out.
    secrets : Secrets
        Lines and functions to search for.

    Yields
    ------
    str
        Place and text of each secret found, and each file that cannot be read.
    """
    if folder.is_file():
        yield from _in_bytes(folder.name, folder.read_bytes(), secrets)
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            place = path.relative_to(folder).as_posix()
            yield from _in_bytes(place, path.read_bytes(), secrets)
        elif path.name.endswith(".git") and (path / "objects").is_dir():
            yield from _in_history(path, path.relative_to(folder).as_posix(), secrets)


def _in_bytes(place: str, content: bytes, secrets: Secrets, depth: int = 0) -> Iterator[str]:
    yield from _in_text(place, content.decode("utf-8", "ignore"), secrets)
    if b"\0" in content[:64]:
        yield from _in_text(place, content.decode("utf-16", "ignore"), secrets)
    if place.endswith(".pyc"):
        yield from _in_bytecode(place, content, secrets)
    if depth == MAX_DEPTH:
        return
    for name, inner in _unpacked(content):
        if inner is None:
            yield f"{place}: cannot be unpacked, so its content is unknown"
        else:
            yield from _in_bytes(f"{place} > {name}", inner, secrets, depth + 1)


def _in_text(place: str, text: str, secrets: Secrets) -> Iterator[str]:
    texts = [text]
    with suppress(ValueError, RecursionError):
        texts.append("\n".join(_strings(json.loads(text))))
    for line in sorted(secrets.lines):
        if any(line in one for one in texts):
            yield f"{place}: {line}"


def _strings(value: Any) -> Iterator[str]:
    """Yield all texts in a JSON value, including JSON that is encoded in a text."""
    match value:
        case str():
            yield value
            if value[:1] in ("[", "{"):
                with suppress(ValueError):
                    yield from _strings(json.loads(value))
        case list():
            yield "".join(one for one in value if isinstance(one, str))  # a notebook's cell
            for one in value:
                yield from _strings(one)
        case dict():
            for key, one in value.items():
                yield key
                yield from _strings(one)


def _in_bytecode(place: str, content: bytes, secrets: Secrets) -> Iterator[str]:
    if content[:4] != MAGIC_NUMBER:
        yield f"{place}: bytecode of another Python, which cannot be read; remove it"
        return
    try:
        code = marshal.loads(content[16:])
    except (ValueError, EOFError, TypeError):
        yield f"{place}: invalid bytecode, which cannot be read; remove it"
        return
    for function in _functions(code) if isinstance(code, CodeType) else ():
        if function in secrets.bytecode:
            yield f"{place}: the compiled function {function[0]}"


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Yield the members of an archive, whatever its name; None if it cannot be unpacked."""
    stream = io.BytesIO(content)
    if zipfile.is_zipfile(stream):
        try:
            with zipfile.ZipFile(stream) as archive:
                for name in archive.namelist():
                    yield name, archive.read(name)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error):
            yield "", None
        return
    if content[:2] == b"\x1f\x8b":
        try:
            yield "unpacked", gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            yield "", None
    elif content[:1] == b"\x78":  # zlib: most likely a git object
        with suppress(zlib.error):
            yield "unpacked", zlib.decompress(content)
    else:
        with suppress(tarfile.TarError, EOFError), tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file is not None:
                    yield member.name, file.read()


def _in_history(git: Path, place: str, secrets: Secrets) -> Iterator[str]:
    """Search all objects of a git repository, including packed ones."""
    listing = ["git", "--git-dir", str(git), "cat-file", "--batch-all-objects", "--batch"]
    try:
        done = subprocess.run(listing, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        yield f"{place}: its history cannot be read: {error}"
        return
    yield from _in_text(f"{place} (history)", done.stdout.decode("utf-8", "ignore"), secrets)
