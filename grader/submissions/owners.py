"""Finds out whose each file of a class is, and groups them by learner and by attempt."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import PurePath

from grader.messages.escaping import shown
from grader.messages.message import Text, english
from grader.submissions.layouts import blackboard, brightspace, canvas, gradescope, moodle
from grader.submissions.layouts.layout import HandedInFile, Layout, Owners, Parts, Top, are_safe
from grader.submissions.layouts.pattern import Pattern

PLATFORMS: tuple[Layout, ...] = (
    gradescope.owners_in,
    blackboard.owners_in,
    brightspace.owners_in,
    canvas.owners_in,
    moodle.owners_in,
)
"""Layouts of platforms. GitHub Classroom's names are read together with the roster."""

EARLIER = "earlier upload"
"""Name of the folders in a submission that hold earlier uploads of a file, before the number."""

# A file named after a learner, instead of a folder.
_NAMED_AFTER_A_PERSON = re.compile(
    r"(?P<person>.+?)\."
    r"(?:zip|tar|tgz|tbz2|txz|tar\.gz|tar\.bz2|tar\.xz|7z|rar|ipynb|py)",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True)
class HandedIn:
    """The files of one learner of a class.

    Attributes
    ----------
    learner : str
        Key of the learner, as in `HandedInFile`.
    identifier : str, default ""
        Identifier of the learner on the platform.
    late : bool, default False
        Whether any of the files is late.
    files : dict of str to str
        Path in the class, by path in the submission; earlier uploads of a file come last.
    notes : tuple of str or Message
        Notes on duplicates: of a file that was submitted several times, the last counts.
    arrived : date or datetime or None, default None
        When it was handed in, if the names say so.
    address : str, default ""
        E-mail address of the learner, if the platform says it.
    platform : str, default ""
        Name of the platform; empty for a plain folder.
    earlier : tuple of HandedIn, default ()
        Earlier attempts, the first one first.
    """

    learner: str
    identifier: str = ""
    late: bool = False
    files: dict[str, str] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    arrived: date | datetime | None = None
    address: str = ""
    platform: str = ""
    earlier: tuple["HandedIn", ...] = ()


def whose(path: str, owners: Owners | None = None) -> HandedInFile | None:
    r"""Find the owner of a file from its path; the first one, if it has several.

    Parameters
    ----------
    path : str
        Path of the file relative to the class. Folders are separated by ``/``, or by ``\`` in an
        archive from Windows.
    owners : callable, optional
        The layout of the class, from `owners_of`. By default, that of the path.

    Returns
    -------
    HandedInFile or None
        None if the file belongs to no learner: it is hidden, a stray file such as ``grades.csv``,
        or has a path that leads out of the class.
    """
    return next(iter(_owners(path, owners or owners_of([path]))), None)


def owners_in(top: Top, pattern: Pattern | None = None) -> Owners:
    """Return what finds the owners of files in a class.

    A class may mix layouts. The one that most names fit is tried first, so that nobody can name a
    file in such a way that it counts as somebody else's on another platform.

    Parameters
    ----------
    top : Top
        The top level of the class.
    pattern : Pattern, optional
        Layout that the instructor gave, which is tried before the others.
    """
    platforms = [layout(top) for layout in PLATFORMS]
    fitting = [sum(bool(one((name, "-"))) for name in top.names) for one in platforms]
    order = sorted(range(len(platforms)), key=lambda number: -fitting[number])
    tried: list[Owners] = [
        *([pattern] if pattern else []),
        *(platforms[number] for number in order),
    ]

    def owners(parts: Parts) -> Sequence[HandedInFile]:
        found = (one(parts) for one in (*tried, _of_folder))
        return next((one for one in found if one), ())

    return owners


def _of_folder(parts: Parts) -> Sequence[HandedInFile]:
    """Find the owner of a folder or file that has their name."""
    if len(parts) > 1:
        return (HandedInFile(parts[0], "/".join(parts[1:])),)
    match = _NAMED_AFTER_A_PERSON.fullmatch(parts[0])
    return (HandedInFile(match["person"], parts[0]),) if match else ()


def owners_of(paths: Iterable[str]) -> Owners:
    """Return what finds the owners of files in a class, by the names of the files only."""
    return owners_in(Top({parts[0] for path in paths if (parts := _parts(path))}))


def by_learner(paths: Iterable[str], owners: Owners | None = None) -> tuple[HandedIn, ...]:
    """Group the files of a class by learner.

    Parameters
    ----------
    paths : iterable of str
        Relative paths of all files. Files that belong to no learner are left out.
    owners : callable, optional
        As in `whose`. By default, the layout of all paths.

    Returns
    -------
    tuple of HandedIn
        One entry for each learner, sorted by key: the last attempt, and with it the earlier ones.
    """
    paths = sorted(set(paths))
    owners = owners or owners_of(paths)
    found: dict[str, list[tuple[HandedInFile, str]]] = defaultdict(list)
    for source in paths:
        for file in _owners(source, owners):
            found[file.learner].append((file, source))
    return tuple(_attempts(learner, found[learner]) for learner in sorted(found))


def looks_downloaded(paths: Iterable[str], owners: Owners | None = None) -> bool:
    """Distinguish a class downloaded from a platform from a submission with loose files.

    Parameters
    ----------
    paths : iterable of str
        Relative paths of all files.
    owners : callable, optional
        As in `whose`. By default, the layout of all paths.

    Returns
    -------
    bool
        Whether at least half of the top-level entries are named in the style of a platform.
    """
    paths = sorted(set(paths))
    owners = owners or owners_of(paths)
    tops: dict[str, bool] = {}
    for path in paths:
        file = whose(path, owners)
        if file is not None:
            top = _parts(path)[0]
            tops[top] = tops.get(top, False) or file.platform != ""
    return bool(tops) and 2 * sum(tops.values()) >= len(tops)


def _owners(path: str, owners: Owners) -> Iterable[HandedInFile]:
    parts = _parts(path)
    if not parts or not are_safe(parts) or parts[0].startswith((".", "__")):
        return ()
    return owners(parts)


def _parts(path: str) -> Parts:
    return tuple(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))


def _attempts(learner: str, files: list[tuple[HandedInFile, str]]) -> HandedIn:
    """Return the last attempt of a learner, with the earlier ones."""
    orders = sorted({file.order for file, _ in files})
    attempts = [
        _gather(learner, [one for one in files if one[0].order == order]) for order in orders
    ]
    *earlier, last = attempts
    notes = last.notes
    if earlier:
        notes = (
            *notes,
            english(
                "there are {number} attempts; {last} is the last one",
                number=len(attempts),
                last=_called(last),
            ),
        )
    return replace(last, earlier=tuple(earlier), notes=notes)


def _called(attempt: HandedIn) -> str:
    """Return the time of an attempt, or without one, the name of its folder or a file."""
    if isinstance(attempt.arrived, datetime):
        return attempt.arrived.isoformat(" ", "minutes")
    if attempt.arrived is not None:
        return attempt.arrived.isoformat()
    return shown(min(_parts(source)[0] for source in attempt.files.values()))


def _gather(learner: str, found: list[tuple[HandedInFile, str]]) -> HandedIn:
    """Return one attempt of a learner."""
    files: dict[str, list[tuple[HandedInFile, str]]] = defaultdict(list)
    for file, source in found:
        files[file.path].append((file, source))
    kept = {path: max(files[path], key=_recency) for path in sorted(files)}
    notes: list[Text] = [
        english(
            "{path} is there {number} times; {source} counts",
            path=shown(path),
            number=len(files[path]),
            source=shown(source),
        )
        for path, (_, source) in kept.items()
        if len(files[path]) > 1
    ]
    some = next(file for file, _ in kept.values())
    if some.group:
        notes.append(english("handed in by a group: {people}", people=shown(", ".join(some.group))))
    identifiers = [file.identifier for file, _ in kept.values() if file.identifier]
    return HandedIn(
        learner=learner,
        identifier=identifiers[0] if identifiers else "",
        late=any(file.late for file, _ in kept.values()),
        files={path: source for path, (_, source) in kept.items()} | dict(_earlier(files)),
        notes=tuple(notes),
        arrived=some.arrived,
        address=some.address,
        platform=some.platform,
    )


def _earlier(files: Mapping[str, list[tuple[HandedInFile, str]]]) -> Iterator[tuple[str, str]]:
    """Yield the earlier uploads of each file, by a path in a folder of their own."""
    for path, found in files.items():
        *earlier, _ = sorted(found, key=_recency)
        for number, (_, source) in enumerate(earlier, 1):
            yield f"{EARLIER} {number}/{path}", source


def is_earlier(path: PurePath) -> bool:
    """Return whether a path in a submission is that of an earlier upload, which has a note."""
    return path.parts[0].startswith(f"{EARLIER} ")


def _recency(found: tuple[HandedInFile, str]) -> tuple[int, int]:
    # The upload number comes first: "-1" may be part of the original name, and after -7 the
    # suffixes are random.
    file, _ = found
    return file.upload, file.attempt
