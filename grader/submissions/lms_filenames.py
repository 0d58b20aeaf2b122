"""Parses the file names of submissions as Canvas and Moodle download them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from grader.messages.escaping import shown
from grader.messages.message import Text, english

CANVAS = "Canvas"
MOODLE = "Moodle"

# Canvas writes name_LATE_person_upload_file, or name_LATE_person_text.html for text entered on its
# page. Its names never contain digits between underscores, so the first match is the right one. The
# number of digits is limited, because Python refuses to convert very long numbers.
_CANVAS = re.compile(
    r"_(?P<person>[0-9]{1,20})_"
    r"(?:(?P<upload>[0-9]{1,20})_(?P<own>.+)|(?P<typed>(?:text|link)\.html))\Z",
    re.DOTALL,
)
# With anonymous grading, LATE comes first, and the person is five letters and digits.
_CANVAS_HIDDEN = re.compile(
    r"(?:LATE_)?anon_(?P<person>[0-9A-Za-z]{5})_"
    r"(?:(?P<upload>[0-9]{1,20})_(?P<own>.+)|(?P<typed>(?:text|link)\.html))\Z",
    re.DOTALL,
)
# A file name that the learner uploads again gets -1 to -7, then a random suffix (older versions of
# Canvas keep counting).
_AGAIN = re.compile(
    r"(?P<stem>.+?)"
    r"-(?:(?P<number>[1-9][0-9]?)|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
    r"(?P<suffix>(?:\.[A-Za-z][A-Za-z0-9]*)*(?:\.[A-Za-z0-9]*)?)",
    re.DOTALL,
)
_AFTER_THE_NUMBERS = 8

EARLIER = "earlier upload"
"""Name of the folders in a submission that hold earlier uploads of a file, before the number."""

_MOODLE = "_assignsubmission_"  # name_number_assignsubmission_plugin

# A file named after a learner, instead of a folder.
_NAMED_AFTER_A_PERSON = re.compile(
    r"(?P<person>.+?)\."
    r"(?:zip|tar|tgz|tbz2|txz|tar\.gz|tar\.bz2|tar\.xz|7z|rar|ipynb|py)",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True)
class HandedInFile:
    """A submitted file and its owner, as parsed from the file name.

    Attributes
    ----------
    learner : str
        Key of the learner, and name of their row: ``doejane_12345`` (Canvas), ``Jane Doe_12345``
        (Moodle), or the name of their folder.
    path : str
        Path in the learner's submission: ``affine.py``.
    identifier : str, default ""
        Identifier of the learner on the platform: ``12345``.
    platform : str, default ""
        ``Canvas``, ``Moodle``, or empty for a plain folder.
    late : bool, default False
        Whether Canvas marked the file as late.
    attempt : int, default 0
        How many times a file of this name was submitted before.
    upload : int, default 0
        Canvas's number of the upload, which increases over time.
    """

    learner: str
    path: str
    identifier: str = ""
    platform: str = ""
    late: bool = False
    attempt: int = 0
    upload: int = 0


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
    """

    learner: str
    identifier: str = ""
    late: bool = False
    files: dict[str, str] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()


def whose(path: str) -> HandedInFile | None:
    r"""Find the owner of a file from its path.

    Parameters
    ----------
    path : str
        Path of the file relative to the class. Folders are separated by ``/``, or by ``\`` in an
        archive from Windows.

    Returns
    -------
    HandedInFile or None
        None if the file belongs to no learner: it is hidden, a stray file such as ``grades.csv``,
        or has a path that leads out of the class.
    """
    parts = _parts(path)
    if not parts or not _are_safe(parts) or parts[0].startswith((".", "__")):
        return None
    return _of_canvas(parts) or _of_moodle(parts) or _of_folder(parts)


def by_learner(paths: Iterable[str]) -> tuple[HandedIn, ...]:
    """Group the files of a class by learner.

    Parameters
    ----------
    paths : iterable of str
        Relative paths of all files. Files that belong to no learner are left out.

    Returns
    -------
    tuple of HandedIn
        One entry for each learner, sorted by key.
    """
    found: dict[str, dict[str, list[tuple[HandedInFile, str]]]] = {}
    for source in sorted(set(paths)):
        file = whose(source)
        if file is not None:
            of_learner = found.setdefault(file.learner, defaultdict(list))
            of_learner[file.path].append((file, source))
    return tuple(_gather(learner, found[learner]) for learner in sorted(found))


def looks_downloaded(paths: Iterable[str]) -> bool:
    """Distinguish a class downloaded from Canvas or Moodle from a submission with loose files.

    Parameters
    ----------
    paths : iterable of str
        Relative paths of all files.

    Returns
    -------
    bool
        Whether at least half of the top-level entries are named in the style of one of them.
    """
    tops: dict[str, bool] = {}
    for path in paths:
        file = whose(path)
        if file is not None:
            top = _parts(path)[0]
            tops[top] = tops.get(top, False) or file.platform != ""
    return bool(tops) and 2 * sum(tops.values()) >= len(tops)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))


def _are_safe(parts: tuple[str, ...]) -> bool:
    return not any(part in ("", ".", "..") or "\0" in part for part in parts)


def _of_canvas(parts: tuple[str, ...]) -> HandedInFile | None:
    hidden = _CANVAS_HIDDEN.match(parts[0])
    match = hidden or _CANVAS.search(parts[0])
    if match is None:
        return None
    # The first part may be a folder, if the archives in the class have been unpacked.
    own, attempt = _without_number(match["own"]) if match["own"] else (match["typed"], 0)
    inner = (own, *parts[1:])
    if not _are_safe(inner):
        return None
    if hidden:
        name, late = "anon", parts[0].startswith("LATE_")
    else:
        name, late = _without_late(parts[0][: match.start()])
    return HandedInFile(
        learner=f"{name}_{match['person']}" if name else match["person"],
        path="/".join(inner),
        identifier=match["person"],
        platform=CANVAS,
        late=late,
        attempt=attempt,
        upload=int(match["upload"] or 0),
    )


def _without_late(name: str) -> tuple[str, bool]:
    for mark in ("_LATE", "_late"):
        if name.endswith(mark):
            return name.removesuffix(mark), True
    return name, False


def _without_number(own: str) -> tuple[str, int]:
    """Return the original name of a file, and how many times it was uploaded before."""
    match = _AGAIN.fullmatch(own)
    if match is None:
        return own, 0
    return match["stem"] + match["suffix"], int(match["number"] or _AFTER_THE_NUMBERS)


def _of_moodle(parts: tuple[str, ...]) -> HandedInFile | None:
    learner, _, rest = parts[0].partition(_MOODLE)
    plugin, _, own = rest.partition("_")
    inner = (own, *parts[1:]) if own else parts[1:]
    if not learner or not plugin or not inner or not _are_safe((plugin, *inner)):
        return None
    if plugin != "file":  # onlinetext.html must not be mistaken for an uploaded file
        inner = (plugin, *inner)
    name, _, number = learner.rpartition("_")
    is_number = name != "" and number.isascii() and number.isdigit()
    identifier = number if is_number else ""  # a group may have no number
    return HandedInFile(learner, "/".join(inner), identifier, MOODLE)


def _of_folder(parts: tuple[str, ...]) -> HandedInFile | None:
    if len(parts) > 1:
        return HandedInFile(parts[0], "/".join(parts[1:]))
    match = _NAMED_AFTER_A_PERSON.fullmatch(parts[0])
    return HandedInFile(match["person"], parts[0]) if match else None


def _gather(learner: str, files: dict[str, list[tuple[HandedInFile, str]]]) -> HandedIn:
    kept = {path: max(files[path], key=_recency) for path in sorted(files)}
    notes = tuple(
        english(
            "{path} is there {number} times; {source} counts",
            path=shown(path),
            number=len(files[path]),
            source=shown(source),
        )
        for path, (_, source) in kept.items()
        if len(files[path]) > 1
    )
    identifiers = [file.identifier for file, _ in kept.values() if file.identifier]
    return HandedIn(
        learner=learner,
        identifier=identifiers[0] if identifiers else "",
        late=any(file.late for file, _ in kept.values()),
        files={path: source for path, (_, source) in kept.items()} | dict(_earlier(files)),
        notes=notes,
    )


def _earlier(
    files: Mapping[str, list[tuple[HandedInFile, str]]],
) -> Iterator[tuple[str, str]]:
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
