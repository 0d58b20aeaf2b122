"""The choice of the file that counts for an exercise."""

import itertools
from pathlib import Path

import pytest
from packing import notebook
from small_course import ALL, STUB, WORK, small_course, tree_of
from told import told

from grader.course.limits import Limits
from grader.course.settings import find_course
from grader.submissions.choice import SAME_TIME
from grader.submissions.file_tree import gathered
from grader.submissions.recognition import read_submission

FIRST, LAST = ("class Affine:\n    first = 1\n", "class Affine:\n    last = 1\n")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course with three exercises, their stubs and solutions."""
    return small_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def read(course):
    """Return a function that reads files, each with the order of its upload and its time."""

    def read(*files):
        trees = (("", tree_of({name: text}, order, at)) for name, text, order, at in files)
        return read_submission(gathered(trees), "ann", course, course.exercises, Limits())

    return read


def upload(name, text, number):
    return name, text, (number, 0), None


def changed(name, text, seconds, clock="UTC"):
    return name, text, (0, 0), (clock, float(seconds))


def plain(name, text):
    return name, text, (0, 0), None


def taken(submission):
    return submission.sources["affine"].text


# Uploads


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("affine.py", "affine (1).py"),
        ("affine (1).py", "affine.py"),
        ("affine.py", "my final version.py"),
        ("02_affine/affine.py", "affine.py"),
        ("affine.py", "affine.py.txt"),
    ],
)
def test_the_later_upload_counts_whatever_it_is_called(read, first, last):
    """As in jupyter/nbgrader#724, where an earlier attempt was collected."""
    submission = read(upload(last, LAST, 2000), upload(first, FIRST, 1000))
    assert taken(submission) == LAST
    assert f"not used: {first}" in told(submission.notes)


def test_numbers_of_uploads_are_compared_as_numbers(read):
    """10 comes after 9."""
    assert taken(read(upload("affine.py", FIRST, 9), upload("b.py", LAST, 10))) == LAST


@pytest.mark.parametrize("stub", [STUB["affine"], "", "# nothing yet\n"])
@pytest.mark.parametrize("name", ["affine.py", "affine (1).py", "draft.py"])
def test_a_file_that_is_written_comes_before_a_later_stub(read, name, stub):
    """Whatever their names: the stub was handed in by mistake."""
    submission = read(upload(name, FIRST, 1000), upload("02_affine/affine.py", stub, 2000))
    assert taken(submission) == FIRST


def test_a_later_upload_that_has_only_the_name_does_not_count(read):
    """`affine.py` may also be somebody's package."""
    submission = read(upload("02_affine.py", FIRST, 1), upload("affine.py", "x = 1", 2))
    assert taken(submission) == FIRST


def test_a_later_upload_that_cannot_be_read_counts(read):
    """In doubt nothing is judged: the learner meant that one."""
    submission = read(upload("affine.py", FIRST, 1), upload("affine (1).py", b"\xff\xff", 2))
    assert str(submission.sources["affine"].problem) != ""


# Times


def test_the_file_that_was_changed_last_counts(read):
    """Both places are told."""
    submission = read(
        changed("affine (1).py", FIRST, 0), changed("affine (2).py", LAST, SAME_TIME + 1)
    )
    assert taken(submission) == LAST
    assert told(submission.notes)[0] == (
        "affine.py may be any of affine (1).py, affine (2).py: affine (2).py counts, which was "
        "changed last"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (plain("affine (1).py", FIRST), plain("affine.py", LAST)),
        (changed("affine.py", FIRST, 0), changed("affine copy.py", LAST, SAME_TIME)),
        (changed("affine.py", FIRST, 0), plain("affine copy.py", LAST)),
        (changed("affine.py", FIRST, 0), changed("Affine.py", LAST, 10**6, "zip")),
        (plain("old/affine.py", FIRST), plain("affine.py", LAST)),
        (plain("a.py", FIRST), plain("b/c.py", LAST)),
        (upload("affine.py", FIRST, 5), upload("affine (1).py", LAST, 5)),
    ],
)
def test_a_tie_is_told_and_none_of_them_is_judged(read, one, other):
    """A clone or a copy gives all files one time, and clocks of two archives say nothing."""
    for files in itertools.permutations((one, other)):
        submission = read(*files)
        places = ", ".join(sorted((one[0], other[0])))
        expected = f"affine.py may be any of {places}: hand in one of them"
        assert str(submission.sources["affine"].problem) == expected
        assert expected in told(submission.notes)
        assert not any("not used" in note for note in told(submission.notes))


def test_the_same_work_in_two_places_is_no_tie(read):
    """An archive and what was unpacked of it; comments and line ends make no difference."""
    submission = read(
        plain("affine.py", FIRST),
        plain("hw/affine.py", FIRST.replace("\n", "\r\n")),
        plain("affine.ipynb", notebook(f"# mine\n{FIRST}")),
    )
    assert str(submission.sources["affine"].problem) == ""
    assert "first = 1" in "".join(submission.sources["affine"].parts().values())


def test_of_files_that_cannot_be_read_the_first_says_why(read):
    """Which of them is meant makes no difference."""
    submission = read(plain("affine (1).py", b"\xff"), plain("affine (2).py", b"\xfe"))
    assert "affine (1).py is not encoded in UTF-8" in str(submission.sources["affine"].problem)


def test_stubs_in_two_places_are_no_tie(read):
    """There is no work that could be confused."""
    submission = read(plain("affine.py", STUB["affine"]), plain("a/affine.py", ""))
    assert str(submission.sources["affine"].problem) == ""


# One file in two sibling folders


def test_a_file_in_two_folders_costs_its_exercise_only(read):
    """`ch04/` and `ch05/` of the book: what is there once is judged, even if the copies agree."""
    work = [plain(f"ch05/{name}.py", text) for name, text in WORK.items()]
    for text in (WORK["net"], WORK["net"].replace("mine", "early")):
        submission = read(*work, plain("ch04/net.py", text))
        assert submission.problem == ""
        assert [str(source.problem) for source in submission.sources.values()] == [
            "",
            "",
            "net.py may be any of ch04/net.py, ch05/net.py: hand in one of them",
        ]


@pytest.mark.parametrize(
    "names",
    [
        ("ann/affine.py", "bob/affine.py"),
        ("ann/02_affine/affine.py", "bob/02_affine/affine.py", "bob/net.py", "ann/net.py"),
        ("ann/affine.py", "ann/net.py", "bob/affine.py", "bob/mul_layer.py"),
    ],
)
def test_the_work_of_several_people_is_judged_as_nobodys(read, names):
    """No folder has all of it, or nothing is there once; the places are told."""
    submission = read(*(plain(name, ALL) for name in names))
    assert submission.sources == {}
    assert "it seems to hold the work of several people" in str(submission.problem)
    assert "ann/" in str(submission.problem)
    assert "bob/" in str(submission.problem)


# Near misses


@pytest.mark.parametrize("name", ["afine.py", "layers.py", "ch05/layer.py"])
def test_a_file_that_defines_nearly_what_is_wanted_counts(read, name):
    """Seen as `class Mullayer` in pimang62/deeplearning-from-scratch: the work is there."""
    submission = read(plain(name, "class affine:\n    x = 1\n"))
    assert taken(submission) == "class affine:\n    x = 1\n"
    assert f"{name} is taken for affine.py" in told(submission.notes)


def test_a_file_with_the_very_name_comes_first(read):
    """Whatever else is nearly the same."""
    submission = read(plain("a.py", "class Afine:\n    x = 1\n"), plain("b.py", FIRST))
    assert taken(submission) == FIRST


# A name that two exercises define

COURSE = find_course(Path(__file__).parents[3])
TRAIN = "def train(network, x_train, t_train):\n    return []\n"
NET = f"class SimpleConvNet:\n    depth = 1\n\n\n{TRAIN}"


def modules_in(**files):
    """What is taken for 07 and 13 of the course, which both define `train`."""
    tree = tree_of({f"{name}.py": text for name, text in files.items()})
    found = read_submission(tree, "ann", COURSE, COURSE.exercises, Limits()).sources
    return {module: found[module].text for module in ("mnist", "conv_net") if module in found}


def test_a_name_that_two_exercises_define_does_not_make_one_the_other():
    """Whether both are handed in, or one."""
    assert modules_in(mnist=TRAIN, conv_net=NET) == {"mnist": TRAIN, "conv_net": NET}
    assert modules_in(mnist=TRAIN) == {"mnist": TRAIN}
    assert modules_in(conv_net=NET) == {"conv_net": NET}


def test_a_stub_is_not_replaced_by_another_exercise_that_defines_the_same():
    """Seen: with 07 done and 13 handed in as it was, 13 was said to lack its class."""
    stub = COURSE.named("13").stub.read_text("utf-8")
    assert modules_in(mnist=TRAIN, conv_net=stub) == {"mnist": TRAIN, "conv_net": stub}


def test_a_file_of_any_name_is_the_exercise_that_defines_nothing_else():
    """Of the two with `train`, 13 has a class as well."""
    assert modules_in(draft=TRAIN) == {"mnist": TRAIN}
    assert modules_in(draft=NET)["conv_net"] == NET
