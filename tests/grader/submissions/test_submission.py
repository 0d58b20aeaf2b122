"""The hash of a submission."""

import pytest

from grader.course.modules import decode
from grader.submissions.submission import Submission
from grader.worker.source import Source

AFFINE = "class Affine:\n    mine = 1\n"


def submission_of(name="ann", **sources):
    """Return a submission with these modules."""
    return Submission(name, sources, ())


@pytest.mark.parametrize("changed", [AFFINE + " ", "", "# coding: x\n", b"\xff", AFFINE.upper()])
def test_the_hash_changes_with_every_byte_of_code(changed):
    """An old verdict must not be reused for a changed submission."""
    content = changed if isinstance(changed, bytes) else changed.encode()
    before, after = (decode("affine.py", one) for one in (AFFINE.encode(), content))
    assert submission_of(affine=after).hash != submission_of(affine=before).hash


def test_the_hash_distinguishes_modules_and_cells():
    """The same text in another module, or in other cells, has another hash."""
    plain = Source("affine.py", "a\nb")
    ways = [
        submission_of(affine=plain),
        submission_of(net=plain),
        submission_of(affine=plain, net=plain),
        submission_of(affine=Source("affine.ipynb", "", cells=("a\nb",))),
        submission_of(affine=Source("affine.ipynb", "", cells=("a", "b"))),
    ]
    assert len({way.hash for way in ways}) == len(ways)


def test_the_hash_distinguishes_why_there_is_nothing_to_judge():
    """An empty submission followed by an unreadable one is judged again."""
    ways = [Submission("ann", {}, (), problem=problem) for problem in ("", "nothing", "a bomb")]
    assert len({way.hash for way in ways}) == len(ways)


def test_the_name_of_a_submission_is_not_hashed():
    """Another name or other notes do not change the hash."""
    source = Source("affine.py", AFFINE)
    noted = Submission("bob", {"affine": source}, (), notes=("handed in late",))
    assert submission_of("ann", affine=source).hash == noted.hash
