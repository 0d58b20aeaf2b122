"""Runs the spec of one exercise in a fresh process, and answers with its verdict.

This module is both ends of it: `run_spec` for who wants the verdict, and the pytest plugin in the
other process, which writes each verdict to a file as soon as there is one. What a process that had
to be ended has found until then is therefore not lost.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from grader.course import Exercise
from grader.spec import IN_PROCESS_TIMEOUT, SpecItem, budget_of, exercise_of, verdict_of
from grader.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

TO_BEGIN = 60.0
"""Seconds until the first spec may begin: a slow computer imports NumPy first."""

GRACE = 15.0
"""Seconds beyond its own limit after which a spec that nothing else could stop is ended."""

MAX_OUTPUT = 2000  # characters of what her code printed in one spec

PLUGINS = ("grader.pytest_plugin", "pytest_timeout", "grader.kata.spec_run")
OPTIONS = ("-p", "no:cacheprovider", "--tb=short", "--no-header", "-q")


class SpecRunError(Exception):
    """The specs of an exercise could not be run at all."""


def run_spec(exercise: Exercise) -> ExerciseVerdict:
    """Run the spec of an exercise against what the learner's file holds now.

    Parameters
    ----------
    exercise : Exercise
        The exercise.

    Returns
    -------
    ExerciseVerdict
        The verdict on each of its specs. One that ended the process has crashed, one that
        nothing else could stop has timed out; those after it count as the same.

    Raises
    ------
    SpecRunError
        If not even the first spec began.
    """
    with TemporaryDirectory() as folder:
        record, printed = Path(folder, "verdicts"), Path(folder, "printed")
        with printed.open("wb") as output:
            ended = _run(exercise, record, output)
        lines = _complete_lines(record)
        if not lines:
            told = printed.read_text("utf-8", "replace").strip()[-MAX_OUTPUT:]
            raise SpecRunError(f"the specs of {exercise.name} could not be run: {told or ended}")
    header = json.loads(lines[0])
    found = [_verdict(one) for one in json.loads(lines[-1])] if lines[1:] else []
    missing = [_verdict(one) for one in header["specs"][len(found) :]]
    return ExerciseVerdict(exercise.name, (*found, *_cut_short(missing, ended)))


def _complete_lines(record: Path) -> list[str]:
    """Those that a process wrote which may have been ended in the middle of one."""
    return record.read_text("utf-8").split("\n")[:-1] if record.is_file() else []


def _run(exercise: Exercise, record: Path, output: Any) -> "str | float":
    """Run pytest; answer with how it ended, or after how many seconds it was ended."""
    plugins = [argument for name in PLUGINS for argument in ("-p", name)]
    # Other plugins that happen to be installed cost time, and may print, stop or reorder.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONUTF8": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest", *plugins, *OPTIONS),
            *(f"--kata-record={record}", str(exercise.stub)),
        ],
        cwd=exercise.root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    try:
        return _wait(process, record)
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], record: Path) -> "str | float":
    """Wait for a process as long as it goes on writing verdicts."""
    seen, since, patience = 0, time.monotonic(), TO_BEGIN
    while True:
        try:
            return f"exit code {process.wait(0.02)}"
        except subprocess.TimeoutExpired:
            pass
        if len(lines := _complete_lines(record)) > seen:
            patience = json.loads(lines[0])["seconds"] + GRACE
            seen, since = len(lines), time.monotonic()
        elif time.monotonic() - since > patience:
            return patience


def _cut_short(missing: list[SpecVerdict], ended: "str | float") -> Iterator[SpecVerdict]:
    """The verdicts on the specs that have none, since the process ended before."""
    if isinstance(ended, str):
        outcome, why = Outcome.CRASHED, f"your code ended its own process: {ended}"
    else:
        outcome, why = Outcome.TIMED_OUT, f"stopped   after {ended:g} s: is there an endless loop?"
    for number, spec in enumerate(missing):
        told = f"not run: {missing[0].name} ended the process" if number else why
        yield replace(spec, outcome=outcome, message=told)


def _verdict(content: dict[str, Any]) -> SpecVerdict:
    made = {
        "tier": Tier(content["tier"]),
        "outcome": Outcome(content["outcome"]),
        "hints": tuple(content["hints"]),
    }
    return SpecVerdict(**{**content, **made})


# The plugin in the other process


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the file."""
    parser.addoption("--kata-record", metavar="FILE", help="Write each verdict there, as JSON.")


def pytest_configure(config: pytest.Config) -> None:
    """Record this session, if a file is named."""
    if config.getoption("--kata-record", None):
        config.pluginmanager.register(_Recorder(config), "kata-record")


class _Recorder:
    """Writes all specs in the first line; then, as often as there is news, all verdicts in one."""

    def __init__(self, config: pytest.Config) -> None:
        self.plugins = config.pluginmanager
        self.path = Path(config.getoption("--kata-record"))
        self.exercise: Exercise | None = None
        self.outputs: list[str] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        specs = [item for item in session.items if isinstance(item, SpecItem)]
        if not specs:
            return
        self.exercise = exercise_of(specs[0])
        seconds = max(budget_of(item) or IN_PROCESS_TIMEOUT for item in specs)
        listed = [asdict(verdict_of(item, None)) for item in specs]
        self._write({"seconds": seconds, "specs": listed})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if len(self._verdicts()) > len(self.outputs):
            self.outputs.append(report.capstdout[:MAX_OUTPUT])
            self._write_verdicts()

    def pytest_sessionfinish(self) -> None:
        if self.outputs:
            self._write_verdicts()  # with hints, which are found when all have run

    def pytest_internalerror(self) -> None:
        """Blame nobody's code for what pytest or the course stumbles over."""
        self.path.unlink(missing_ok=True)

    def _verdicts(self) -> list[SpecVerdict]:
        summary: Any = self.plugins.getplugin("kata-summary")
        return summary.verdicts.get(self.exercise, [])  # type: ignore[no-any-return]

    def _write_verdicts(self) -> None:
        told = zip(self._verdicts(), self.outputs, strict=True)
        self._write([asdict(replace(verdict, output=output)) for verdict, output in told])

    def _write(self, content: object) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(content) + "\n")
