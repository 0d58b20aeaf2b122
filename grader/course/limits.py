"""How much a submission may take: time, memory, output, files.

The defaults are those of the dataclass; a course sets its own in ``[tool.kata.limits]`` of its
pyproject.toml, and an instructor hers with ``--limit NAME=NUMBER``.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Self

from grader.errors import CommandError


class LimitError(CommandError):
    """There is no limit of that name, or it cannot have that value."""


@dataclass(frozen=True)
class Limits:
    """How much one submission may take.

    Attributes
    ----------
    call_seconds : float, default 2
        For one call of the learner's code, by the clock on the wall.
    total_seconds : float, default 10
        For all calls of one exercise together.
    call_cpu_seconds : float, default 2
        Processor time for one call. It does not grow when the machine is busy with other things.
    total_cpu_seconds : float, default 10
        Processor time for all calls of one exercise together.
    memory_mib : int, default 2048
        Address space of the process, Python and NumPy included.
    output_characters : int, default 65536
        What is kept of what it prints during one spec; the rest is dropped.
    source_kib : int, default 64
        For one module.
    notebook_mib : int, default 16
        For one notebook, with all of its outputs and pictures.
    files : int, default 1000
        Files in one submission, whatever they are.
    unpacked_mib : int, default 64
        All files of one archive together, unpacked.
    frame_mib : int, default 64
        For the arrays of one call, and for those of one answer.
    """

    call_seconds: float = 2
    total_seconds: float = 10
    call_cpu_seconds: float = 2
    total_cpu_seconds: float = 10
    memory_mib: int = 2048
    output_characters: int = 65536
    source_kib: int = 64
    notebook_mib: int = 16
    files: int = 1000
    unpacked_mib: int = 64
    frame_mib: int = 64

    def changed(self, settings: Mapping[str, object]) -> Self:
        """The same with other values for some of them.

        Parameters
        ----------
        settings : mapping of str to object
            New values by name.

        Raises
        ------
        LimitError
            If there is no limit of that name, or the value is no positive number.
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
