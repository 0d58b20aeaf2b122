"""Code for a page: all of it where it fits, and otherwise the lines around what failed."""

import json

from hypothesis import given
from hypothesis import strategies as st

from grader.messages.escaping import lines
from grader.reports.common.code_excerpts import MAX_PAGE, excerpts, room_for

LONG = "\n".join(f"x = {number}" for number in range(1, 1001))


def test_what_fits_is_shown_as_it_is():
    """With the numbers of the lines that failed; those that are not there are left out."""
    code = "import x\n\ty = 1\n"
    (found,) = excerpts([("a.py", code)], {"a.py": {2, 0, 99}, "b.py": {1}}, 1000).values()
    assert found.text == "import x\n    y = 1\n"
    assert (found.first, found.total, found.failing) == (1, 3, (2,))


def test_a_long_file_is_cut_around_the_line_that_failed():
    """On both sides; without such a line, its beginning is shown."""
    (found,) = excerpts([("a.py", LONG)], {"a.py": {500}}, 500).values()
    shown = found.text.split("\n")
    last = found.first + len(shown) - 1
    assert found.first < 490
    assert last > 510
    assert shown[500 - found.first] == "x = 500"
    (found,) = excerpts([("a.py", LONG)], {}, 500).values()
    assert (found.first, found.text.split("\n")[0], found.total) == (1, "x = 1", 1000)


def test_the_file_that_failed_has_its_room_first():
    """Others get what is left, or nothing."""
    files = [("a.py", LONG), ("b.py", "fails\n" + LONG), ("c.py", "")]
    found = excerpts(files, {"b.py": {1}}, 300)
    assert ("b.py", files[1][1]) in found
    assert ("a.py", LONG) not in found or len(found["a.py", LONG].text) < 100


def test_files_of_one_name_are_told_apart():
    """Two folders may have a cell of the same name; the same cell of two exercises counts once."""
    found = excerpts([("n cell 1", "a"), ("n cell 1", "b"), ("n cell 1", "a")], {}, 1000)
    assert sorted(one.text for one in found.values()) == ["a", "b"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.text()), max_size=4),
    st.dictionaries(st.sampled_from("abc"), st.sets(st.integers(-2, 9))),
    st.integers(0, 200),
)
def test_no_code_takes_more_than_its_room(files, failing, room):
    """And what is shown are whole lines of it, from the one that is named."""
    found = excerpts(files, failing, room)
    for (_, code), one in found.items():
        every = lines(code).split("\n")
        shown = one.text.split("\n")
        assert every[one.first - 1 :][: len(shown)] == shown
        assert one.total == len(every)
    rooms = sum(len(json.dumps(line)) for one in found.values() for line in one.text.split("\n"))
    assert rooms <= room


def test_a_line_without_end_is_cut():
    """A file of one line of 64 KiB is not shown in full."""
    (found,) = excerpts([("a.py", "x" * 65536)], {}, 1 << 20).values()
    assert len(found.text) == 500


@given(st.integers(1, 10**6))
def test_nobody_takes_the_room_of_others(learners):
    """The sum is bounded, whatever the size of the class."""
    assert learners * room_for(learners) <= MAX_PAGE
