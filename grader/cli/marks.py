"""The commands ``grader mark``, ``publish``, ``merge``, ``audit`` and ``diff``."""

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from grader.course.course import exercise_named
from grader.gradebook import setting as deciding
from grader.gradebook.by_hand import mark_list
from grader.gradebook.by_hand.wishes import Wish
from grader.gradebook.journal import (
    Header,
    Journal,
    JournalError,
    Line,
    read_journal,
    read_whole,
)
from grader.gradebook.marks import WHOLE, ManualMark
from grader.gradebook.records import merging
from grader.gradebook.records.graded_class import exercise_of
from grader.gradebook.records.naming import submission_in
from grader.messages.escaping import printable
from grader.messages.listing import listed
from grader.reports import audit as trail
from grader.reports import diff
from grader.roster.roster import Learner, read_export
from grader.verdicts.verdict import Verdict

out = Console(emoji=False)
err = Console(stderr=True, emoji=False)

JournalOption = Annotated[
    Path,
    typer.Option(metavar="FILE", help="Journal of the class, as for `grader grade --journal`."),
]
ByOption = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Name recorded as the author.", show_default="the logged-in user"
    ),
]
RosterOption = Annotated[
    Path | None, typer.Option(metavar="CSV", help="The class list, to find learners by name.")
]
ExerciseOption = Annotated[
    str, typer.Option(help="The exercise that the journal is of; another one is refused.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the ``grader`` application."""
    for command in (mark, publish, merge, audit):
        app.command()(command)
    app.command("diff")(diff_command)


def mark(
    journal: JournalOption,
    name: Annotated[
        str,
        typer.Argument(
            metavar="[NAME]", help="The submission, the learner's name, or an id.", show_default=""
        ),
    ] = "",
    list_file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="CSV",
            help="Set many: names or ids, and exercise, points, reason, comment.",
        ),
    ] = None,
    exercise: Annotated[
        str, typer.Option(help="The exercise; without it, the whole submission.")
    ] = WHOLE,
    points: Annotated[
        float | None, typer.Option(help="Points for the exercise, in steps of 0.5.")
    ] = None,
    excused: Annotated[
        bool, typer.Option("--excused", help="The exercise does not count for the learner.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Reason, for instructors only.")] = "",
    comment: Annotated[str, typer.Option(help="Comment, shown in the learner's feedback.")] = "",
    by: ByOption = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Withdraw all marks and comments on the exercise.")
    ] = False,
    roster: RosterOption = None,
) -> None:
    """Set the points of an exercise by hand, excuse a learner, or comment.

    The verdict does not change.
    """
    wish = Wish(name, exercise, points, excused, comment, reason, withdraw)
    if bool(name) == (list_file is not None):
        raise JournalError("expected a NAME, or a list with --from; found " + _both_or_none(name))
    if list_file is not None and (points is not None or excused or withdraw):
        raise JournalError(
            "--from cannot be combined with --points, --excused or --withdraw; a column `points` "
            "of the list has points, or `excused`"
        )
    with Journal.existing(journal) as kept:
        author, learners = by or _user(), _learners(roster)
        if list_file is None:
            made = [deciding.set_wish(kept, wish, author, learners)]
        else:
            made = mark_list.set_marks(kept, list_file, wish, author, learners)
    for one in made:
        _say(f"{one.name}: {_done(one)}.")


def _both_or_none(name: str) -> str:
    return "both" if name else "neither"


def _done(mark: ManualMark) -> str:
    where = mark.exercise or "all of it"
    if mark.withdrawn:
        return f"what was set on {where} is withdrawn"
    if mark.excused:
        return f"excused from {where}"
    if mark.points is None:
        return f"a comment on {where}"
    return f"{where} scores {mark.points}, set by hand"


def publish(
    journal: JournalOption,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="Submissions to publish the marks of.", show_default="all"
        ),
    ] = None,
    exercise: ExerciseOption = "",
    by: ByOption = "",
    roster: RosterOption = None,
) -> None:
    """Publish the current marks, for reports that are made with --published.

    Later changes are drafts until they are published. Exit code 1 if a learner was left out.
    """
    with Journal.existing(journal) as kept:
        _only(journal, kept.header, kept.lines, exercise)
        done = deciding.publish(kept, names or [], by or _user(), _learners(roster))
    _say(f"{len(done.published)} published, {len(done.unchanged)} had been before.")
    for name in done.to_review:
        _warn(f"{name}: the verdict beneath a mark set by hand has changed; look at it again")
    for name in done.unsettled:
        _warn(f"{name}: left out, since the grader itself failed on the submission; grade it again")
    raise typer.Exit(1 if done.unsettled else 0)


def merge(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The new journal.")],
    journals: Annotated[list[Path], typer.Argument(metavar="IN...", help="The journals to join.")],
    source: Annotated[
        str, typer.Option("--class", metavar="CLASS", help="Path of the class on this machine.")
    ] = "",
) -> None:
    """Join the journals of several graders who graded different sections of a class."""
    chosen = str(Path(source).resolve()) if source else ""
    learners, lines = merging.merge(target, journals, chosen)
    found = f"{_count(learners, 'learner')}, {_count(lines, 'line')}"
    _say(f"{target}: {found}, out of {_count(len(journals), 'journal')}.")


def audit(
    journal: JournalOption,
    name: Annotated[
        str,
        typer.Argument(
            metavar="[NAME]",
            help="The submission, the learner's name, or an id.",
            show_default="all",
        ),
    ] = "",
    exercise: Annotated[
        str, typer.Option(help="The exercise to show.", show_default="all of them")
    ] = "",
    roster: RosterOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List when each mark was given, by which version of the course, and changes by hand."""
    header, lines = read_journal(journal, read_whole(journal))
    if name:
        name = submission_in(journal, lines, name, _learners(roster))
    found = trail.events(lines, name, _judged(journal, lines, exercise) if exercise else "")
    if as_json:
        print(trail.render_json(header.source, found))
    else:
        out.print(trail.render_table(found))


def diff_command(
    old: Annotated[Path, typer.Argument(help="A gradebook of `grade --json`, or a journal.")],
    new: Annotated[Path, typer.Argument(help="A later file of the same kind.")],
) -> None:
    """Show which marks changed, and why. Exit code 0 if none changed, 1 if any did."""
    changes = diff.compare(old, new)
    if not changes:
        _say("No mark changed.")
        return
    out.print(diff.render(changes))
    learners = len({one.name for one in changes})
    _say(f"Changed: {_count(len(changes), 'mark')} of {_count(learners, 'learner')}.")
    raise typer.Exit(1)


def _judged(journal: Path, lines: Sequence[Line], exercise: str) -> str:
    """Return the full name of an exercise that is judged in a journal."""
    judged = dict.fromkeys(
        one.name
        for line in lines
        if isinstance(line.content, Verdict)
        for one in line.content.exercises
    )
    full = exercise_named(exercise, list(judged))
    if full is None:
        raise JournalError(
            f"{journal}: nothing in it is about {exercise}; it is of {listed(judged)}"
        )
    return full


def _only(journal: Path, header: Header, lines: Sequence[Line], exercise: str) -> None:
    """Check that a journal is of an exercise, and of no other, if one is named."""
    if exercise and exercise_of(header, lines) != _judged(journal, lines, exercise):
        raise JournalError(
            f"{journal} is of several exercises, which are published together; to publish "
            f"{exercise} by itself, grade it with --exercise and a journal of its own"
        )


def _learners(roster: Path | None) -> tuple[Learner, ...]:
    return tuple(read_export(roster).learners.values()) if roster else ()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise JournalError(
            "the name of the logged-in user is unknown; give one with --by"
        ) from None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _say(text: str) -> None:
    out.print(Text(printable(text)), soft_wrap=True)


def _warn(text: str) -> None:
    err.print(Text(printable(text), "yellow"), soft_wrap=True)
