"""The options of ``grader grade``, as typer reads them."""

from pathlib import Path
from typing import Annotated

import typer

from grader.reports import registry

PathArgument = Annotated[Path, typer.Argument(help="A submission, or a class of them.")]
ExerciseOption = Annotated[str, typer.Option(help="Judge this exercise only.")]
RosterOption = Annotated[
    Path | None, typer.Option(metavar="CSV", help="Who is in the class: names, sections, ids.")
]
JsonOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the gradebook there too.")
]
ReportOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT=PATH",
        help=f"Write a report: {', '.join(registry.FORMATS)}; may be repeated.",
    ),
]
AssignmentOption = Annotated[
    str, typer.Option(metavar="TITLE", help="What Canvas or Moodle call it; or its id.")
]
StepsOption = Annotated[
    int, typer.Option(min=0, help="Steps of help in what learners are handed back.")
]
LanguageOption = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Of what learners are handed back, unless the roster says so."
    ),
]
PseudonymsOption = Annotated[
    bool, typer.Option("--pseudonyms", help="Other names, which only your secret can tell.")
]
TimesOption = Annotated[
    Path | None, typer.Option(metavar="CSV", help="When everybody handed in: names and times.")
]
ExtensionsOption = Annotated[
    Path | None, typer.Option(metavar="CSV", help="Who may hand in later: names and `until`.")
]
FollowThroughOption = Annotated[
    str,
    typer.Option(
        metavar="POLICY",
        help="Try what fails again on top of the reference: off, report or count.",
        show_default="as the course says",
    ),
]
JournalOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where verdicts are kept.", show_default="CLASS.journal"),
]
RegradeOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Judge her again; may be repeated.")
]
SectionOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="This section of the roster only; may be repeated."),
]
PublishedOption = Annotated[
    bool, typer.Option("--published", help="Show what `grader publish` has published only.")
]
JobsOption = Annotated[
    int | None, typer.Option(min=1, help="Judges at work.", show_default="one for each core")
]
SchedulerOption = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Judge a class on the Dask cluster there.")
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="For a class: exit with 1 unless all are done.")
]
ClassOption = Annotated[
    bool | None,
    typer.Option("--class/--single", help="Which of both it is.", show_default="found out"),
]
