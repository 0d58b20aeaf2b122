"""How often a mistake is named, and how often falsely, on code whose mistakes are known.

Three kinds of submissions are judged in this process: each mistake of the catalogue; two mistakes
in different functions of one exercise; and each mistake in code that is otherwise written as an
alternative of the same exercise, or spelled in another way. A name is false if it is no mistake
that was made; some mistakes are in the catalogue several times under one title. A mistake is named
if at least one broken promise names it, at most with two others that behave the same.
"""

import argparse
import sys
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from made_submissions import Made, made_of_catalogue, made_of_pairs, made_of_rewritten

from grader.course.modules import offer_of
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.mistakes.catalogue import read_mistakes
from grader.transport.in_process import InProcess
from grader.verdicts.verdict import ExerciseVerdict
from grader.worker.module_loader import importable

ROOT = Path(__file__).resolve().parents[2]
WANTED = {"catalogue": 0.95, "pairs": 0.90, "rewritten": 0.95}


@dataclass
class Count:
    """What was found for one kind of submissions."""

    named: int = 0
    alone: int = 0
    hidden: int = 0
    false: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)

    @property
    def all(self) -> int:
        """Number of submissions in which something is wrong that a spec sees."""
        return self.named + len(self.unnamed)

    def add(self, made: Made, verdict: ExerciseVerdict, seen: Callable[[], bool]) -> None:
        """Count a verdict on a submission; `seen` says whether all of its mistakes can be seen."""
        broken = [spec for spec in verdict.specs if not spec.passed]
        if not broken:
            self.hidden += 1
            return
        told = {tuple((spec.mistake or "").split(", ")) for spec in broken} - {("",)}
        title = {one.name: one.title for one in read_mistakes(made.exercise)}
        there, also = ({title[name] for name in names} for names in (made.names, made.also))
        of_any = {title[name] for names in told for name in names}
        for names in told:
            if not {title[name] for name in names} & (there | also):
                self.false.append(f"{made}: {', '.join(names)}")
        if there <= of_any or (there & of_any and not seen()):
            self.named += 1
            self.alone += of_any <= there | also
        else:
            self.unnamed.append(f"{made}: {', '.join(sorted(of_any)) or '-'}")

    def show(self, kind: str, verbose: bool) -> bool:
        """Print the figures, and return whether they are as wanted."""
        share = self.named / self.all if self.all else 1.0
        print(
            f"{kind}: {self.named} of {self.all} named ({share:.1%}; {self.alone} of them alone), "
            f"{len(self.false)} false names; {self.hidden} break no promise"
        )
        if verbose:
            for label, cases in (("FALSE", self.false), ("unnamed", self.unnamed)):
                print(*(f"  {label:8} {case}" for case in cases), sep="\n")
        return not self.false and share >= WANTED[kind]


def judge_made(judge: Judge, made: Made) -> ExerciseVerdict:
    """Judge a submission in this process; its code is made of the course's own."""
    sources = {**judge.known_runs.reference, made.exercise.module: made.source}
    with importable(sources, offer_of(judge.course)):
        return judge.judge_exercise(made.exercise, InProcess(sources), cheap_only=True)


def measure(judge: Judge, submissions: Iterable[Made]) -> Count:
    """Judge submissions, and count what is named."""
    count = Count()
    for made in submissions:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's, of the mistakes
            verdict = judge_made(judge, made)
            count.add(made, verdict, partial(_all_seen, judge, made, verdict))
    return count


def main() -> None:
    """Parse the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("exercises", nargs="*", help="all by default")
    parser.add_argument("--pairs", type=int, default=300, help="pairs that are drawn")
    parser.add_argument("--seed", type=int, default=0, help="of the pairs that are drawn")
    parser.add_argument("--secret", default="a secret", help="of the hidden inputs")
    parser.add_argument("--kinds", nargs="*", choices=WANTED, default=list(WANTED))
    parser.add_argument("--verbose", action="store_true", help="list what is false or not named")
    options = parser.parse_args()
    course = find_course(ROOT)
    assert course is not None
    chosen = [course.named(name) for name in options.exercises] or list(course.exercises)
    judge = Judge(course, chosen, options.secret)
    rng = np.random.default_rng(options.seed)
    kinds: dict[str, Callable[[], Iterable[Made]]] = {
        "catalogue": lambda: made_of_catalogue(chosen),
        "pairs": lambda: made_of_pairs(chosen, options.pairs, rng),
        "rewritten": lambda: made_of_rewritten(chosen, lambda made: undone(judge, made)),
    }
    held = [measure(judge, kinds[kind]()).show(kind, options.verbose) for kind in options.kinds]
    sys.exit(not all(held))


def _all_seen(judge: Judge, made: Made, verdict: ExerciseVerdict) -> bool:
    """Return whether none of two mistakes alone looks like both."""
    told = [spec.message for spec in verdict.specs]
    alone = [one for one in made_of_catalogue([made.exercise]) if one.names < made.names]
    return all([s.message for s in judge_made(judge, one).specs] != told for one in alone)


def undone(judge: Judge, made: Made) -> frozenset[str] | None:
    """Name what a submission leaves undone of stretch; None if core fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verdict = judge_made(judge, made)
    if not verdict.done:
        return None
    named = [spec.mistake for spec in verdict.specs if spec.mistake]
    return frozenset(name for names in named for name in names.split(", "))


if __name__ == "__main__":
    main()
