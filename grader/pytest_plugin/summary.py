"""The summary at the end of a learner's pytest: what is missing, done, and next."""

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.course import spec_source
from grader.course.course import Exercise
from grader.course.modules import read_module
from grader.errors import CourseError
from grader.messages.language import say, tell
from grader.pytest_plugin.no_hint import no_hint
from grader.specs.collection import SpecFile, SpecItem
from grader.specs.lookup import ABSENT, course_of, exercise_of
from grader.specs.markers import budget_of, verdict_of
from grader.specs.pytest_internals import omit_failures_from_the_list, terminal_of
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

if TYPE_CHECKING:
    from grader.mistakes.fingerprint import Fingerprint
    from grader.transport.in_process import Spent
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
        self.counts: dict[Exercise, int] = {}
        self.withheld: dict[Exercise, int] = {}
        self.told: set[tuple[str, str]] = set()
        self.failures: dict[Exercise, dict[str, Fingerprint | None]] = {}
        self.ends: dict[Exercise, list[tuple[pytest.Item, BaseException]]] = {}
        self.found: dict[str, Finding] = {}
        self.reports: dict[str, pytest.TestReport] = {}
        self.begin: dict[Exercise, Exercise] = {}
        self.spent: dict[Exercise, Spent] = {}
        self.helped: set[tuple[str, ...]] = set()
        self.problems: list[str] = []

    def add(self, item: SpecItem, finding: "Finding | None") -> None:
        """Record the verdict on a spec."""
        exercise = exercise_of(item)
        self.verdicts.setdefault(exercise, []).append(verdict_of(item, finding))
        assert isinstance(item.parent, SpecFile)
        self.counts[exercise] = item.parent.count
        self.withheld[exercise] = item.parent.withheld

    def add_failure(self, item: SpecItem, fingerprint: "Fingerprint | None") -> None:
        """Record how a spec failed; mistakes are recognised at the end of the session."""
        self.failures.setdefault(exercise_of(item), {})[item.name] = fingerprint

    def add_end(
        self, item: SpecItem, error: BaseException, found: "Finding", report: pytest.TestReport
    ) -> None:
        """Record what ended a spec; at the end of the session it may prove to lie elsewhere."""
        self.ends.setdefault(exercise_of(item), []).append((item, error))
        self.found[item.name] = found
        self.reports[item.name] = report

    def add_spent(self, item: SpecItem, finding: "Finding | None") -> None:
        """Record how long the code took in a spec that passed and has no limit of its own."""
        from grader.specs.fixtures import take_spent

        spent = take_spent(item)
        if finding is None and budget_of(item) is None:
            total = self.spent.setdefault(exercise_of(item), type(spent)())
            total.add(spent.total, spent.longest, spent.name)

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
        for exercise in self.verdicts:
            self._look_further_back(session, exercise)
            self._name_mistakes(exercise)
            self._name_the_slow_way(exercise)
        result = yield
        terminal = terminal_of(self.config)
        for note in self.notes():
            terminal.write_line(note)
        for exercise, specs in self.verdicts.items():
            verdict = ExerciseVerdict(exercise.name, tuple(specs))
            terminal.write_line(self._tell(exercise, verdict))
        return result

    def notes(self) -> list[str]:
        """Return what else there is to say, whether or not promises are kept."""
        return [*self.problems, *self._absent(), *self._too_slow()]

    def _too_slow(self) -> Iterator[str]:
        """Say what takes longer here than it may when it is graded."""
        for exercise, spent in self.spent.items():
            limits = course_of(exercise).limits
            if spent.longest > limits.call_seconds:
                yield say(
                    "{file}: {name} took {seconds:g} s; when your work is graded, one call may "
                    "take {limit:g} s",
                    file=exercise.filename,
                    name=spent.name or exercise.module,
                    seconds=round(spent.longest, 1),
                    limit=limits.call_seconds,
                )
            elif spent.total > limits.total_seconds:
                yield say(
                    "{file}: all calls together took {seconds:g} s; when your work is graded, they "
                    "may take {limit:g} s",
                    file=exercise.filename,
                    seconds=round(spent.total, 1),
                    limit=limits.total_seconds,
                )

    def _absent(self) -> Iterator[str]:
        """Say which imports a judge does not have, even if they are installed here."""
        for module, name in self.config.stash.get(ABSENT, {}):
            yield say(
                "{file} imports {module}, which is not there when your work is graded: it may "
                "stay where it is not used",
                file=f"{module}.py",
                module=name,
            )

    def _look_further_back(self, session: pytest.Session, exercise: Exercise) -> None:
        """Say first which earlier exercise is not done, if any, and what is due to it."""
        if exercise not in self.ends:
            return
        from grader.pytest_plugin.earlier import locate  # here, since most specs pass

        located = locate(session, exercise, self.ends[exercise], self.found, self._is_done)
        if located is None:
            return
        self.begin[exercise] = course_of(exercise).named(located.earlier)
        self.failures[exercise] = dict(located.failures)
        self.found |= located.findings
        verdicts, told = self.verdicts[exercise], set()
        for number, spec in enumerate(verdicts):
            if spec.name not in located.findings:
                continue
            message = tell(located.findings[spec.name].message, exercise.root)
            verdicts[number] = replace(spec, message=message)
            first = message.partition("\n")[0]
            again = say("as above  ") + first if message in told else message
            self.reports[spec.name].longrepr = again
            told.add(message)

    def _is_done(self, exercise: Exercise) -> bool | None:
        """Return whether an exercise is done; None if not all of it was run."""
        specs = self.verdicts.get(exercise, [])
        if not specs or len(specs) < self.counts[exercise]:
            return None
        return ExerciseVerdict(exercise.name, tuple(specs)).done

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
            if hints and self.steps:
                self._help(self.reports[spec.name], verdicts[number])

    def _name_the_slow_way(self, exercise: Exercise) -> None:
        """Say in each failure that has no name if central differences take the place of it all."""
        unnamed = [spec for spec in self.verdicts[exercise] if not spec.passed and not spec.mistake]
        if not unnamed:
            return
        from grader.mistakes.slow_way import slow_calls, with_slow_call

        calls = slow_calls(read_module(exercise.stub))
        for number, spec in enumerate(self.verdicts[exercise]):
            if calls and spec in unnamed and spec.outcome is Outcome.FAILED:
                found = with_slow_call(self.found[spec.name], spec.name, calls)
                message = tell(found.message, exercise.root)
                if message != spec.message:
                    self.verdicts[exercise][number] = replace(spec, message=message)
                    self.reports[spec.name].longrepr = message

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
        if not verdict.done and exercise in self.begin:
            command = f"pytest {self._path(self.begin[exercise])}"
            return say("{told}. Next: {command}", told=told, command=command)
        if not verdict.done:
            steps = max(len(spec.hints) for spec in verdict.specs)
            if self.steps and steps <= self.steps:
                missed = [spec for spec in core if not spec.passed]
                broken = [spec for spec in missed if not spec.outcome.is_waiting]
                why = no_hint(exercise, (broken or missed)[0], steps)
                return say("{told}. {why}", told=told, why=why)
            hint = " --hint" * (self.steps + (steps > self.steps))
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
        return shlex.quote(folder.as_posix())
