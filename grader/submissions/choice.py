"""Chooses the candidate for an exercise among the files of a submission."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import PurePosixPath

from grader.course.course import Exercise
from grader.course.modules import names_of
from grader.course.stub_translation import stub_in
from grader.messages.escaping import shown
from grader.messages.language import LANGUAGES
from grader.messages.listing import listed
from grader.messages.message import Text, english
from grader.submissions.candidates import MAX_NAMED, Candidate
from grader.submissions.code_files import is_code, stem_of
from grader.worker.hints.near_names import misspelt
from grader.worker.source import Source

SAME_TIME = 60  # seconds: a clone or a copy gives all files the time when it was made

_COPY = re.compile(r"(?<![ _-])[ _-]*(?:copy(?: \d+)?|\(\d+\))$")


@dataclass(frozen=True)
class Choice:
    """The candidate that is taken for an exercise.

    Attributes
    ----------
    best : Candidate
        The candidate. If several are as good, its source has a problem, which says so.
    notes : tuple of str or Message, default ()
        What there is to say about the choice.
    named : tuple of PurePosixPath, default ()
        Paths that the notes name.
    """

    best: Candidate
    notes: tuple[Text, ...] = ()
    named: tuple[PurePosixPath, ...] = ()


def choose(
    exercise: Exercise, candidates: Sequence[Candidate], others: Sequence[Exercise] = ()
) -> Choice | None:
    """Choose the candidate for an exercise.

    A file that is written comes before a stub, then the last upload, then a file in its folder, by
    its name, and by what it defines, then the one that was changed last.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    candidates : sequence of Candidate
        What was handed in, in any order.
    others : sequence of Exercise, default ()
        All other exercises of the course: what they define as well tells little about a file.

    Returns
    -------
    Choice or None
        None if nothing matches.
    """
    alone = names_of(exercise).difference(*map(names_of, others))
    ranked = [
        (rank, candidate)
        for candidate in candidates
        if (rank := _rank(exercise, candidate, alone, others)) is not None
    ]
    if not ranked:
        return None
    first = min(rank for rank, _ in ranked)
    best = [candidate for rank, candidate in ranked if rank == first]
    best.sort(key=lambda one: (len(one.path.parts), str(one.path)))
    has_no_work = first[0] or all(one.source.problem for one in best)
    is_same = len({(one.code, one.source.problem) for one in best}) == 1
    if has_no_work or (is_same and not _has_siblings(exercise, best)):
        return Choice(best[0], _tell_older(exercise, best[0], candidates))
    values = {
        "file": exercise.filename,
        "places": listed(sorted(shown(str(one.path)) for one in best), MAX_NAMED),
    }
    named = tuple(one.path for one in best)
    latest = _latest(best)
    if latest is not None:
        told = english(
            "{file} may be any of {places}: {latest} counts, which was changed last",
            latest=shown(str(latest.path)),
            **values,
        )
        return Choice(latest, (told,), named)
    told = english("{file} may be any of {places}: hand in one of them", **values)
    undecided = Candidate(PurePosixPath(exercise.filename), Source(exercise.filename, "", told))
    return Choice(undecided, (told,), named)


def _has_siblings(exercise: Exercise, candidates: Sequence[Candidate]) -> bool:
    """Return whether some are in sibling folders, which may be those of two learners."""
    folders = [
        one.path.parent.parent if one.path.parent.name == exercise.name else one.path.parent
        for one in candidates
        if one.path.name == exercise.filename
    ]
    above = [folder.parent for folder in set(folders) if folder.name]
    return len(set(above)) < len(above)


def _tell_older(
    exercise: Exercise, best: Candidate, candidates: Sequence[Candidate]
) -> tuple[Text, ...]:
    """Say that what was uploaded last does not count, if it has the name of what counts."""
    newer = [
        one for one in candidates if one.order > best.order and one.path.name == best.path.name
    ]
    if not newer:
        return ()
    told = english(
        "what was uploaded last for {file} holds no work: what was uploaded before counts",
        file=exercise.filename,
    )
    return (told,)


def _latest(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the candidate that was changed well after the others, if that is known."""
    times = [one.changed for one in candidates if one.changed is not None]
    if len(times) < len(candidates) or len({clock for clock, _ in times}) > 1:
        return None
    latest = max(candidates, key=lambda one: one.changed or ("", 0.0))
    others = [one for one in candidates if one is not latest]
    seconds = max(one.changed[1] for one in others if one.changed)
    assert latest.changed is not None
    return latest if latest.changed[1] - seconds > SAME_TIME else None


def _is_named(path: PurePosixPath, exercise: Exercise) -> bool:
    stem = plain_name(stem_of(path.name))
    return stem in (plain_name(exercise.module), plain_name(exercise.name))


def _may_be(
    exercise: Exercise, candidate: Candidate, alone: frozenset[str], others: Sequence[Exercise]
) -> int | None:
    """Return how well a file is recognised by what it defines; None if it is not.

    Names that another exercise defines too, such as ``train``, tell it only where there are no
    others (`alone`), and where the file has not the name of another exercise.
    """
    if not alone and any(_is_named(candidate.path, other) for other in others):
        return None
    telling = alone or names_of(exercise)
    if candidate.defined & telling:
        return 3
    if candidate.misplaced & telling:
        return 4
    if not candidate.is_rest and any(misspelt(name, candidate.defined) for name in telling):
        return 5
    return None


def _rank(
    exercise: Exercise, candidate: Candidate, alone: frozenset[str], others: Sequence[Exercise]
) -> tuple[object, ...] | None:
    """Return a sort key, smallest for the best match, or None if the file does not match."""
    path = candidate.path
    defined = len(candidate.defined & names_of(exercise))
    place: int | None
    if candidate.exercise is not None:
        if candidate.exercise != exercise:
            return None
        place = 1 if defined else 2
    elif path.parts[-2:] == (exercise.name, exercise.filename):
        place = 0
    elif _is_named(path, exercise) and not candidate.is_rest and (defined or is_code(path.name)):
        place = 1 if defined else 2
    else:
        place = _may_be(exercise, candidate, alone, others)
        if place is None:
            return None
    is_stub = not candidate.source.problem and candidate.code in ("", *_stubs_of(exercise))
    upload, attempt = candidate.order
    # A later upload counts whatever it is called, but not if it only has the name.
    is_other = upload > 0 and not defined and not candidate.source.problem
    return (is_stub, is_other, -upload, -attempt, place, -defined)


@lru_cache(4096)
def plain_name(stem: str) -> str:
    """Return a name in lower case, without suffixes such as ``(1)`` and ``copy``, five at most."""
    stem = stem.casefold().strip()
    for _ in range(5):
        stem = _COPY.sub("", stem)
    return re.sub(r"[ _-]+", "_", stem)


@cache
def _stubs_of(exercise: Exercise) -> tuple[str, ...]:
    """Return the code of the stub in each language of the lessons."""
    path = PurePosixPath(exercise.filename)
    stubs = (Source(exercise.filename, stub_in(language, exercise)) for language in LANGUAGES)
    return tuple(Candidate(path, stub).code for stub in stubs)
