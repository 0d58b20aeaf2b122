"""Names that the instructor's own expression reads."""

from datetime import date, datetime

import pytest
from told import told

from grader.errors import SubmissionError
from grader.submissions.layouts.layout import Top
from grader.submissions.layouts.pattern import pattern_of
from grader.submissions.owners import by_learner, owners_in


def read(expression, path):
    """The owner of a path."""
    found = pattern_of(expression)(tuple(path.split("/")))
    return found[0] if found else None


def test_groups_say_who_and_when():
    """The file keeps its path; the row is named after the person and the number.

    jupyter/nbgrader#526 has such groups for downloads that it does not know.
    """
    file = read(r"(?P<id>\d+)_(?P<name>[^_]+)_(?P<time>.*)", "17_Jane Doe_2026-11-01/a/affine.py")
    assert (file.learner, file.identifier, file.path) == ("Jane Doe_17", "17", "a/affine.py")
    assert file.arrived == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01-10-30-00", datetime(2026, 11, 1, 10, 30)),
        ("20261101_1030", datetime(2026, 11, 1, 10, 30)),
        ("20261101T103000Z", datetime(2026, 11, 1, 10, 30)),
        ("Nov 1, 2026 10.30", None),
        ("1 Nov 2026 10h30", datetime(2026, 11, 1, 10, 30)),
        ("2026-02-30-10-30-00", None),
        ("soon", None),
    ],
)
def test_times_are_read_as_file_names_have_them(text, moment):
    """Those that are not understood are no times."""
    found = read(r"(?P<name>\w+) (?P<time>.*)", f"ana {text}/a.py").arrived
    assert (found.replace(tzinfo=None) if found else None) == moment


def test_the_whole_name_fits_if_it_can_and_else_a_part():
    """So that neither .* at the end nor an ending is needed."""
    assert read(r"(?P<name>.+?)", "ana/affine.py").learner == "ana"
    assert read(r"hw3_(?P<name>[a-z]+)", "hw3_ana.py").learner == "ana"
    assert read(r"hw3_(?P<name>[a-z]+)", "hw4_ana.py") is None
    assert read(r"(?P<name>[a-z]*)", "123/affine.py") is None


def test_the_number_of_an_attempt_orders_attempts():
    """As a number."""
    names = [f"ana-{number}/affine.py" for number in (9, 10)]
    owners = owners_in(Top({"ana-9", "ana-10"}), pattern_of(r"(?P<name>\w+)-(?P<attempt>\d+)"))
    [ana] = by_learner(names, owners)
    assert ana.files == {"affine.py": "ana-10/affine.py"}
    assert [one.files for one in ana.earlier] == [{"affine.py": "ana-9/affine.py"}]
    assert told(ana.notes) == ("there are 2 attempts; ana-10 is the last one",)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("(?P<name>", "expected a regular expression"),
        ("(?P<name>a)(?P<name>b)", "expected a regular expression"),
        (r".*", r"expected a group \(\?P<name>...\) .*found the groups: none"),
        (r"(?P<time>.*)", "found the groups: time"),
        (r"(?P<name>.*)(?P<mail>x)", "found the groups: mail, name"),
    ],
)
def test_what_is_no_pattern_of_names_is_told(expression, message):
    """With what was expected."""
    with pytest.raises(SubmissionError, match=message):
        pattern_of(expression)
