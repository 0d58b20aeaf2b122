"""Exports of Gradescope, and the file that says whose each folder is."""

from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grader.submissions.layouts.gradescope import METADATA, owners_in
from grader.submissions.layouts.layout import HandedInFile, Top

# As in an export of 2023, shortened. What was printed is text of the learner.
EXPORT = """\
---
submission_101:
  :submitters:
  - :name: Jane Doe
    :sid: '0017'
    :email: jane@x.org
  :created_at: 2026-11-01 09:00:00.123456000 Z
  :score: 3.0
  :results:
    tests:
    - output: |
        submission_102:
          :submitters:
          - :name: Jane Doe
  :history:
  - :id: 99
    :created_at: 2026-10-01 09:00:00.000000000 Z
    :submitters:
    - :name: Somebody Else
submission_102:
  :submitters:
  - :name: "Jos\\u00E9 \\"Pepe\\" N"
    :sid:
    :email: jose@x.org
  - :name: O''Brien, Seán
    :sid: 18
  :created_at: 2026-11-01 10:00:00 -0800
103.pdf:
  :submitters:
  - :name: 'O''Hara: Zoe'
    :email: zoe@x.org
"""


def owners(text, path):
    """The owners of a path in an export with this metadata."""
    top = Top({METADATA, *(path.split("/")[:1])}, lambda name: text if name == METADATA else "")
    return list(owners_in(top)(tuple(path.split("/"))))


def test_a_folder_belongs_to_whom_the_metadata_names():
    """With the time, in whatever zone it is written; learners are told apart by their numbers."""
    assert owners(EXPORT, "submission_101/03_affine/affine.py") == [
        HandedInFile(
            "Jane Doe_0017",
            "03_affine/affine.py",
            "0017",
            "Gradescope",
            arrived=datetime(2026, 11, 1, 9, 0, 0, 123456, UTC),
            address="jane@x.org",
        )
    ]


def test_all_members_of_a_group_own_its_folder():
    """Each with a row of their own; who has no number is known by the address.

    ucbds-infra/otter-grader#20: a parser that knew only one submitter.
    """
    found = owners(EXPORT, "submission_102/affine.py")
    group = ('José "Pepe" N', "O''Brien, Seán")
    assert [(one.learner, one.identifier, one.group) for one in found] == [
        ('José "Pepe" N_jose@x.org', "jose@x.org", group),
        ("O''Brien, Seán_18", "18", group),
    ]


def test_a_submission_may_be_a_single_file():
    """Of a PDF assignment, for example; its time may be missing."""
    [file] = owners(EXPORT, "103.pdf")
    assert (file.learner, file.path, file.arrived) == (
        *("O'Hara: Zoe_zoe@x.org", "103.pdf"),
        None,
    )


@pytest.mark.parametrize("path", ["submission_999/affine.py", "alice/affine.py", METADATA])
def test_what_the_metadata_does_not_name_is_nobodys(path):
    """Other layouts may fit it."""
    assert owners(EXPORT, path) == []


def test_without_metadata_nothing_is_gradescopes():
    """A folder may have any name."""
    assert list(owners_in(Top({"submission_101"}))(("submission_101", "affine.py"))) == []


def test_a_name_of_several_lines_does_not_name_anybody_else():
    """What is indented more deeply belongs to the name; the learner is known by the number."""
    text = """\
submission_1:
  :submitters:
  - :name: |-
      Eve
      :sid: '18'
      - :name: Bob
    :sid: '17'
"""
    [eve] = owners(text, "submission_1/affine.py")
    assert (eve.learner, eve.identifier, eve.group) == ("17", "17", ())


@pytest.mark.parametrize("indent", ["", "  "])
def test_lists_may_be_indented_or_not(indent):
    """Libraries for YAML differ in that."""
    lines = ["- :name: Ann", "  :sid: '1'", "- :name: Bob", "  :sid: '2'"]
    text = "submission_1:\n  :submitters:\n" + "".join(f"  {indent}{one}\n" for one in lines)
    assert [one.identifier for one in owners(text, "submission_1/a.py")] == ["1", "2"]


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=30
)
PEOPLE = st.lists(
    st.fixed_dictionaries({":name": TEXTS.filter(str.strip), ":sid": TEXTS, ":email": TEXTS}),
    min_size=1,
    max_size=3,
)


@given(st.dictionaries(st.from_regex(r"\Asubmission_[0-9]{1,9}\Z"), PEOPLE, max_size=3), TEXTS)
def test_any_names_are_read_as_a_library_for_yaml_writes_them(exported, printed):
    """And what a learner's code printed is never taken for a name."""
    content = {
        folder: {":submitters": people, ":results": {"output": f"{printed}\n  :submitters:\n"}}
        for folder, people in exported.items()
    }
    text = yaml.safe_dump(content, allow_unicode=True, width=10_000, sort_keys=False)
    for folder, people in exported.items():
        found = owners(text, f"{folder}/affine.py")
        expected = [one[":sid"] or one[":email"] for one in people]
        assert [one.identifier for one in found] == expected
        assert all(
            one.learner.startswith(person[":name"])
            for one, person in zip(found, people, strict=True)
        )


@given(st.lists(st.sampled_from([*EXPORT.splitlines(), ":", "  -", "'", '"', "\0"])))
def test_any_text_is_read_or_ignored(lines):
    """Nothing is raised, and nobody without a name owns a file."""
    for file in owners("\n".join(lines), "submission_101/affine.py"):
        assert file.learner
