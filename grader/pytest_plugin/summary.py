"""The summary at the end of a learner's pytest: what is missing, done, and next."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.course import spec_source
from grader.course.course import Exercise
from grader.course.modules import is_changed, read_module
from grader.errors import CourseError
from grader.messages.language import say, tell
from grader.messages.pasting import quoted
from grader.pytest_plugin import parallel
from grader.pytest_plugin.no_hint import no_hint
from grader.specs.collection import SpecFile, SpecItem
from grader.specs.lookup import ABSENT, course_of, exercise_of
from grader.specs.markers import budget_of, verdict_of
from grader.specs.pytest_internals import (
    add_junit_property,
    junit_entry,
    omit_failures_from_the_list,
    show_failures,
    show_failures_again,
    tell_each_warning_once,
    terminal_of,
)
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
        self.attempts: dict[tuple[Exercise, str], dict[str, SpecVerdict]] = {}
        self.counts: dict[Exercise, int] = {}
        self.withheld: dict[Exercise, int] = {}
        self.failures: dict[Exercise, dict[str, Fingerprint | None]] = {}
        self.codes: dict[Exercise, str] = {}
        self.ends: dict[Exercise, dict[str, tuple[pytest.Item, BaseException]]] = {}
        self.found: dict[str, Finding] = {}
        self.begin: dict[Exercise, Exercise] = {}
        self.reports: dict[tuple[Exercise, str], pytest.TestReport] = {}
        self.entries: dict[tuple[Exercise, str], Any] = {}
        self.programs: dict[tuple[Exercise, str], Callable[[], str]] = {}
        self.tries: dict[str, str] = {}
        self.spent: dict[Exercise, Spent] = {}
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
            self.ends.get(exercise, {}).pop(verdict.name, None)
        specs = {spec.name: spec for spec in self.verdicts.get(exercise, [])}
        specs[verdict.name] = broken[0] if broken else verdict
        self.verdicts[exercise] = list(specs.values())

    def add_failure(self, item: SpecItem, fingerprint: "Fingerprint | None") -> None:
        """Record how a spec failed; mistakes are recognised at the end of the session."""
        from grader.specs.fixtures import code_of  # here, as it loads NumPy

        self.failures.setdefault(exercise_of(item), {})[item.name] = fingerprint
        self.codes[exercise_of(item)] = code_of(item)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the report of each failure, to which help is added; it may come from elsewhere."""
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

    def add_end(self, item: SpecItem, error: BaseException, found: "Finding") -> None:
        """Record what ended a spec; at the end of the session it may prove to lie elsewhere."""
        self.ends.setdefault(exercise_of(item), {})[item.name] = (item, error)
        self.found[item.name] = found

    def add_spent(self, item: SpecItem, finding: "Finding | None") -> None:
        """Record how long the code took in a spec that passed and has no limit of its own."""
        from grader.specs.fixtures import take_spent

        spent = take_spent(item)
        if finding is None and budget_of(item) is None:
            total = self.spent.setdefault(exercise_of(item), type(spent)())
            total.add(spent.total, spent.longest, spent.name)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remove specs from pytest's short summary, which would repeat their failures."""
        if _is_of_specs_alone(session):
            omit_failures_from_the_list(self.config)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """List once, apart from the failures, what is not written yet."""
        if self.steps or self.programs:
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
            self._look_further_back(session, exercise)
            self._name_mistakes(exercise)
            self._name_the_slow_way(exercise)
        self._tell_causes()
        if _is_of_specs_alone(session):
            tell_each_warning_once(self.config)
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
        return [*self.problems, *self._absent(), *self._changed(), *self._too_slow()]

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

    def _changed(self) -> Iterator[str]:
        """Say which files that the course gives are not used as the learner has changed them."""
        courses = dict.fromkeys(map(course_of, self.verdicts))
        for one in (given for course in courses for given in course.given):
            if is_changed(one):
                yield say(
                    "{path} is not used as you changed it: these tests, and those that grade your "
                    "work, take the file that the course gave you, {kept}",
                    path=one.stub.relative_to(one.root).as_posix(),
                    kept=one.finished.relative_to(one.root).as_posix(),
                )

    def _look_further_back(self, session: pytest.Session, exercise: Exercise) -> None:
        """Say first which earlier exercise is not done, if any, and what is due to it."""
        if not (ends := list(self.ends.get(exercise, {}).values())):
            return
        from grader.pytest_plugin.earlier import locate  # here, since most specs pass

        located = locate(session, exercise, ends, self.found, self._is_done)
        if located is None:
            return
        self.begin[exercise] = course_of(exercise).named(located.earlier)
        self.failures[exercise] = dict(located.failures)
        self.found |= located.findings
        verdicts = self.verdicts[exercise]
        for number, spec in enumerate(verdicts):
            if (finding := located.findings.get(spec.name)) is not None:
                message = tell(finding.message, exercise.root)
                verdicts[number] = replace(spec, message=message, cause=finding.cause)

    def _is_done(self, exercise: Exercise) -> bool | None:
        """Return whether an exercise is done; None if not all of it was run."""
        specs = self.verdicts.get(exercise, [])
        if not specs or len(specs) < self.counts[exercise]:
            return None
        return ExerciseVerdict(exercise.name, tuple(specs)).done

    def _name_mistakes(self, exercise: Exercise) -> None:
        """Add its hints to each failure."""
        verdicts = self.verdicts[exercise]
        # What is not written yet says nothing against a mistake in what is.
        ran = [spec.name for spec in verdicts if not spec.outcome.is_waiting]
        failures = {
            name: failure
            for name, failure in self.failures.get(exercise, {}).items()
            if name in ran
        }
        if not any(failures.values()):
            return
        from grader.mistakes.diagnosis import hints_of
        from grader.mistakes.known_failures import read
        from grader.mistakes.recognise import recognise

        try:
            known = read(exercise.fingerprints)
        except CourseError as error:
            self.problems.append(str(error))
            return
        found = recognise(
            known,
            failures,
            ran,
            stretch=[spec.name for spec in verdicts if spec.tier is Tier.STRETCH],
            code=self.codes.get(exercise, ""),
        )
        for number, spec in enumerate(verdicts):
            told, mistake = hints_of(found.get(spec.name, ()), exercise)
            hints = tuple(tell(one, exercise.root) for one in told)
            verdicts[number] = replace(spec, hints=hints, mistake=mistake)
            if hints and (entry := self.entries.get((exercise, spec.name))):
                add_junit_property(entry, "hint", str(hints[0]))

    def _name_the_slow_way(self, exercise: Exercise) -> None:
        """Say in each failure that has no name if central differences take the place of it all."""
        unnamed = [spec for spec in self.verdicts[exercise] if not spec.passed and not spec.mistake]
        if not unnamed:
            return
        from grader.mistakes.reasons.slow_way import slow_calls, with_slow_call

        calls = slow_calls(read_module(exercise.stub))
        for number, spec in enumerate(self.verdicts[exercise]):
            if calls and spec in unnamed and spec.outcome is Outcome.FAILED:
                found = with_slow_call(self.found[spec.name], spec.name, calls)
                told = replace(spec, message=tell(found.message, exercise.root))
                self.verdicts[exercise][number] = told

    def _tell_causes(self) -> None:
        """Show each cause once, in the order in which to look at them, with its promises.

        It comes with as many hints as ``--hint`` asks for, and with ``--try`` as a program.
        """
        from grader.verdicts.causes import causes_of

        shown, folded = [], []
        for exercise, verdicts in self.verdicts.items():
            for cause in causes_of(verdicts):
                if cause.is_waiting:
                    continue
                report = self.reports[exercise, cause.first.name]
                others = [f"  {spec.promise}" for spec in cause.others]
                told = [cause.first.told(self.steps), cause.tell_others(), *others]
                report.longrepr = "\n".join(filter(None, told))
                if program := self._write_program(exercise, cause.first):
                    report.longrepr += "\n\n" + program
                shown.append(report)
                folded += [self.reports[exercise, spec.name] for spec in cause.others]
        show_failures(self.config, shown, folded)

    def _write_program(self, exercise: Exercise, spec: SpecVerdict) -> str:
        """Return what a spec has called as Python; empty if that is not asked for."""
        if not (write := self.programs.get((exercise, spec.name))):
            return ""
        program = write()
        if not program:
            return say("The calls of this promise cannot be written down as Python.")
        self.tries[spec.name] = f"# {spec.promise}\n{program}"
        return f"{say('Try it: paste this into Python.')}\n\n{self.tries[spec.name]}"

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


def _is_of_specs_alone(session: pytest.Session) -> bool:
    """Return whether a session runs exercises, and no other tests."""
    return bool(session.items) and all(isinstance(item, SpecItem) for item in session.items)
