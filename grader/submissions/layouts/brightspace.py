"""Brightspace: ``12345-67890 - Jane Doe - Nov 1, 2026 1000 AM/affine.py``.

The first number is the learner's, the second one that of the assignment. Each attempt is a folder.
"""

import re
from collections.abc import Sequence

from grader.roster.written_times import read_time
from grader.submissions.layouts.layout import HandedInFile, Owners, Parts, Top, are_safe

NAME = "Brightspace"

_FOLDER = re.compile(
    r"(?P<person>[0-9]{1,20})-[0-9]{1,20} - (?P<name>.+?) - "
    r"(?P<day>[^-]*[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}),? (?P<hour>[0-9]{1,2})[ ._]?"
    r"(?P<minute>[0-9]{2})(?P<half> ?[AaPp]\.?[Mm]\.?)?(?: - (?P<own>.+))?",
    re.DOTALL,
)


def owners_in(top: Top) -> Owners:
    """Return what finds the owners of folders that Brightspace has named."""
    return _owners


def _owners(parts: Parts) -> Sequence[HandedInFile]:
    match = _FOLDER.fullmatch(parts[0])
    if match is None:
        return ()
    inner = (match["own"], *parts[1:]) if match["own"] else parts[1:]
    if not inner or not are_safe(inner):
        return ()
    name, person = match["name"].strip(), match["person"]
    # No file name can have the colon of a time.
    moment = read_time(f"{match['day']} {match['hour']}:{match['minute']}{match['half'] or ''}")
    return (HandedInFile(f"{name}_{person}", "/".join(inner), person, NAME, arrived=moment),)
