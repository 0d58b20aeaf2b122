"""The options of ``grader grade`` as values, checked as far as possible without reading files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.course.course import FollowThrough
from grader.errors import RosterError, SubmissionError
from grader.reports import registry
from grader.reports.registry import Wanted
from grader.submissions.class_folder import name_of
from grader.submissions.layouts.pattern import Pattern


def default_journal(path: Path) -> Path:
    """Return the journal of a class for which none is named, in the current folder."""
    return Path(f"{name_of(path)}.journal")


class Unreadable(StrEnum):
    """What a learner gets whose work cannot be judged."""

    LEAVE = "leave"
    ZERO = "zero"


@dataclass(frozen=True)
class ClassLists:
    """The lists about a class that were named as options.

    Attributes
    ----------
    roster, times, extensions : Path or None
        CSV files; None for an option that was left out.
    sections : sequence of str
        Sections of the roster to grade; all sections if empty.
    pattern : Pattern or None, default None
        How names in the class are read; None for those of known platforms.
    """

    roster: Path | None
    times: Path | None
    extensions: Path | None
    sections: Sequence[str]
    pattern: Pattern | None = None

    @property
    def paths(self) -> list[Path]:
        """The files of the lists that were named."""
        return [one for one in (self.roster, self.times, self.extensions) if one]


@dataclass(frozen=True)
class Judging:
    """How submissions are judged.

    Attributes
    ----------
    exercise : str
        Any name of the only exercise to judge; empty for all exercises.
    limits : mapping
        Limits that differ from those of the course.
    follow_through : {"off", "report", "count"} or None
        None for the policy of the course.
    secret_file : Path or None
        None for the file in the user's data folder.
    trusted : bool
        Whether to run the code without the sandbox.
    regrade : sequence of str
        Names of learners or submissions to judge again even if nothing changed.
    jobs : int or None
        Number of judges; None for one per core.
    scheduler : str
        Address of a Dask scheduler; empty to judge on this machine.
    """

    exercise: str
    limits: Mapping[str, object]
    follow_through: FollowThrough | None
    secret_file: Path | None
    trusted: bool
    regrade: Sequence[str]
    jobs: int | None
    scheduler: str


@dataclass(frozen=True)
class Output:
    """The reports to write, and what they contain.

    Attributes
    ----------
    json_file : Path or None
        File to which the gradebook is written as JSON.
    reports : sequence of Wanted
        Formats and paths of the other reports.
    assignment : str
        Title or id of the assignment on the platform.
    steps : int
        Number of steps of help in the feedback.
    language : str
        Language of the feedback for learners without a language in the roster.
    pseudonyms : bool
        Whether names are replaced by pseudonyms.
    published : bool
        Whether to show published marks only.
    strict : bool
        Whether the exit code for a class is 1 unless every learner passed all of core.
    unreadable : Unreadable, default Unreadable.LEAVE
        What a learner gets whose work cannot be judged.
    verbose : bool, default False
        Whether routine notes are shown as well.
    """

    json_file: Path | None
    reports: Sequence[Wanted]
    assignment: str
    steps: int
    language: str
    pseudonyms: bool
    published: bool
    strict: bool
    unreadable: Unreadable = Unreadable.LEAVE
    verbose: bool = False


@dataclass(frozen=True)
class GradeRequest:
    """What to grade, and how. Options that contradict each other are rejected on creation.

    Attributes
    ----------
    path : Path
        A submission or a class.
    is_class : bool or None
        Whether `path` is a class; None to detect it.
    journal : Path
        File in which the verdicts of a class are kept.
    lists : ClassLists
        Roster, arrival times, extensions and sections.
    judging : Judging
        How submissions are judged.
    output : Output
        The reports to write.

    Raises
    ------
    CommandError
        If two options contradict each other, or a file cannot be written where an option says.
    """

    path: Path
    is_class: bool | None
    journal: Path
    lists: ClassLists
    judging: Judging
    output: Output

    def __post_init__(self) -> None:
        if self.lists.sections and self.lists.roster is None:
            raise RosterError("--section needs a roster; name one with --roster")
        if self.is_class is not None:
            self.check_kind(self.is_class)
        self._check_writable()

    def check_kind(self, is_class: bool) -> None:
        """Check that the options apply to a class, or to a single submission.

        Parameters
        ----------
        is_class : bool
            Whether `path` is a class.

        Raises
        ------
        CommandError
            If an option or a report applies only to the other kind.
        """
        registry.check_kind(self.output.reports, is_class)
        lists = self.lists
        for_a_class = lists.sections or self.output.published or lists.times or lists.extensions
        if for_a_class and not is_class:
            raise SubmissionError(
                "--section, --published, --times and --extensions are for a class; this is a "
                "single submission"
            )
        if lists.pattern and not is_class:
            raise SubmissionError("--names: the names of a class; this is a single submission")
        if self.judging.scheduler and not is_class:
            raise SubmissionError(
                f"--scheduler {self.judging.scheduler}: only a class can be judged on a cluster; "
                "leave it out, or add --class"
            )

    @property
    def is_journal_default(self) -> bool:
        """Whether the journal is named after the class, and not by the instructor."""
        return self.journal == default_journal(self.path)

    @property
    def files_read(self) -> list[Path]:
        """The input files and the journal, which no report may overwrite."""
        secret = self.judging.secret_file
        return [self.path, self.journal, *self.lists.paths, *([secret] if secret else [])]

    def _check_writable(self) -> None:
        """Check the path of ``--json`` before judging, rather than fail after hours of work."""
        file = self.output.json_file
        if file is None:
            return
        if any(other.resolve() == file.resolve() for other in self.files_read):
            raise SubmissionError(f"{file} is named twice; --json needs a file of its own")
        if file.is_dir():
            raise SubmissionError(f"{file} is a folder; --json needs the name of a file")
        if not file.parent.is_dir():
            raise SubmissionError(f"{file}: the folder {file.parent} does not exist")
