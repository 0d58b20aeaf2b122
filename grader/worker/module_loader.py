"""Imports the modules of a submission from memory."""

import __future__

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import os
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

from grader.messages.message import cut, joined
from grader.worker.exception_report import MAX_CODE, steps_of, text_of
from grader.worker.loading.imports import Importer, builtins_for
from grader.worker.loading.offer import Offer
from grader.worker.loading.syntax import explained
from grader.worker.source import Source

_FUTURE = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
_NOTHING = Offer()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads the modules of a submission, before any others of the same name."""

    def __init__(self, sources: Mapping[str, Source], importer: Importer) -> None:
        self.sources = sources
        self.builtins = builtins_for(importer)

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
        module.__dict__["__builtins__"] = self.builtins
        for filename, step in _steps(source, module):
            try:
                step()
            except (Exception, SystemExit) as error:
                if not source.cells and not source.exported:
                    raise
                _record(error, filename, module)


FAILED_PARTS = "__failed_parts__"
"""Name of a module's global with the errors of parts that do not stop the import: of the cells of a
notebook, or of the statements of a file that was exported from one."""


def _steps(source: Source, module: types.ModuleType) -> Sequence[tuple[str, Callable[[], None]]]:
    """Return what an import does one after another, each step with the name of its file."""
    if source.exported:
        codes = _statements(source.filename, source.text)
        return [(source.filename, partial(exec, code, module.__dict__)) for code in codes]
    parts = source.parts().items()
    return [(filename, partial(_run, filename, text, module)) for filename, text in parts]


def _record(error: BaseException, filename: str, module: types.ModuleType) -> None:
    place = f"{os.path.basename(filename)}, line {_line_of(error, filename)}"
    told = joined([f"{place}: {type(error).__name__}: ", cut(text_of(error), MAX_CODE)])
    module.__dict__.setdefault(FAILED_PARTS, []).append(told)


def _run(filename: str, text: str, module: types.ModuleType) -> None:
    exec(_compiled(filename, text), module.__dict__)


def _compiled(filename: str, text: str) -> types.CodeType:
    if "\0" in text:
        problem = f"{os.path.basename(filename)} has NUL bytes in it: is it a text file?"
        raise SyntaxError(problem, (filename, 1, 0, ""))
    # Tracebacks and pdb show these lines, even if there is no such file on disk.
    lines = [f"{line}\n" for line in text.split("\n")]
    linecache.cache[filename] = (len(text), None, lines, filename)
    try:
        return _compile(text, filename)
    except SyntaxError as error:
        raise explained(error, text) from None


def _statements(filename: str, text: str) -> list[types.CodeType]:
    """Compile the statements of a file one by one; a syntax error is one of the whole file."""
    flags = _compiled(filename, text).co_flags & _FUTURE
    return [
        compile(ast.Module([statement], []), filename, "exec", flags, dont_inherit=True)
        for statement in ast.parse(text, filename).body
    ]


@lru_cache(512)  # the known mistakes are imported again for each spec
def _compile(text: str, filename: str) -> types.CodeType:
    return compile(text, filename, "exec", dont_inherit=True)


def _line_of(error: BaseException, filename: str) -> int:
    """Return the deepest line of a file in an exception's traceback."""
    lines = [line for file, line, _ in steps_of(error) if file == filename]
    return lines[-1] if lines else 1


@contextmanager
def importable(sources: Mapping[str, Source], offer: Offer = _NOTHING) -> Iterator[Importer]:
    """Make the modules of a submission importable, and remove them afterwards.

    Modules of the same names that were imported before are hidden in the meantime.

    Parameters
    ----------
    sources : mapping of str to Source
        The code of the modules by name.
    offer : Offer, optional
        What else the course offers to them; by default nothing.

    Yields
    ------
    Importer
        What does their imports, and knows those that cannot be had.
    """
    importer = Importer(sources, offer)
    finder = _Finder(sources, importer)
    shadowed = {name: sys.modules.pop(name) for name in sources if name in sys.modules}
    sys.meta_path.insert(0, finder)
    try:
        yield importer
    finally:
        sys.meta_path.remove(finder)
        for name in sources:
            sys.modules.pop(name, None)
        sys.modules.update(shadowed)
