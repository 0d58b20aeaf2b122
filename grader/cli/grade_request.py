"""What ``grader grade`` is asked for, checked as far as that is possible without reading a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.course import FollowThrough
from grader.errors import RosterError, SubmissionError
from grader.reports import registry
from grader.reports.registry import Wanted


@dataclass(frozen=True)
class ClassLists:
    """What is known of a class besides its submissions.

    Attributes
    ----------
    roster, times, extensions : Path or None
        The lists that were named.
    sections : sequence of str
        Those of the roster to grade; all if there are none.
    """

    roster: Path | None
    times: Path | None
    extensions: Path | None
    sections: Sequence[str]

    @property
    def paths(self) -> list[Path]:
        """The lists that were named."""
        return [one for one in (self.roster, self.times, self.extensions) if one]


@dataclass(frozen=True)
class Judging:
    """How submissions are judged.

    Attributes
    ----------
    exercise : str
        The only one to judge, by any of its names; all if it is empty.
    limits : mapping
        Those that differ from the limits of the course.
    follow_through : {"off", "report", "count"} or None
        None for what the course says.
    secret_file : Path or None
        None for the one in the user's data folder.
    trusted : bool
        Whether the code runs without the sandbox.
    regrade : sequence of str
        Who is judged again though nothing changed.
    jobs : int or None
        How many judges are at work; None for one for each core.
    scheduler : str
        Address of a Dask cluster; empty for this machine.
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
    """What is made of the verdicts.

    Attributes
    ----------
    json_file : Path or None
        Where the gradebook is written as JSON.
    reports : sequence of Wanted
        The reports.
    assignment : str
        What a platform calls the assignment.
    steps : int
        How many steps of help learners are given.
    language : str
        In which learners read, unless the roster says so.
    pseudonyms : bool
        Whether names are hidden.
    published : bool
        Whether only published marks are shown.
    strict : bool
        Whether a class with anybody who is not done exits with 1.
    """

    json_file: Path | None
    reports: Sequence[Wanted]
    assignment: str
    steps: int
    language: str
    pseudonyms: bool
    published: bool
    strict: bool


@dataclass(frozen=True)
class GradeRequest:
    """What is to be graded, and how. One that exists does not contradict itself.

    Attributes
    ----------
    path : Path
        A submission or a class.
    is_class : bool or None
        Which of both it is; None if that is to be found out.
    journal : Path
        Where the verdicts of a class are kept.
    lists : ClassLists
        What else is known of the class.
    judging : Judging
        How submissions are judged.
    output : Output
        What is made of the verdicts.

    Raises
    ------
    CommandError
        If it cannot be done. The text names the option, and what to do.
    """

    path: Path
    is_class: bool | None
    journal: Path
    lists: ClassLists
    judging: Judging
    output: Output

    def __post_init__(self) -> None:
        if self.lists.sections and self.lists.roster is None:
            raise RosterError("--section is one of the roster; name that with --roster")
        if self.is_class is not None:
            self.check_kind(self.is_class)
        self._check_writable()

    def check_kind(self, is_class: bool) -> None:
        """Make sure that a class, or one submission, can be graded in this way.

        Parameters
        ----------
        is_class : bool
            What it is.

        Raises
        ------
        CommandError
            If an option is for a class and this is none, or the other way round.
        """
        registry.check_kind(self.output.reports, is_class)
        lists = self.lists
        for_a_class = lists.sections or self.output.published or lists.times or lists.extensions
        if for_a_class and not is_class:
            raise SubmissionError(
                "--section, --published, --times and --extensions are for a class; this is one "
                "submission"
            )
        if self.judging.scheduler and not is_class:
            raise SubmissionError(
                f"--scheduler {self.judging.scheduler}: a cluster judges a class; leave it out, "
                "or say --class"
            )

    @property
    def files_read(self) -> list[Path]:
        """What no result may be written over."""
        secret = self.judging.secret_file
        return [self.path, self.journal, *self.lists.paths, *([secret] if secret else [])]

    def _check_writable(self) -> None:
        """Find out before the work is done whether its result has a place of its own."""
        file = self.output.json_file
        if file is None:
            return
        if any(other.resolve() == file.resolve() for other in self.files_read):
            raise SubmissionError(f"{file} is named twice; --json needs a file of its own")
        if file.is_dir():
            raise SubmissionError(f"{file} is a folder; --json needs the name of a file")
        if not file.parent.is_dir():
            raise SubmissionError(f"{file}: the folder {file.parent} does not exist")
