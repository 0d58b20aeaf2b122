"""The commands ``grader mark``, ``publish``, ``merge``, ``audit`` and ``diff``."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from grader.gradebook import merging
from grader.gradebook import setting as deciding
from grader.gradebook.journal import Journal, JournalError, read_journal, read_whole
from grader.gradebook.marks import WHOLE
from grader.messages.escaping import printable
from grader.reports import audit as trail
from grader.reports import diff
from grader.roster.roster import Learner, read_export

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
NameArgument = Annotated[
    str, typer.Argument(help="Name of the submission; with --roster, also of the learner.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the ``grader`` application."""
    for command in (mark, publish, merge, audit):
        app.command()(command)
    app.command("diff")(diff_command)


def mark(
    name: NameArgument,
    journal: JournalOption,
    exercise: Annotated[
        str, typer.Option(help="The exercise; without it, the comment is on the whole submission.")
    ] = WHOLE,
    points: Annotated[int | None, typer.Option(help="Points for the exercise.")] = None,
    reason: Annotated[str, typer.Option(help="Reason, for instructors only.")] = "",
    comment: Annotated[str, typer.Option(help="Comment, shown in the learner's feedback.")] = "",
    by: ByOption = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Withdraw all marks and comments on the exercise.")
    ] = False,
    roster: RosterOption = None,
) -> None:
    """Set the points of an exercise by hand, or comment on it. The verdict does not change."""
    with Journal.existing(journal) as kept:
        mark = deciding.set_mark(
            kept,
            name,
            exercise,
            points,
            comment=comment,
            reason=reason,
            by=by or _user(),
            withdrawn=withdraw,
            roster=_learners(roster),
        )
    where = mark.exercise or "all of it"
    done = f"a comment on {where}" if points is None else f"{where} scores {points}, set by hand"
    _say(f"{mark.name}: {f'what was set on {where} is withdrawn' if withdraw else done}.")


def publish(
    journal: JournalOption,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="Submissions to publish the marks of.", show_default="all"
        ),
    ] = None,
    by: ByOption = "",
    roster: RosterOption = None,
) -> None:
    """Publish the current marks, for reports that are made with --published.

    Later changes are drafts until they are published. Exit code 1 if a learner was left out.
    """
    with Journal.existing(journal) as kept:
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
        typer.Argument(metavar="[NAME]", help="Submission to show.", show_default="all"),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List when each mark was given, by which version of the course, and changes by hand."""
    header, lines = read_journal(journal, read_whole(journal))
    found = trail.events(lines, name)
    if name and not found:
        raise JournalError(f"{journal}: nothing in it is about {name!r}")
    if as_json:
        print(trail.render_json(header["class"], found))
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
