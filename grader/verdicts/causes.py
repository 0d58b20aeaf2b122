"""Groups promises that are broken for the same reason, so that each mistake is told once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.messages.language import say, tell
from grader.verdicts.finding import RESTS_ON, resting_on
from grader.verdicts.verdict import Outcome, SpecVerdict, Tier


@dataclass(frozen=True)
class Cause:
    """Promises of an exercise that are not kept for one reason.

    Attributes
    ----------
    specs : tuple of SpecVerdict
        Verdicts in the order of the spec file, but core first. The first has the hints of the one
        that leaves the fewest mistakes open.
    is_known : bool
        Whether the reason is known to be the same. Otherwise, the explanation is.
    """

    specs: tuple[SpecVerdict, ...]
    is_known: bool

    @property
    def first(self) -> SpecVerdict:
        """The verdict whose explanation is shown."""
        return self.specs[0]

    @property
    def others(self) -> tuple[SpecVerdict, ...]:
        """The other verdicts, whose promises are only listed."""
        return self.specs[1:]

    @property
    def is_waiting(self) -> bool:
        """Whether code is still to be written, so that nothing is wrong yet."""
        return self.first.outcome.is_waiting

    def tell_others(self) -> str:
        """Return how many other promises there are, in words; empty if there are none."""
        count = len(self.others)
        if not count:
            return ""
        if not self.is_known:
            if count == 1:
                return say("The same is told of 1 more promise:")
            return say("The same is told of {count} more promises:", count=count)
        if count == 1:
            return say("1 more promise breaks for the same reason:")
        return say("{count} more promises break for the same reason:", count=count)


def causes_of(specs: Sequence[SpecVerdict]) -> list[Cause]:
    """Group the specs that did not pass by what has to be mended.

    Specs have the same cause if a known mistake explains all of them, if their verdicts say so (see
    `SpecVerdict.cause`), or if one rests on the other. Two mistakes are two causes: wrong values
    that no known mistake explains are never grouped.

    Parameters
    ----------
    specs : sequence of SpecVerdict
        Verdicts on the specs of an exercise, as the reader sees them.

    Returns
    -------
    list of Cause
        What to look at first comes first: core before stretch, what is broken before what is not
        written yet, and what is known of before what only shows as wrong values.
    """
    groups = [*_by_mistake([one for one in specs if one.mistake and not one.passed])]
    for spec in sorted(specs, key=lambda one: one.cause.startswith(RESTS_ON)):
        if spec.passed or spec.mistake:
            continue
        group = next((group for group in groups if _belongs(spec, group)), None)
        if group is None:
            groups.append([spec])
        else:
            group.append(spec)
    place = {spec.name: number for number, spec in enumerate(specs)}
    causes = [_cause(sorted(group, key=lambda one: place[one.name])) for group in groups]
    return sorted(causes, key=lambda one: (*_rank(one), min(place[s.name] for s in one.specs)))


def _by_mistake(specs: Sequence[SpecVerdict]) -> Iterator[list[SpecVerdict]]:
    """Yield specs that the same known mistake explains: as few mistakes as possible."""
    left = list(specs)
    while left:
        names = [name for spec in left for name in _mistakes(spec)]
        likeliest = max(names, key=names.count)  # the first of several
        yield [spec for spec in left if likeliest in _mistakes(spec)]
        left = [spec for spec in left if likeliest not in _mistakes(spec)]


def _mistakes(spec: SpecVerdict) -> list[str]:
    return (spec.mistake or "").split(", ")


def _belongs(spec: SpecVerdict, group: Sequence[SpecVerdict]) -> bool:
    if spec.cause.startswith(RESTS_ON):
        return any(resting_on(one.name) == spec.cause or one.cause == spec.cause for one in group)
    if spec.cause:
        return any(one.cause == spec.cause for one in group)
    told = tell(spec.message)
    return (told != "" or spec.outcome.is_waiting) and all(
        (one.outcome, tell(one.message), one.cause, one.mistake) == (spec.outcome, told, "", None)
        for one in group
    )


def _cause(specs: Sequence[SpecVerdict]) -> Cause:
    """Return the cause of these specs, of which the first is the simplest promise.

    Where that one alone leaves several mistakes open, it gets the hints of the most definite one.
    """
    first = min(specs, key=lambda one: (one.tier is Tier.STRETCH, one.cause.startswith(RESTS_ON)))
    others = list(specs)
    others.remove(first)
    named = [one for one in specs if one.mistake]
    if named:
        definite = min(named, key=lambda one: len(_mistakes(one)))
        if len(_mistakes(definite)) < len(_mistakes(first)) or not first.mistake:
            first = replace(first, mistake=definite.mistake, hints=definite.hints)
    return Cause((first, *others), any(one.mistake or one.cause for one in specs))


def _rank(cause: Cause) -> tuple[bool, bool, bool]:
    in_stretch = all(one.tier is Tier.STRETCH for one in cause.specs)
    is_vague = not cause.is_known and cause.first.outcome is Outcome.FAILED
    return in_stretch, cause.is_waiting, is_vague
