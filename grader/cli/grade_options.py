"""The options of ``grader grade``, declared for typer."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.grade_request import Unreadable
from grader.reports import registry

PathArgument = Annotated[Path, typer.Argument(help="A submission, or a class of submissions.")]
ExerciseOption = Annotated[str, typer.Option(help="Judge this exercise only.")]
RosterOption = Annotated[
    Path | None, typer.Option(metavar="CSV", help="The class list: names, sections, ids.")
]
NamesOption = Annotated[
    str,
    typer.Option(
        metavar="REGEX",
        help="How folders and files of the class are named, with groups such as (?P<name>...).",
    ),
]
JsonOption = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Also write the gradebook to FILE as JSON."),
]
ReportOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT=PATH",
        help=f"Write a report: {', '.join(registry.FORMATS)}; may be repeated.",
    ),
]
AssignmentOption = Annotated[
    str,
    typer.Option(metavar="TITLE", help="Title of the assignment in Canvas or Moodle, or its id."),
]
StepsOption = Annotated[
    int, typer.Option(min=0, help="How many steps of help the feedback contains.")
]
LanguageOption = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Language of the feedback, for learners without one in the roster."
    ),
]
PseudonymsOption = Annotated[
    bool, typer.Option("--pseudonyms", help="Replace names by pseudonyms made with your secret.")
]
TimesOption = Annotated[
    Path | None, typer.Option(metavar="CSV", help="Arrival times: names or ids, and `time`.")
]
ExtensionsOption = Annotated[
    Path | None, typer.Option(metavar="CSV", help="Extensions: names or ids, and `until`.")
]
FollowThroughOption = Annotated[
    str,
    typer.Option(
        metavar="POLICY",
        help="Judge failures again on top of the reference solution: off, report or count.",
        show_default="as set by the course",
    ),
]
JournalOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="File that verdicts are kept in.", show_default="CLASS.journal"
    ),
]
RegradeOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Judge this learner again; may be repeated."),
]
SectionOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Grade only this section of the roster; may be repeated."),
]
PublishedOption = Annotated[
    bool, typer.Option("--published", help="Show only marks published with `grader publish`.")
]
VerboseOption = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="For a class: show routine notes as well."),
]
UnreadableOption = Annotated[
    Unreadable,
    typer.Option(
        help="What a learner gets whose work cannot be read or does not load: no mark, or zero."
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        min=1, help="How many submissions are judged at once.", show_default="one for each core"
    ),
]
SchedulerOption = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Judge a class on the Dask cluster at ADDRESS.")
]
StrictOption = Annotated[
    bool,
    typer.Option("--strict", help="For a class: exit with 1 unless every learner passed core."),
]
ClassOption = Annotated[
    bool | None,
    typer.Option(
        "--class/--single",
        help="Whether PATH is a class or one submission.",
        show_default="detected; a class with --roster",
    ),
]
