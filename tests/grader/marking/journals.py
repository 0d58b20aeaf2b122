"""Made-up journals for the tests of marking."""

from gradebooks import BAD, GOOD, verdict

from grader.gradebook.journal import Journal
from grader.gradebook.records.graded_class import GradedClass

EXERCISE = "01_ex"


def journal_in(folder, *verdicts, name="j", source="/class", **graded):
    """A journal with these verdicts, held by nobody."""
    with Journal(folder / name, GradedClass(folder / source, **graded)) as journal:
        for one in verdicts or (verdict("ada", GOOD), verdict("bob", BAD)):
            journal.add(one, 0.1)
    return folder / name
