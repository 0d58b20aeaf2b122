"""What may be read of one submission, charged before it is read."""

import pytest
from told import told

from grader.course.limits import Limits
from grader.submissions.budget import (
    MAX_GUESSES,
    MAX_MODULES,
    MAX_TOKENS,
    Budget,
    OverBudget,
    UnpackBudget,
)
from grader.submissions.file_tree import File, FileTree, Unreadable


@pytest.fixture
def budget():
    """A budget with small limits."""
    return Budget(Limits(source_kib=1, notebook_mib=1, code_mib=2, files=10, unpacked_mib=1))


def tree_of(sizes):
    """Return a tree of files of which none may be opened."""

    def fail(most):
        raise AssertionError

    return FileTree({path: File(size, fail) for path, size in sizes.items()})


@pytest.mark.parametrize(
    ("charge", "most"),
    [
        ("charge_files", 10),
        ("charge_archive", 1 << 20),
        ("charge_tokens", MAX_TOKENS),
    ],
)
def test_a_limit_holds_for_all_together(budget, charge, most):
    """It may be reached, in any number of parts, and not exceeded."""
    getattr(budget, charge)(most - 3)
    getattr(budget, charge)(3)
    with pytest.raises(Unreadable) as caught:
        getattr(budget, charge)(1)
    assert f"{most:,}" in str(caught.value)
    assert ": " in str(caught.value)


def test_the_code_of_a_notebook_has_the_limit_of_a_module(budget):
    """All notebooks and modules together have another."""
    with pytest.raises(Unreadable, match="has more than 1,024 characters of code"):
        budget.charge_code(1025)
    for _ in range(MAX_MODULES):
        budget.charge_code(1024)
    with pytest.raises(OverBudget, match="has more than 16,384 characters of code"):
        budget.charge_code(1)


def test_sizes_are_summed_before_a_file_is_opened(budget):
    """A file that is too large by itself is not counted, as it is not opened."""
    sizes = {"a.ipynb": 1 << 20, "b.IPYNB": (1 << 20) - 9, "c.ipynb": 9 << 20, "d.py": 9}
    budget.check_code(tree_of(sizes), list(sizes))
    sizes["e.py"] = 1
    with pytest.raises(OverBudget) as caught:
        budget.check_code(tree_of(sizes), list(sizes))
    assert "has 2,097,153 bytes of code and notebooks, where 2,097,152" in str(caught.value)
    assert "the largest is a.ipynb, with 1,048,576" in str(caught.value)


def test_modules_leave_less_for_notebooks(budget):
    """There is one account of code."""
    sizes = {f"{number}.py": 1024 for number in range(MAX_MODULES - 1)}
    budget.check_code(tree_of(sizes), list(sizes))
    budget.charge_code(1024)
    with pytest.raises(OverBudget):
        budget.charge_code(1)


def test_encodings_are_guessed_a_few_times(budget):
    """Each guess takes time, and one is enough to tell the learner."""
    assert sum(budget.may_guess() for _ in range(100)) == MAX_GUESSES


def test_a_submission_that_is_too_large_stays_one_when_it_is_named():
    """The name of the file is added to the message."""
    error = OverBudget("is too large").of("a.py")
    assert isinstance(error, OverBudget)
    assert str(error) == "a.py is too large"


def test_members_that_are_left_out_and_bytes_are_charged():
    """The message has the limit, not what is left of it."""
    unpacked = UnpackBudget(10, 1000)
    unpacked.charge_members(unpacked.max_members)
    with pytest.raises(Unreadable, match="too many files"):
        unpacked.charge_members(1)
    unpacked.charge_bytes(1000)
    with pytest.raises(Unreadable) as caught:
        unpacked.charge_bytes(1)
    assert told([caught.value.text]) == (
        "has more than 1,000 bytes unpacked: hand in only the files that you wrote",
    )
