"""A course with two deadlines, and three learners whose submissions may come late."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from grader.course.course import Course, Exercise
from grader.course.late_policy import Deadlines, Late
from grader.gradebook.rows import GradebookEntry
from grader.roster.roster import Learner
from grader.submissions.class_folder import PendingSubmission

ZONE = timezone(timedelta(hours=1))
DUE = datetime(2026, 12, 1, 23, 59, tzinfo=ZONE)
LATE = Late(percent_per_day=50)
DEADLINES = Deadlines({"01_ex": DUE}, LATE)
EXERCISES = tuple(Exercise(Path("/course"), name) for name in ("01_ex", "02_ex"))
COURSE = Course(Path("/course"), EXERCISES, deadlines=Deadlines({"01_ex": DUE, "02_ex": DUE}, LATE))


def entry(name, identifier="", learner=None, handed_in=True):
    """A line of the class: a submission, and who on the roster it is of."""
    return GradebookEntry(PendingSubmission(name, identifier, None), learner, handed_in=handed_in)


ADA = entry("doeada_102", "102", Learner("Doe, Ada", "", "ada@x.org", ("102", "ada@x.org", "ada")))
BOB = entry("bob")
CY = entry("cy", "", Learner("Poe, Cy"))
