"""Imports the modules of a submission from memory."""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import os
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from grader.worker.exception_report import MAX_CODE, message_of, steps_of
from grader.worker.source import Source


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads the modules of a submission, before any others of the same name."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        source = self.sources.get(name)
        if source is None:
            return None
        return importlib.util.spec_from_file_location(name, source.filename, loader=self)

    def exec_module(self, module: types.ModuleType) -> None:
        source = self.sources[module.__name__]
        if source.problem:
            told: Any = source.problem  # not converted to str, so that a Message can be translated
            raise SyntaxError(told, (source.filename, 1, 0, ""))
        for filename, text in source.parts().items():
            try:
                _run(filename, text, module)
            except (Exception, SystemExit) as error:
                if not source.cells:
                    raise
                place = f"{os.path.basename(filename)}, line {_line_of(error, filename)}"
                complaint = f"{type(error).__name__}: {message_of(error)[:MAX_CODE]}"
                module.__dict__.setdefault(FAILED_CELLS, []).append(f"{place}: {complaint}")


FAILED_CELLS = "__failed_cells__"
"""Name of a module's global with the errors of notebook cells, which do not stop the import."""


def _run(filename: str, text: str, module: types.ModuleType) -> None:
    if "\0" in text:
        problem = f"{os.path.basename(filename)} has NUL bytes in it: is it a text file?"
        raise SyntaxError(problem, (filename, 1, 0, ""))
    # Tracebacks and pdb show these lines, even if there is no such file on disk.
    lines = [f"{line}\n" for line in text.split("\n")]
    linecache.cache[filename] = (len(text), None, lines, filename)
    exec(_compile(text, filename), module.__dict__)


@lru_cache(512)  # the known mistakes are imported again for each spec
def _compile(text: str, filename: str) -> types.CodeType:
    return compile(text, filename, "exec", dont_inherit=True)


def _line_of(error: BaseException, filename: str) -> int:
    """Return the deepest line of a file in an exception's traceback."""
    lines = [line for file, line, _ in steps_of(error) if file == filename]
    return lines[-1] if lines else 1


@contextmanager
def importable(sources: Mapping[str, Source]) -> Iterator[None]:
    """Make the modules of a submission importable, and remove them afterwards.

    Modules of the same names that were imported before are hidden in the meantime.

    Parameters
    ----------
    sources : mapping of str to Source
        The code of the modules by name.
    """
    finder = _Finder(sources)
    shadowed = {name: sys.modules.pop(name) for name in sources if name in sys.modules}
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in sources:
            sys.modules.pop(name, None)
        sys.modules.update(shadowed)
