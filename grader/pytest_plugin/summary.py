"""The summary at the end of a learner's pytest: what is missing, done, and next."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.course import spec_source
from grader.course.course import Exercise
from grader.errors import CourseError
from grader.messages.language import say, tell
from grader.messages.pasting import quoted
from grader.pytest_plugin import parallel
from grader.specs.collection import SpecFile, SpecItem
from grader.specs.lookup import ABSENT, course_of, exercise_of
from grader.specs.markers import verdict_of
from grader.specs.pytest_internals import (
    add_junit_property,
    junit_entry,
    omit_failures_from_the_list,
    show_failures_again,
    terminal_of,
)
from grader.verdicts.verdict import MAX_STEPS, ExerciseVerdict, SpecVerdict, Tier

if TYPE_CHECKING:
    from grader.mistakes.fingerprint import Fingerprint
    from grader.verdicts.finding import Finding


class Summary:
    """A plugin that collects the verdicts on specs, and prints a summary of them.

    Parameters
    ----------
    config : pytest.Config
        The configuration of the session, whose option ``--hint`` sets the number of hints.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.steps: int = config.getoption("hint")
        self.verdicts: dict[Exercise, list[SpecVerdict]] = {}
        self.attempts: dict[tuple[Exercise, str], dict[str, SpecVerdict]] = {}
        self.counts: dict[Exercise, int] = {}
        self.withheld: dict[Exercise, int] = {}
        self.told: set[tuple[str, str]] = set()
        self.failures: dict[Exercise, dict[str, Fingerprint | None]] = {}
        self.reports: dict[tuple[Exercise, str], pytest.TestReport] = {}
        self.entries: dict[tuple[Exercise, str], Any] = {}
        self.helped: set[tuple[str, ...]] = set()
        self.problems: list[str] = []

    def add(self, item: SpecItem, finding: "Finding | None") -> None:
        """Record the verdict on a spec."""
        exercise, verdict = exercise_of(item), verdict_of(item, finding)
        self.keep(exercise, item.nodeid, verdict)
        _describe(item, verdict)
        assert isinstance(item.parent, SpecFile)
        self.counts[exercise] = item.parent.count
        self.withheld[exercise] = item.parent.withheld

    def keep(self, exercise: Exercise, nodeid: str, verdict: SpecVerdict) -> None:
        """Count a spec once: its latest attempt, and one that failed if it is repeated."""
        attempts = self.attempts.setdefault((exercise, verdict.name), {})
        attempts[nodeid] = verdict
        broken = [attempt for attempt in attempts.values() if not attempt.passed]
        if not broken:
            self.failures.get(exercise, {}).pop(verdict.name, None)
        specs = {spec.name: spec for spec in self.verdicts.get(exercise, [])}
        specs[verdict.name] = broken[0] if broken else verdict
        self.verdicts[exercise] = list(specs.values())

    def add_failure(self, item: SpecItem, fingerprint: "Fingerprint | None") -> None:
        """Record how a spec failed; mistakes are recognised at the end of the session."""
        self.failures.setdefault(exercise_of(item), {})[item.name] = fingerprint

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the report of each failure, to which hints are added; it may come from elsewhere."""
        place: list[str] | None = getattr(report, "kata_spec", None)
        if place is not None:
            root, exercise, spec = place
            key = Exercise(Path(root), exercise), spec
            self.reports[key] = report
            self.entries[key] = junit_entry(self.config, report)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a process of pytest-xdist has found."""
        parallel.receive(self, getattr(node, "workeroutput", {}))

    def shorten(self, message: str) -> str:
        """Shorten the message of an exception that was shown before to one line."""
        label = say("raised    ")
        if not message.startswith(label):
            return message
        first, *_, last = [*message.splitlines(), ""]
        if (first, last) in self.told:
            return say("as above  ") + first.removeprefix(label)
        self.told.add((first, last))
        return message

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remove specs from pytest's short summary, which would repeat their failures."""
        if session.items and all(isinstance(item, SpecItem) for item in session.items):
            omit_failures_from_the_list(self.config)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """List once, apart from the failures, what is not written yet."""
        if self.helped:
            show_failures_again(self.config)
        for exercise, verdicts in self.verdicts.items():
            waiting = [spec for spec in verdicts if spec.outcome.is_waiting]
            if not waiting:
                continue
            terminalreporter.write_sep(
                "-", say("not written yet in {file}", file=exercise.filename)
            )
            for message in dict.fromkeys(str(spec.message) for spec in waiting):
                terminalreporter.write_line(f"  {message}")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """Add hints, and print as the last line what is done and what to run next."""
        if parallel.is_worker(self.config):
            parallel.send(self)
            return (yield)
        for exercise in self.verdicts:
            self._name_mistakes(exercise)
        result = yield
        terminal = terminal_of(self.config)
        for problem in (*self.problems, *self._absent()):
            terminal.write_line(problem)
        for exercise, specs in self.verdicts.items():
            verdict = ExerciseVerdict(exercise.name, tuple(specs))
            terminal.write_line(self._tell(exercise, verdict))
        return result

    def _absent(self) -> Iterator[str]:
        """Say which imports a judge does not have, even if they are installed here."""
        for module, name in self.config.stash.get(ABSENT, {}):
            yield say(
                "{file} imports {module}, which is not there when your work is graded: it may "
                "stay where it is not used",
                file=f"{module}.py",
                module=name,
            )

    def _name_mistakes(self, exercise: Exercise) -> None:
        """Add its hints to each failure, and show as many as ``--hint`` asks for."""
        failures = self.failures.get(exercise, {})
        if not any(failures.values()):
            return
        from grader.mistakes.diagnosis import hints_of
        from grader.mistakes.known_failures import read
        from grader.mistakes.recognise import recognise

        verdicts = self.verdicts[exercise]
        try:
            known = read(exercise.fingerprints)
        except CourseError as error:
            self.problems.append(str(error))
            return
        found = recognise(known, failures, [spec.name for spec in verdicts])
        for number, spec in enumerate(verdicts):
            told, mistake = hints_of(found.get(spec.name, ()), exercise)
            hints = tuple(tell(one, exercise.root) for one in told)
            verdicts[number] = replace(spec, hints=hints, mistake=mistake)
            if hints and (entry := self.entries.get((exercise, spec.name))):
                add_junit_property(entry, "hint", str(hints[0]))
            if hints and self.steps:
                self._help(self.reports[exercise, spec.name], verdicts[number])

    def _help(self, report: pytest.TestReport, spec: SpecVerdict) -> None:
        """Show the hints of a spec, unless the same hints were shown before."""
        told_before = tuple(map(str, spec.hints)) in self.helped
        self.helped.add(tuple(map(str, spec.hints)))
        hints = (say("as above"),) if told_before else spec.hints
        told = replace(spec, message=str(report.longrepr), hints=hints).told(self.steps)
        report.longrepr = told

    def _tell(self, exercise: Exercise, verdict: ExerciseVerdict) -> str:
        from grader.verdicts.outcome_labels import stars  # here, since a judge shows nothing

        core = verdict.of(Tier.CORE)
        kept = sum(spec.passed for spec in core)
        told = say(
            "{name}: {kept} of {all} core, {points} of {most} points{more} {stars}",
            name=exercise.name,
            kept=kept,
            all=len(core),
            points=verdict.points,
            most=verdict.max_points,
            more=spec_source.tell(self.withheld[exercise]),
            stars=stars(verdict),
        ).rstrip()
        if len(verdict.specs) < self.counts[exercise]:
            return say("{told} (of the specs that were run)", told=told)
        if not verdict.done:
            further = max((len(spec.hints) for spec in verdict.specs), default=0) > self.steps
            hint = " --hint" * min(self.steps + further, MAX_STEPS)
            command = f"pytest {self._path(exercise)}{hint}"
            return say("{told}. Next: {command}", told=told, command=command)
        exercises = course_of(exercise).exercises
        later = exercises[exercises.index(exercise) + 1 :]
        if not later:
            return say("{told}. Done, and it was the last one.", told=told)
        command = f"pytest {self._path(later[0])}"
        return say("{told}. Done! Next: {command}", told=told, command=command)

    def _path(self, exercise: Exercise) -> str:
        folder = exercise.stub.parent
        with suppress(ValueError):  # on Windows, when it is on another drive
            folder = Path(os.path.relpath(folder, self.config.invocation_params.dir))
        return quoted(folder.as_posix())


def _describe(item: SpecItem, verdict: SpecVerdict) -> None:
    """Add to a test what reports of other plugins, and the file of ``--junitxml``, show of it."""
    described = {
        "exercise": exercise_of(item).name,
        "promise": verdict.promise,
        "tier": verdict.tier.value,
        "outcome": verdict.outcome.value,
        "points": verdict.points,
        "max_points": verdict.max_points,
    }
    others = [one for one in item.user_properties if one[0] not in described]
    item.user_properties[:] = [*others, *described.items()]
