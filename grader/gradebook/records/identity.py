"""Who the learners of a journal are: identifiers, by which marks follow a person.

A journal names a learner after the submission. That name changes: somebody marries, a folder is
renamed, and who had handed in nothing hands in something. Identifiers of the roster and of the
platform are recorded beside it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """Who handed in a submission.

    Attributes
    ----------
    name : str
        Name of the submission.
    called : str
        Name of the learner, as it stands in the gradebook.
    ids : tuple of str
        Identifiers: the number of the platform, and ids and the address of the roster.
    at : str, default ""
        When this was recorded.
    """

    name: str
    called: str
    ids: tuple[str, ...]
    at: str = ""


@dataclass(frozen=True)
class Renaming:
    """Another name of a submission from now on. Earlier lines are read with the new name.

    Attributes
    ----------
    name, before : str
        The new and the former name.
    at : str
        When this was recorded.
    """

    name: str
    before: str
    at: str
