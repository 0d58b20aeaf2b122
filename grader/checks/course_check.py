"""Checks that the course itself is sound.

Stubs fail and solutions pass, both in-process and judged; trivial answers and tricks score nothing;
known mistakes are caught and named; each exercise has all its files.
"""

import ast
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

from grader.checks.promise_check import check_promises
from grader.checks.translation_check import check_translations
from grader.checks.trick_check import read_tricks, tell_kept
from grader.course.course import Course, Exercise
from grader.course.modules import offer_of, read_module, read_modules
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.judging.judge import Judge
from grader.mistakes.catalogue import Mistake, make, read_mistakes
from grader.mistakes.known_failures import read, same, write
from grader.submissions.submission import Submission
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.worker_process import can_confine
from grader.verdicts.verdict import ExerciseVerdict, Outcome, Tier
from grader.worker.module_loader import importable
from grader.worker.source import Source

SEEDS = 1000
"""Number of seeds with which the cheap specs are run against each solution."""


@dataclass(frozen=True)
class Claim:
    """A claim that was checked.

    Attributes
    ----------
    text : str
        The claim in words.
    problems : tuple of str
        Problems that contradict it; empty if it holds.
    """

    text: str
    problems: tuple[str, ...]


def check(course: Course, seeds: int = SEEDS) -> Iterator[Claim]:
    """Check a course.

    Parameters
    ----------
    course : Course
        The instructor's course, which contains the solutions.
    seeds : int, default 1000
        Number of seeds with which the cheap specs are run against each solution.

    Yields
    ------
    Claim
        Each claim, as soon as it has been checked.
    """
    yield Claim("the trees mirror each other", tuple(_compare_trees(course)))
    for exercise in course.exercises:
        text = f"{exercise.name}: the stub has the solution's signatures and docstrings"
        problems = _compare_stub(exercise) if _is_complete(exercise) else [INCOMPLETE]
        yield Claim(text, tuple(problems))
    for exercise in course.exercises:
        if exercise.promises.is_file():
            yield Claim(f"{exercise.name}: {TRACED}", tuple(_trace(exercise)))
    yield Claim("what is said to learners is translated", tuple(_check_translations(course)))
    spawn = get_context("spawn")  # a fork would copy locks that other threads of this process hold
    with ProcessPoolExecutor(os.cpu_count(), mp_context=spawn) as pool:
        yield from _judge_everything(course, seeds, pool)


def _judge_everything(course: Course, seeds: int, pool: Executor) -> Iterator[Claim]:
    passes = f"the solution passes with {seeds} seeds, in-process and judged alike"
    jobs: tuple[tuple[str, Callable[..., list[str]], tuple[object, ...]], ...] = (
        # The longest first, so that no processor waits for the last exercise's.
        (passes, _check_solution, (seeds,)),
        ("every known mistake is caught, and named", _check_mistakes, ()),
        (NO_TRICK, _check_tricks, ()),
        ("trivial answers score nothing", _check_trivial, ()),
        ("the stub is not started", _check_stub, ()),
        ("a learner's fingerprints are up to date", _check_fingerprints, ()),
    )
    pending: list[tuple[str, Future[list[str]] | None]] = []
    for exercise in course.exercises:
        for text, job, arguments in jobs:
            if text is NO_TRICK and not exercise.tricks.is_dir():
                continue
            future = None
            if _is_complete(exercise):
                future = pool.submit(job, course.root, exercise.name, *arguments)
            pending.append((f"{exercise.name}: {text}", future))
    for text, future in pending:
        yield Claim(text, tuple(future.result() if future else [INCOMPLETE]))


NO_TRICK = "no trick scores what it fakes"
TRACED = "each sentence of task and stub is held by a spec, and each spec holds one"

# The files

INCOMPLETE = "not checked, since a file is missing"


def _is_complete(exercise: Exercise) -> bool:
    """Return whether all files that are judged exist; a lesson may be missing."""
    return all(path.is_file() for path in (exercise.stub, exercise.solution, exercise.spec))


def _compare_trees(course: Course) -> Iterator[str]:
    for exercise in course.exercises:
        for path in (exercise.lesson, exercise.stub, exercise.solution, exercise.spec):
            if not path.is_file():
                yield f"{path.relative_to(course.root)} is missing"
    known = {*(one.name for one in (*course.exercises, *course.given)), *course.left_out}
    for tree in ("exercises", "solutions"):
        for path in sorted((course.root / tree).iterdir()):
            if path.is_dir() and path.name not in known and not path.name.startswith((".", "__")):
                yield f"{tree}/{path.name} is not listed in [tool.kata] of pyproject.toml"


def _compare_stub(exercise: Exercise) -> Iterator[str]:
    stub = _public_parts(ast.parse(exercise.stub.read_text("utf-8")))
    solution = _public_parts(ast.parse(exercise.solution.read_text("utf-8")))
    for name in stub.keys() | solution.keys():
        if name not in stub or name not in solution:
            where = "solution" if name not in stub else "stub"
            yield f"{name} is in the {where} only"
        elif stub[name] != solution[name]:
            yield f"{name}: signature or docstring differ between stub and solution"
    if "# TODO" not in exercise.stub.read_text("utf-8"):
        yield f"{exercise.filename} has no TODO"


def _public_parts(tree: ast.AST, prefix: str = "") -> dict[str, tuple[str, str | None]]:
    """Return signature and docstring of every public class, function and method, by name."""
    parts: dict[str, tuple[str, str | None]] = {}
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            is_private = node.name.startswith("_") and not node.name.endswith("__")
            if is_private:
                continue
            name = f"{prefix}{node.name}"
            head = ast.unparse(node.args) if isinstance(node, ast.FunctionDef) else ""
            parts[name] = (head, ast.get_docstring(node))
            if isinstance(node, ast.ClassDef):
                parts |= _public_parts(node, f"{name}.")
    return parts


def _trace(exercise: Exercise) -> list[str]:
    if not _is_complete(exercise) or not exercise.lesson.is_file():
        return [INCOMPLETE]
    try:
        return list(check_promises(exercise))
    except CourseError as error:
        return [str(error)]


def _check_translations(course: Course) -> list[str]:
    if not all(map(_is_complete, course.exercises)):
        return [INCOMPLETE]
    try:
        return list(check_translations(course))
    except CourseError as error:
        return [str(error)]


# Jobs. Each runs in another process, and returns the problems that it has found.


@cache
def _judge(root: Path) -> Judge:
    course = find_course(root)
    assert course is not None
    complete = [exercise for exercise in course.exercises if _is_complete(exercise)]
    return Judge(course, complete, confined=can_confine())  # the course's own code is trusted


def _submit(root: Path, name: str, source: Source | None) -> tuple[Judge, Submission]:
    """Return a submission of the reference solutions, with another source for one exercise."""
    judge = _judge(root)
    exercise = judge.course.named(name)
    sources = read_modules(root / "solutions", judge.course)
    if source is not None:
        sources[exercise.module] = source
    return judge, Submission(name, sources, (exercise,))


def _worker(judge: Judge, submission: Submission) -> Judged:
    return Judged(submission.sources, confined=judge.confined, offer=offer_of(judge.course))


def _run_both(
    root: Path, name: str, source: Source, *, cheap_only: bool = False, explained: bool = False
) -> tuple[ExerciseVerdict, list[str]]:
    """Return the verdict of the judge, and how the in-process verdict differs from it."""
    judge, submission = _submit(root, name, source)
    (exercise,) = submission.exercises
    judge_exercise = partial(
        judge.judge_exercise, exercise, cheap_only=cheap_only, explained=explained
    )
    with _worker(judge, submission) as worker:
        judged = judge_exercise(worker)
    with importable(submission.sources, offer_of(judge.course)):
        in_process = judge_exercise(InProcess(submission.sources))
    problems = [
        f"{one.name}: {one.outcome} judged, {other.outcome} in-process: {one.message}"
        for one, other in zip(judged.specs, in_process.specs, strict=True)
        if (one.outcome, one.message) != (other.outcome, other.message)
    ]
    return judged, problems


def _check_stub(root: Path, name: str) -> list[str]:
    exercise = _judge(root).course.named(name)
    verdict, problems = _run_both(root, name, read_module(exercise.stub))
    for spec in verdict.specs:
        if spec.outcome is not Outcome.NOT_STARTED:
            problems.append(f"{spec.name}: {spec.outcome}, not NOT_STARTED: {spec.message}")
    return problems


def _check_trivial(root: Path, name: str) -> list[str]:
    solution = read_module(_judge(root).course.named(name).solution)
    # A spec that passes without any method checks only the constructor, which is left unchanged.
    unwritten, problems = _run_both(
        root, name, _answer_always(solution, "raise NotImplementedError")
    )
    spared = {spec.name for spec in unwritten.specs if spec.passed}
    for label, statement in TRIVIAL.items():
        trivial = _answer_always(solution, statement)
        verdict, differences = _run_both(root, name, trivial, cheap_only=label != "nothing")
        problems += differences
        for spec in verdict.specs:
            if spec.passed and spec.name not in spared:
                problems.append(f"{spec.name}: passes when everything answers with {label}")
            if spec.outcome is Outcome.GRADER_ERROR:
                problems.append(f"{spec.name}: fails itself when answered {label}: {spec.message}")
    return problems


TRIVIAL = {
    "its argument": "return {first}",
    "its argument twice": "return {first}, {first}",
    "its arguments": "return {all}",
    "zeros": "import numpy\nreturn numpy.zeros_like({first}, dtype=float)",
    "ones": "import numpy\nreturn numpy.ones_like({first}, dtype=float)",
    "one": "return 1.0",
    "a pair of ones": "return 1.0, 1.0",
    "nothing": "return None",
    "text": "return 'abc'",
    "an empty list": "return []",
    "objects": "import numpy\nreturn numpy.array([None, object()])",
    "not a number": "return float('nan')",
    "itself": "return {self}",
}
"""Trivial bodies of functions: what they return, and the statement."""


def _answer_always(solution: Source, statement: str) -> Source:
    """Replace the body of every function and method of a solution, except constructors."""
    tree = ast.parse(solution.text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__":
            names = [argument.arg for argument in node.args.args + node.args.kwonlyargs]
            itself = names[0] if names[:1] == ["self"] else node.name
            given = [name for name in names if name != "self"] or ["None"]
            text = statement.format(first=given[0], all=", ".join(given), self=itself)
            node.body = ast.parse(text).body
    return replace(solution, text=ast.unparse(tree))


def _check_tricks(root: Path, name: str) -> list[str]:
    """Judge the trick solutions; not in-process, where nothing ends those that take too long."""
    exercise = _judge(root).course.named(name)
    problems = []
    try:
        tricks = read_tricks(exercise)
    except CourseError as error:
        return [str(error)]
    for trick in tricks:
        judge, submission = _submit(root, name, trick.source)
        with _worker(judge, submission) as worker:
            verdict = judge.judge_exercise(exercise, worker, cheap_only=True, explained=False)
        problems += [f"{trick.name}: {problem}" for problem in tell_kept(trick, verdict)]
    return problems


def _check_mistakes(root: Path, name: str) -> list[str]:
    exercise = _judge(root).course.named(name)
    problems = []
    try:
        mistakes = read_mistakes(exercise)
    except CourseError as error:
        return [str(error)]
    for mistake in mistakes:
        try:
            wrong = make(mistake, exercise)
        except CourseError as error:
            problems.append(str(error))
            continue
        verdict, differences = _run_both(root, name, wrong, cheap_only=True, explained=True)
        problems += [f"{mistake.name}: {difference}" for difference in differences]
        problems += [f"{mistake.name}: {reason}" for reason in _tell_missed(mistake, verdict)]
    return problems


def _tell_missed(mistake: Mistake, verdict: ExerciseVerdict) -> Iterator[str]:
    """Yield problems with how the specs and the diagnosis treat a mistake."""
    failed = [spec for spec in verdict.specs if not spec.passed]
    if any(spec.outcome is Outcome.GRADER_ERROR for spec in failed):
        yield "a spec fails itself"
    if not any(spec.tier is Tier(mistake.caught) for spec in failed):
        yield f"no {mistake.caught} spec notices it"
    elif not any(mistake.name in (spec.mistake or "").split(", ") for spec in failed):
        yield "it is noticed, but not named"
    if len(mistake.hint) > MAX_HINT:
        yield f"its hint has {len(mistake.hint)} characters, and {MAX_HINT} fit"


MAX_HINT = 200


def fingerprints_of(exercise: Exercise) -> str:
    """Return the fingerprints of an exercise's mistakes, by which learners' mistakes are named.

    Returns
    -------
    str
        In the format of `grader.mistakes.known_failures.write`, for the inputs of learners.
    """
    known_runs = _judge(exercise.root).known_runs
    return write(known_runs.known(exercise), known_runs.cheap_specs(exercise))


def _check_fingerprints(root: Path, name: str) -> list[str]:
    """Compare fingerprints up to rounding, which differs between machines."""
    judge = _judge(root)
    exercise, known_runs = judge.course.named(name), judge.known_runs
    try:
        found = read(exercise.fingerprints)
    except CourseError as error:
        return [str(error)]
    if same(found, known_runs.known(exercise), known_runs.cheap_specs(exercise)):
        return []
    return [f"{exercise.fingerprints} is out of date; write it again with `grader fingerprint`"]


def _check_solution(root: Path, name: str, seeds: int) -> list[str]:
    judge, submission = _submit(root, name, None)
    (exercise,) = submission.exercises
    problems = []
    judged = _worker(judge, submission)
    with judged as worker, importable(submission.sources, offer_of(judge.course)):
        for transport in (worker, InProcess(submission.sources)):
            where = "judged" if transport is worker else "in-process"
            for seed in range(seeds):
                judge.secret = f"seed {seed}"
                worker.begin()
                is_long = seed == 0 and transport is worker  # long specs only once: they train
                verdict = judge.judge_exercise(exercise, transport, cheap_only=not is_long)
                problems += [
                    f"{spec.name}, {where}, seed {seed}: {spec.outcome}: {spec.message}"
                    for spec in verdict.specs
                    if not spec.passed
                ]
    judge.secret = ""
    if not verdict.of(Tier.CORE):
        problems.append("there is no core spec")
    return problems
