"""Resource limits of a submission: time, memory, output, files.

The dataclass has the defaults; a course overrides them in ``[tool.kata.limits]`` of its
pyproject.toml, and an instructor with ``--limit NAME=NUMBER``.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Self

from grader.errors import CommandError


class LimitError(CommandError):
    """A limit has an unknown name or an invalid value."""


@dataclass(frozen=True)
class Limits:
    """Resource limits of one submission.

    Attributes
    ----------
    call_seconds : float, default 2
        Wall-clock time of one call of the learner's code.
    total_seconds : float, default 10
        Wall-clock time of all calls of one exercise together.
    call_cpu_seconds : float, default 2
        Processor time of one call. Unlike wall-clock time, it is independent of other load.
    total_cpu_seconds : float, default 10
        Processor time of all calls of one exercise together.
    memory_mib : int, default 2048
        Address space of the process, including Python and NumPy.
    output_characters : int, default 65536
        Printed characters that are kept for one spec; the rest is dropped.
    source_kib : int, default 64
        Size of one module.
    notebook_mib : int, default 16
        Size of one notebook, including outputs and images.
    code_mib : int, default 32
        Total size of the Python files and notebooks of one submission, outputs included.
    files : int, default 1000
        Number of files of any type in one submission.
    unpacked_mib : int, default 64
        Total size of the files in all archives of a submission, unpacked.
    frame_mib : int, default 64
        Total size of the arrays in one call: what the judge sends.
    answer_mib : int, default 4
        Total size of the arrays in one answer: what the learner's code returns. A spec takes a
        few times as much of all answers together.
    judge_mib : int, default 300
        Address space that a judge may add while it works with the answers of one spec.
    """

    call_seconds: float = 2
    total_seconds: float = 10
    call_cpu_seconds: float = 2
    total_cpu_seconds: float = 10
    memory_mib: int = 2048
    output_characters: int = 65536
    source_kib: int = 64
    notebook_mib: int = 16
    code_mib: int = 32
    files: int = 1000
    unpacked_mib: int = 64
    frame_mib: int = 64
    answer_mib: int = 4
    judge_mib: int = 300

    def changed(self, settings: Mapping[str, object]) -> Self:
        """Return a copy with some limits replaced.

        Parameters
        ----------
        settings : mapping of str to object
            New values by name of the limit.

        Raises
        ------
        LimitError
            If there is no limit of that name, or the value is not a positive number.
        """
        kinds = {field.name: field.type for field in fields(self)}
        for name, value in settings.items():
            if name not in kinds:
                known = ", ".join(f"{key}={number:g}" for key, number in asdict(self).items())
                raise LimitError(f"there is no limit {name!r}; there are {known}")
            whole = kinds[name] is int
            allowed = (int,) if whole else (int, float)
            if isinstance(value, bool) or not isinstance(value, allowed) or not 0 < value < 1e9:
                kind = "a whole number" if whole else "a number"
                raise LimitError(f"the limit {name} is {value!r}; expected {kind} above 0")
        return replace(self, **dict(settings))  # type: ignore[arg-type]
