"""Do the specs notice every small change to the reference? A mutation test of ``solutions/``.

    python -m pip install -e ".[mutants]"
    python tests/mutants/mutants.py [EXERCISE ...] [--seeds 5]

The catalogue in ``tests/mistakes/`` has known mistakes of learners. Here the changes are not
selected: mutmut's operators change the reference wherever they apply, one place at a time (another
operator, number or key, an argument left out or None, ...), and the judge runs the specs on each of
these mutants in its sandbox and with its limits, because a mutant may loop forever. A mutant is
killed if, whichever secret the inputs are drawn from, some spec, core or stretch, does not pass.
Specs with their own budget run only on mutants that survive all others.

Only code that a learner writes is mutated: functions and methods that differ between stub and
solution. Finished code in the stub, such as scripts and plots, is not, nor are docstrings and
annotations.

A survivor is either behaviour that no spec checks, or an equivalent change. The latter are
listed in ``equivalent.toml``, each with the reason. The exit code is 1 if there is a
survivor that is not on the list or an entry of the list that does not survive, and 2 on
an error.
"""

import argparse
import ast
import difflib
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from grader.course.course import Course, Exercise
from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.judging.judge import Judge
from grader.mistakes.catalogue import Mistake
from grader.transport.judged import Judged
from grader.transport.worker_process import can_confine
from grader.verdicts.verdict import Outcome
from grader.worker.source import Source

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
SEEDS = 5


@dataclass(frozen=True)
class Change:
    """What a mutant changes, as it is reported and listed.

    Attributes
    ----------
    exercise : str
        Name of the exercise.
    where : str
        The function or method: ``Affine.backward``.
    before, after : str
        The lines that differ, without their indentation.
    """

    exercise: str
    where: str
    before: str
    after: str

    def __str__(self) -> str:
        lines = [f"in {self.where}"]
        for sign, text in (("-", self.before), ("+", self.after)):
            lines += [f"    {sign} {line}" for line in text.splitlines()]
        return "\n".join(lines)


class MutantsError(Exception):
    """The mutants cannot be judged."""


# Making them


def make_mutants(exercise: Exercise) -> dict[Change, str]:
    """All mutants of a solution, as source texts."""
    try:
        import libcst
        from mutmut.mutation.mutators import mutation_operators
    except ImportError as error:
        told = f'mutants are made by mutmut ({error}): python -m pip install -e ".[mutants]"'
        raise MutantsError(told) from None

    class Places(libcst.CSTVisitor):
        """Collects what may stand in place of each node of the learner's functions."""

        def __init__(self, functions: set[str]) -> None:
            super().__init__()
            self.functions = functions
            self.path: list[str] = []
            self.found: list[tuple[str, libcst.CSTNode, libcst.CSTNode]] = []

        def on_visit(self, node: libcst.CSTNode) -> bool:
            if isinstance(node, libcst.ClassDef | libcst.FunctionDef):
                self.path.append(node.name.value)
            where = ".".join(self.path)
            if any(f"{where}.".startswith(f"{function}.") for function in self.functions):
                for kind, operator in mutation_operators:
                    if isinstance(node, kind):
                        self.found += [(where, node, other) for other in operator(node)]
            return not isinstance(node, libcst.Annotation)

        def on_leave(self, node: libcst.CSTNode) -> None:
            if isinstance(node, libcst.ClassDef | libcst.FunctionDef):
                self.path.pop()

    text = exercise.solution.read_text("utf-8")
    module = libcst.parse_module(text)
    places = Places(functions_to_write(exercise))
    module.visit(places)
    mutants: dict[Change, str] = {}
    for where, node, other in places.found:
        mutant = module.deep_replace(node, other).code
        mutants[describe(exercise, where, text, mutant)] = mutant
    if not mutants:
        raise MutantsError(f"{exercise.stub} has nothing left to write: is it the stub?")
    return mutants


def functions_to_write(exercise: Exercise) -> set[str]:
    """Names of the functions and methods that differ between stub and solution."""
    stub, solution = (
        dict(_functions(ast.parse(path.read_text("utf-8"))))
        for path in (exercise.stub, exercise.solution)
    )
    return {name for name, code in solution.items() if stub.get(name) != code}


def _functions(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield f"{prefix}{node.name}", ast.unparse(node)


def describe(exercise: Exercise, where: str, text: str, mutant: str) -> Change:
    """Say what a mutant changes."""
    lines = list(difflib.ndiff(text.splitlines(), mutant.splitlines()))
    before, after = (
        "\n".join(line[2:].strip() for line in lines if line.startswith(f"{sign} "))
        for sign in "-+"
    )
    return Change(exercise.name, where, before, after)


# Judging them


class _Judge(Judge):
    def recognise(self, spec: str, error: BaseException) -> list[Mistake]:
        """Recognise no mistakes, because that takes most of the time."""
        return []


@cache
def _judge(root: Path, name: str) -> Judge:
    course = find_course(root)
    assert course is not None
    # What is run is the course's own, even if slightly changed: without a sandbox it runs as well.
    return _Judge(course, [course.named(name)], confined=can_confine())


def judge_mutant(root: Path, name: str, text: str, seeds: int) -> str:
    """Run the specs on a changed solution, with inputs drawn from several secrets.

    Returns
    -------
    str
        The secret with which it survived; empty if it was killed with each.
    """
    judge = _judge(root, name)
    exercise = judge.course.named(name)
    filename = f"/submission/{exercise.module}/{exercise.filename}"
    sources = read_modules(root / "solutions", judge.course)
    sources[exercise.module] = Source(filename, text)

    def passes(cheap_only: bool) -> bool:
        with Judged(sources, confined=judge.confined, limits=judge.limits) as worker:
            verdict = judge.judge_exercise(exercise, worker, cheap_only=cheap_only)
        for spec in verdict.specs:
            if spec.outcome is Outcome.GRADER_ERROR:
                raise MutantsError(f"{name}: {spec.name} fails itself: {spec.message}")
        return all(spec.passed for spec in verdict.specs)

    for seed in range(seeds):
        judge.secret = f"seed {seed}"
        if passes(cheap_only=True) and passes(cheap_only=False):
            return judge.secret
    return ""


# Telling of them


def read_equivalent(path: Path) -> dict[Change, str]:
    """Read the list of equivalent mutants, with reasons."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise MutantsError(f"{path}: {error}") from None
    entries = content.get("equivalent", [])
    if content.keys() - {"equivalent"} or not isinstance(entries, list):
        raise MutantsError(f"{path}: expected [[equivalent]] only, found {', '.join(content)}")
    listed: dict[Change, str] = {}
    for number, entry in enumerate(entries, 1):
        texts = entry if isinstance(entry, dict) and all(map(_is_text, entry.values())) else {}
        if texts.keys() != {"exercise", "where", "before", "after", "why"}:
            expected = "exercise, where, before, after and why, each a text"
            raise MutantsError(f"{path}, entry {number}: expected {expected}, found {entry}")
        why = texts.pop("why")
        listed[Change(**texts)] = why
    return listed


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def tell(mutants: Iterable[Change], survived: dict[Change, str], listed: set[Change]) -> list[str]:
    """Report what is wrong with the mutants of an exercise, or with the list."""
    unknown = [change for change in survived if change not in listed]
    stale = [change for change in listed if change not in survived]
    problems = [f"survives with {survived[change]}, {change}" for change in unknown]
    for change in stale:
        what = "is killed" if change in set(mutants) else "is no mutant any more"
        problems.append(f"is listed in {EQUIVALENT.name}, but {what}, {change}")
    return problems


def run(
    course: Course,
    exercises: Sequence[Exercise],
    listed: Iterable[Change],
    seeds: int,
    make: Callable[[Exercise], dict[Change, str]] = make_mutants,
) -> bool:
    """Judge the mutants of exercises, and print the results.

    Returns
    -------
    bool
        Whether there are no unexpected survivors.
    """
    sound = True
    spawn = get_context("spawn")  # a fork would take along locks of this process's threads
    with ProcessPoolExecutor(os.cpu_count(), mp_context=spawn) as pool:
        for exercise in exercises:
            mutants = make(exercise)
            reference = exercise.solution.read_text("utf-8")
            texts = [reference, *mutants.values()]
            jobs = [pool.submit(judge_mutant, course.root, exercise.name, t, seeds) for t in texts]
            if not jobs.pop(0).result():
                raise MutantsError(f"{exercise.name}: the reference itself does not pass")
            fates = zip(mutants, [job.result() for job in jobs], strict=True)
            survived = {change: secret for change, secret in fates if secret}
            known = {change for change in listed if change.exercise == exercise.name}
            print(
                f"{exercise.name:20} {len(mutants):4} mutants, "
                f"{len(mutants) - len(survived):4} killed, {len(survived):2} survive, of which "
                f"{len(known & survived.keys()):2} are equivalent",
                flush=True,
            )
            for problem in tell(mutants, survived, known):
                sound = False
                print(f"  {problem}", flush=True)
    return sound


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    course = find_course(ROOT)
    assert course is not None
    parser = argparse.ArgumentParser(description="Do the specs notice any small change?")
    parser.add_argument("exercises", nargs="*", metavar="EXERCISE", help="by default all")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="inputs drawn so many times")
    options = parser.parse_args(arguments)
    try:
        chosen = [course.named(name) for name in options.exercises] or course.exercises
        listed = read_equivalent(EQUIVALENT)
        for change in listed:
            course.named(change.exercise)  # or it would never be looked for
        return 0 if run(course, chosen, listed, options.seeds) else 1
    except (CourseError, MutantsError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
