"""Moodle: ``Jane Doe_12345_assignsubmission_file/affine.py``.

A submission of a team has the name and number of the team, or its name only.
"""

from collections.abc import Sequence

from grader.submissions.layouts.layout import HandedInFile, Owners, Parts, Top, are_safe

NAME = "Moodle"
_MARK = "_assignsubmission_"  # name_number_assignsubmission_plugin


def owners_in(top: Top) -> Owners:
    """Return what finds the owners of files that Moodle has named."""
    return _owners


def _owners(parts: Parts) -> Sequence[HandedInFile]:
    learner, _, rest = parts[0].partition(_MARK)
    plugin, _, own = rest.partition("_")
    inner = (own, *parts[1:]) if own else parts[1:]
    if not learner or not plugin or not inner or not are_safe((plugin, *inner)):
        return ()
    if plugin != "file":  # onlinetext.html must not be mistaken for an uploaded file
        inner = (plugin, *inner)
    name, _, number = learner.rpartition("_")
    is_number = name != "" and number.isascii() and number.isdigit()
    identifier = number if is_number else ""  # a group may have no number
    return (HandedInFile(learner, "/".join(inner), identifier, NAME),)
