"""Canvas: ``doejane_LATE_12345_67890_affine-1.py``."""

import re
from collections.abc import Sequence

from grader.submissions.layouts.layout import HandedInFile, Owners, Parts, Top, are_safe

NAME = "Canvas"

# Canvas writes name_LATE_person_upload_file, or name_LATE_person_text.html for text entered on its
# page. Its names never contain digits between underscores, so the first match is the right one. The
# number of digits is limited, because Python refuses to convert very long numbers.
_NAMED = re.compile(
    r"_(?P<person>[0-9]{1,20})_"
    r"(?:(?P<upload>[0-9]{1,20})_(?P<own>.+)|(?P<typed>(?:text|link)\.html))\Z",
    re.DOTALL,
)
# With anonymous grading, LATE comes first, and the person is five letters and digits.
_HIDDEN = re.compile(
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


def owners_in(top: Top) -> Owners:
    """Return what finds the owners of files that Canvas has named."""
    return _owners


def _owners(parts: Parts) -> Sequence[HandedInFile]:
    hidden = _HIDDEN.match(parts[0])
    match = hidden or _NAMED.search(parts[0])
    if match is None:
        return ()
    # The first part may be a folder, if the archives in the class have been unpacked.
    own, attempt = _without_number(match["own"]) if match["own"] else (match["typed"], 0)
    inner = (own, *parts[1:])
    if not are_safe(inner):
        return ()
    if hidden:
        name, late = "anon", parts[0].startswith("LATE_")
    else:
        name, late = _without_late(parts[0][: match.start()])
    return (
        HandedInFile(
            learner=f"{name}_{match['person']}" if name else match["person"],
            path="/".join(inner),
            identifier=match["person"],
            platform=NAME,
            late=late,
            attempt=attempt,
            upload=int(match["upload"] or 0),
        ),
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
