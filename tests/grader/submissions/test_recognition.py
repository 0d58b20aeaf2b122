"""Recognition of the course's modules in a submission: names, places and messages."""

import json
import pickle
import random
import string
import tracemalloc
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import notebook, tarred, zipped
from small_course import ALL, NAMES, REFERENCE, STUB, WORK, small_course, tree_of
from told import told

from grader.course.course import Course, Exercise
from grader.course.limits import Limits
from grader.course.modules import BORROWED
from grader.submissions.code_files import is_code
from grader.submissions.file_tree import File
from grader.submissions.recognition import is_of_course, overlap, read_submission
from grader.submissions.submission import Submission
from grader.worker.wire import encode

LIMITS = Limits()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course with three exercises, their stubs and solutions."""
    return small_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def read(course):
    """Return a function that reads a submission with the given files."""

    def read(files, limits=LIMITS, **settings):
        return read_submission(tree_of(files), "ann", course, course.exercises, limits, **settings)

    return read


class Link(str):
    """The reason in a tree why something is not read."""

    def encode(self):
        """Not a file's text."""
        return str(self)


LINK = Link("is a link, which is not followed: hand in the file itself")


def texts(submission):
    """Return the code of a submission's modules."""
    return {module: source.text for module, source in submission.sources.items()}


def code(submission):
    """Return all code of each module, including notebooks."""
    return {name: "\n".join(one.parts().values()) for name, one in submission.sources.items()}


# How modules are recognised


@pytest.mark.parametrize("top", ["", "exercises/", "backprop-kata-main/exercises/", "a/b/c/d/"])
def test_a_folder_laid_out_like_the_course_is_read_at_any_depth(read, top):
    """Each exercise is found in its folder, below any other folders."""
    submission = read({f"{top}{name}/{name[3:]}.py": WORK[name[3:]] for name in NAMES})
    assert texts(submission) == WORK
    assert submission.name == "ann"
    assert (told(submission.notes), str(submission.problem)) == ((), "")


def test_loose_files_are_recognised_by_name(read):
    """The name alone is enough, even if the file defines nothing of the exercise."""
    submission = read({"affine.py": "a = 1\n", "net.py": WORK["net"]})
    assert texts(submission) == {"affine": "a = 1\n", "net": WORK["net"]}
    assert told(submission.notes) == ()


@pytest.mark.parametrize(
    "name",
    [
        *("affine (1).py", "affine(2).py", "Affine.py", "AFFINE.PY", "affine copy.py"),
        *("affine_copy.py", "affine (1) (2).py", "02_affine.py", "02-affine.py", "02 Affine.py"),
        *(" affine .py", "affine.ipynb", "02_affine.ipynb", "Affine (1).IPYNB"),
    ],
)
def test_additions_of_browsers_and_people_to_a_name_are_ignored(read, name):
    """A note names the file that was taken."""
    content = notebook("a = 1") if name.lower().endswith("ipynb") else "a = 1"
    submission = read({name: content})
    assert code(submission) == {"affine": "a = 1"}
    assert told(submission.notes) == (f"{name} is taken for affine.py",)


@pytest.mark.parametrize(
    "text", [WORK["affine"], "class  Affine(object): pass", "def Affine(W): 1"]
)
@pytest.mark.parametrize("name", ["hw3.py", "反向传播.py", "week 3/my layers.py", "x.zip/x.py"])
def test_a_file_of_any_name_is_recognised_by_what_it_defines(read, name, text):
    """Classes and functions alike."""
    submission = read({name: text})
    assert texts(submission) == {"affine": text}
    assert told(submission.notes) == (f"{name} is taken for affine.py",)


def test_a_file_that_does_not_parse_is_still_recognised(read):
    """A misplaced bracket must not hide the whole exercise."""
    broken = "import numpy as np\n\nclass Affine:\n    def forward(self, x:\n"
    assert texts(read({"hw3.py": broken})) == {"affine": broken}


def test_one_file_may_be_several_modules(read):
    """If everything is in one file, all of it is judged, with one note."""
    submission = read({"everything.py": ALL})
    assert texts(submission) == dict.fromkeys(WORK, ALL)
    assert told(submission.notes) == ("everything.py is taken for mul_layer.py, affine.py, net.py",)


@pytest.mark.parametrize(
    "text", ["def main(): ...", "x = 'class Affine'", "    class Affine: pass"]
)
def test_files_that_define_nothing_of_an_exercise_are_not_taken(read, text):
    """A `main`, a string and a nested class do not count."""
    submission = read({"other.py": text})
    assert submission.sources == {}
    assert "not used: other.py" in told(submission.notes)


def test_a_file_in_its_folder_comes_before_a_loose_one(read):
    """If both have been edited, the layout of the course decides, with a note."""
    submission = read({"affine.py": WORK["affine"], "02_affine/affine.py": "a = 1"})
    assert texts(submission) == {"affine": "a = 1"}
    assert told(submission.notes) == ("not used: affine.py",)


def test_a_file_by_its_name_comes_before_one_by_what_it_defines(read):
    """`affine.py` is the answer, `old.py` a draft."""
    submission = read({"affine.py": "class Affine: final = 1", "a_draft.py": WORK["affine"]})
    assert texts(submission) == {"affine": "class Affine: final = 1"}
    assert told(submission.notes) == ("not used: a_draft.py",)


def test_a_file_by_its_name_that_defines_nothing_comes_after_one_that_does(read):
    """`mnist.py` may be the book's loader, and `07_mnist.py` the exercise."""
    submission = read({"net.py": "def load(): ...", "03_net.py": WORK["net"]})
    assert texts(submission) == {"net": WORK["net"]}


def test_of_two_candidates_the_one_that_defines_more_is_taken(read):
    """Half of an exercise does not hide the complete one."""
    submission = read({"a.py": "class MulLayer: pass", "b.py": WORK["mul_layer"]})
    assert texts(submission) == {"mul_layer": WORK["mul_layer"]}


def test_the_order_in_which_files_are_listed_does_not_matter(read):
    """The same files in any order give the same submission, byte for byte."""
    files = {"b.py": ALL, "a.py": ALL, "x/affine.py": "1", "y/affine.py": "2", "net.ipynb": "{"}
    files |= {"c.zip": zipped({"d.py": ALL}), "solutions/net.py": ALL, "e.zip": b"rubbish"}
    expected = read(files)
    order = list(files)
    for seed in range(10):
        random.Random(seed).shuffle(order)
        found = read({name: files[name] for name in order})
        assert found == expected
        assert found.hash == expected.hash


# Candidates that must not win


@pytest.mark.parametrize(
    "place", ["affine.py", "02_affine/affine.py", "exercises/02_affine/affine.py"]
)
@pytest.mark.parametrize("other", ["my affine.py", "hand in/hw.py", "work.ipynb", "affine (1).py"])
def test_an_untouched_stub_does_not_win_over_real_work(read, place, other):
    """The learner hands in the whole course, and their work under another name."""
    content = notebook(WORK["affine"]) if other.endswith("ipynb") else WORK["affine"]
    assert code(read({place: STUB["affine"], other: content})) == {"affine": WORK["affine"]}


@pytest.mark.parametrize("changed", ["\ufeff{}", "crlf"])
def test_a_stub_with_other_line_ends_is_untouched(read, changed):
    """A byte order mark and other line ends do not count as work."""
    stub = STUB["affine"].replace("\n", "\r\n") if changed == "crlf" else "\ufeff" + STUB["affine"]
    assert texts(read({"affine.py": stub, "hw.py": WORK["affine"]})) == {"affine": WORK["affine"]}


@pytest.mark.parametrize(
    "stub", [STUB["affine"] + "\n", STUB["affine"].rstrip("\n"), "# hi\n" + STUB["affine"]]
)
def test_a_stub_that_an_editor_has_saved_is_untouched(read, stub):
    """An additional or missing line end, or a comment, does not count as work either."""
    assert texts(read({"affine.py": stub, "hw.py": WORK["affine"]})) == {"affine": WORK["affine"]}


def test_an_untouched_stub_in_another_language_is_untouched(tmp_path):
    """The stub may be Chinese."""
    (exercise,) = Course(tmp_path, (Exercise(tmp_path, "02_affine"),)).exercises
    exercise.stub.parent.mkdir(parents=True)
    stub = STUB["affine"] + '    def forward(self):\n        raise NotImplementedError("{}")\n'
    exercise.stub.write_text(stub.format("return x"), "utf-8")
    (tmp_path / "exercises" / "zh-CN.toml").write_text('"return x" = "返回x"\n', "utf-8")
    tree = tree_of({"affine.py": stub.format("返回x"), "hw.py": WORK["affine"]})
    course = Course(tmp_path, (exercise,))
    submission = read_submission(tree, "ann", course, (exercise,), LIMITS)
    assert texts(submission) == {"affine": WORK["affine"]}


@pytest.mark.parametrize("cells", [(STUB["affine"],), ("# My work\n", STUB["affine"] + "\n")])
def test_an_untouched_stub_in_a_notebook_does_not_win_over_real_work(read, cells):
    """The notebook of the course was not edited, and the work is in a file."""
    submission = read({"02_affine.ipynb": notebook(*cells), "hw.py": WORK["affine"]})
    assert code(submission) == {"affine": WORK["affine"]}


@pytest.mark.parametrize("empty", ["", "\n", "# affine.py\n"])
def test_an_empty_file_does_not_win_over_real_work(read, empty):
    """An interrupted upload leaves one behind."""
    submission = read({"02_affine/affine.py": empty, "affine_final.py": WORK["affine"]})
    assert texts(submission) == {"affine": WORK["affine"]}


def test_stubs_alone_are_handed_in_as_they_are(read):
    """A learner who has not started is judged on the stubs."""
    assert texts(read({f"{module}.py": text for module, text in STUB.items()})) == STUB


@pytest.mark.parametrize("top", ["", "backprop-kata-main/", "kata.zip/kata/"])
def test_a_learner_who_hands_in_the_whole_course_is_judged_on_their_work(read, course, top):
    """The reference and other files of the course are not read, with a note."""
    files = {f"exercises/{name}/{name[3:]}.py": STUB[name[3:]] for name in NAMES}
    files["exercises/02_affine/affine.py"] = WORK["affine"]
    files |= {f"solutions/{name}/{name[3:]}.py": REFERENCE[name[3:]] for name in NAMES}
    files |= {"grader/net.py": ALL, "dataset/net.py": ALL, "tests/specs/test_02_affine.py": ALL}
    submission = read({f"{top}{name}": text for name, text in files.items()})
    assert texts(submission) == {**STUB, "affine": WORK["affine"]}
    assert told(submission.notes) == tuple(
        f"{folder}/ is not read: it belongs to the course"
        for folder in ("dataset", "grader", "solutions", "tests")
    )


def test_the_reference_alone_is_not_work(read):
    """Nothing is left to judge; the message says why."""
    submission = read({"solutions/02_affine/affine.py": REFERENCE["affine"]})
    assert submission.sources == {}
    assert "no file of the course was handed in" in str(submission.problem)
    assert "solutions/ is not read: it belongs to the course" in str(submission.problem)


@pytest.mark.parametrize(
    "name",
    [
        "solutions\\02_affine\\affine.py",  # what some programs make of a .zip from Windows
        "Solutions/02_affine/affine.py",
        "solutions (1)/02_affine/affine.py",
        "solutions.zip/02_affine/affine.py",
    ],
)
def test_the_reference_is_not_read_however_it_was_packed(read, name):
    """The whole course again, with stubs in their places."""
    stub = name.replace("olutions", "tubs")
    submission = read({stub: STUB["affine"], name: REFERENCE["affine"]})
    assert submission.sources["affine"].text != REFERENCE["affine"]


def test_files_other_than_the_modules_are_not_available(read):
    """conftest.py, numpy.py, sitecustomize.py, .pth files and unknown files are dropped."""
    others = ["conftest.py", "numpy.py", "sitecustomize.py", "a.pth", "pytest.ini", "solved.py"]
    submission = read({"affine.py": "b = 2\n", **dict.fromkeys(others, "x")})
    assert texts(submission) == {"affine": "b = 2\n"}
    assert told(submission.notes) == (
        "not used: conftest.py, numpy.py, sitecustomize.py, solved.py",
    )


def test_no_file_of_a_submission_decides_which_modules_there_are(read, course):
    """Every source is a module of the course, whatever the files are called."""
    names = [
        "__init__.py",
        "grader.py",
        "__main__.py",
        "affine.py/net.py",
        "a.b.py",
        "py.py",
        ".py",
    ]
    assert set(read(dict.fromkeys(names, ALL)).sources) <= set(course.by_module())


# Notebooks


def test_the_cells_of_a_notebook_stay_separate(read):
    """A cell that fails then does not hide the next one."""
    cells = ("import numpy as np", "1 +* 1", WORK["affine"])
    source = read({"affine.ipynb": notebook(*cells)}).sources["affine"]
    assert source.cells == cells
    assert str(source.problem) == ""


def test_what_was_ignored_in_a_notebook_is_reported_once(read):
    """It is reported once even if the notebook is every module."""
    book = notebook("%matplotlib inline\n!pip install numpy\n" + ALL)
    submission = read({"work.ipynb": book})
    assert set(submission.sources) == set(WORK)
    assert told(submission.notes) == (
        "work.ipynb, cell 1: %matplotlib inline is ignored",
        "work.ipynb, cell 1: !pip install numpy is ignored",
        "work.ipynb is taken for mul_layer.py, affine.py, net.py",
    )


def kata(name, text):
    """Return a cell with the magic that names its exercise."""
    return f"%%kata {name}\n{text}"


@pytest.mark.parametrize("name", ["02_affine", "affine"])
@pytest.mark.parametrize("file", ["work.ipynb", "02_affine.ipynb", "01_mul_layer.ipynb"])
def test_a_cell_that_names_its_exercise_is_taken_alone(read, name, file):
    """The lesson's examples around it are not taken: some fail, and some import the module."""
    examples = ("from affine import Affine\nAffine().backward()", "1 +* 1")
    submission = read({file: notebook(examples[0], kata(name, WORK["affine"]), examples[1])})
    source = submission.sources["affine"]
    assert (source.text, source.cells) == ("\n" + WORK["affine"], ())
    assert source.filename == f"/submission/affine/{file} cell 2"
    assert set(submission.sources) <= {"affine", file[3:-6]}


def test_a_notebook_may_hold_several_exercises(read):
    """Each cell belongs to its exercise, whatever else it defines."""
    cells = [kata(name, WORK[name.partition("_")[2]]) for name in reversed(NAMES)]
    submission = read({"work.ipynb": notebook("%load_ext grader", *cells)})
    assert {m: s.text.lstrip() for m, s in submission.sources.items()} == WORK
    assert told(submission.notes) == ("work.ipynb is taken for mul_layer.py, affine.py, net.py",)


def test_several_cells_of_one_exercise_run_one_after_another(read):
    """The last definition counts, and a cell that fails does not hide the others."""
    cells = (kata("affine", "a = 1"), "b = 2", kata("affine", WORK["affine"]))
    source = read({"work.ipynb": notebook(*cells)}).sources["affine"]
    assert source.cells == ("\na = 1", "", "\n" + WORK["affine"])


def test_work_in_a_plain_cell_wins_over_an_untouched_stub_in_the_cell_for_it(read):
    """The learner wrote into another cell than the intended one."""
    cells = (kata("affine", STUB["affine"]), WORK["affine"])
    assert read({"02_affine.ipynb": notebook(*cells)}).sources["affine"].cells[1] == WORK["affine"]


def test_an_untouched_stub_in_the_cell_for_it_does_not_win_over_real_work(read):
    """Without other work, the stub is what was handed in, not the examples around it."""
    book = notebook("from affine import Affine", kata("affine", STUB["affine"]))
    assert code(read({"02_affine.ipynb": book, "hw.py": WORK["affine"]})) == {
        "affine": WORK["affine"]
    }
    assert texts(read({"02_affine.ipynb": book})) == {"affine": "\n" + STUB["affine"]}


def test_a_cell_that_names_no_exercise_of_the_course_is_like_any_other(read):
    """The cell is recognised by what it defines."""
    book = notebook(kata("99_other", WORK["affine"]))
    assert read({"work.ipynb": book}).sources["affine"].cells == ("\n" + WORK["affine"],)


def test_a_notebook_that_is_not_used_has_no_notes_on_its_cells(read):
    """Its only note says that it is not used."""
    submission = read({"affine.py": WORK["affine"], "notes.ipynb": notebook("%time 1")})
    assert told(submission.notes) == ("not used: notes.ipynb",)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "\xff", '{"nbformat": 99, "cells": []}', "[" * 9999]
)
def test_a_broken_notebook_is_a_problem_not_a_failure(read, content):
    """The message names it; the other files are read as usual."""
    submission = read({"affine.ipynb": content, "net.py": WORK["net"]})
    source = submission.sources["affine"]
    assert str(source.problem).startswith("affine.ipynb ")
    assert source.parts() == {source.filename: ""}
    assert submission.sources["net"].text == WORK["net"]


# Archives in a submission


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", ["hw.zip", "hw.ZIP", "hw.tar.gz", "hw.tgz", "sub/hw.zip"])
def test_an_archive_is_read_as_if_it_were_a_folder(read, pack, name):
    """Its name and format do not matter."""
    content = pack({"wrapped/02_affine/affine.py": WORK["affine"], "net.py": WORK["net"]})
    submission = read({name: content, "mul_layer.py": WORK["mul_layer"]})
    assert texts(submission) == WORK
    assert (told(submission.notes), str(submission.problem)) == ((), "")


def test_an_archive_in_an_archive_is_read_and_no_more(read):
    """Deeper ones are not unpacked, and cause no failure."""
    inner = zipped({"work.ipynb": notebook(WORK["affine"])})
    assert code(read({"b.zip": zipped({"a.zip": inner})})) == {"affine": WORK["affine"]}
    assert read({"c.zip": zipped({"b.zip": zipped({"a.zip": inner})})}).sources == {}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "hw.zip is empty: pack your files as a .zip or a .tar.gz"),
        (b"Rar!\x1a", "hw.zip is a .rar: pack your files as a .zip or a .tar.gz"),
        (zipped({"affine.py": ALL})[:-9], "hw.zip is broken or cut short: hand it in again"),
        (zipped({"../affine.py": ALL}), "../affine.py leads out of the archive"),
        (zipped({"affine.py": ALL, "Affine.py": ALL}), "have conflicting names"),
    ],
)
def test_an_archive_that_is_refused_is_reported_and_hides_nothing_else(read, content, expected):
    """Other files are judged; an archive alone makes its fault the submission's problem."""
    beside = read({"hw.zip": content, "net.py": WORK["net"]})
    assert texts(beside) == {"net": WORK["net"]}
    assert any(expected in note for note in told(beside.notes))
    alone = read({"hw.zip": content})
    assert alone.sources == {}
    assert expected in str(alone.problem)


def test_the_target_of_a_link_is_never_read(read):
    """The link is reported with its name and what to do."""
    submission = read({"affine.py": LINK, "net.py": WORK["net"]})
    assert texts(submission) == {"net": WORK["net"]}
    assert told(submission.notes) == (f"affine.py {LINK}",)
    assert f"affine.py {LINK}" in str(read({"affine.py": LINK}).problem)


# Limits


def test_more_files_than_are_allowed_are_a_problem(read):
    """All files count, whatever their type and archive."""
    names = [f"{number}.txt" for number in range(10)]
    limits = Limits(files=10)
    halves = [zipped(dict.fromkeys(part, "")) for part in (names[:5], names[5:])]
    assert str(
        str(read({"a.zip": halves[0], "b.zip": halves[1]}, limits).problem)
    )  # the archives count too
    assert str(read({"affine.py": "", **dict.fromkeys(names[1:], "")}, limits).problem) == ""
    problem = str(read({"affine.py": "", **dict.fromkeys(names, "")}, limits).problem)
    assert problem.startswith("it has 11 files, where 10 are allowed")


def test_the_message_on_too_many_files_says_what_to_do(read):
    """It is the message that `grader.submissions.file_tree` has for a folder."""
    problem = str(read(dict.fromkeys("abc", ""), Limits(files=2)).problem)
    assert "hand in only those that you wrote" in problem


def test_a_source_that_is_too_large_is_a_problem_of_that_file(read):
    """At the limit it is read, one byte more is too much, and the others are judged."""
    limits = Limits(source_kib=1)
    at_limit = "#" * 1023 + "\n"
    submission = read({"affine.py": at_limit, "net.py": at_limit + "\n"}, limits)
    assert submission.sources["affine"].text == at_limit
    assert submission.sources["net"].text == ""
    assert str(submission.sources["net"].problem).startswith("net.py has more than 1,024 bytes")


def test_a_notebook_may_be_large_but_not_its_code(read):
    """Images take megabytes, but the code has the same limit as a module."""
    limits = Limits(source_kib=1, notebook_mib=1)
    book = json.loads(notebook("#" * 1000))
    book["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 9**5}]
    assert str(read({"affine.ipynb": json.dumps(book)}, limits).sources["affine"].problem) == ""
    too_much = read({"affine.ipynb": notebook("#" * 600, "#" * 600)}, limits)
    assert str(too_much.sources["affine"].problem).startswith(
        "affine.ipynb has more than 1,024 char"
    )
    too_large = read({"affine.ipynb": "x" * (1 << 20) + "x"}, limits)
    assert str(too_large.sources["affine"].problem).startswith(
        "affine.ipynb has more than 1,048,576"
    )


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_that_unpacks_to_too_much_is_reported(read, pack):
    """A bomb is refused before it is unpacked."""
    bomb = pack({"affine.py": b"#" * (1 << 20), "data.bin": b" "})
    submission = read({"bomb.zip": bomb}, Limits(unpacked_mib=1))
    assert submission.sources == {}
    assert "bomb.zip has more than 1,048,576 bytes unpacked" in str(submission.problem)


@pytest.mark.parametrize("name", ["hw.rar", "hw.7z", "hw.TAR"])
def test_other_archives_are_told_by_name(read, name):
    """A learner reads what to hand in instead."""
    kind = name[2:].lower()
    told = f"{name} is a {kind}, which is not read: hand in a .zip"
    assert told in str(read({name: b"Rar!"}).problem)
    assert told in [str(note) for note in read({name: b"Rar!", "net.py": WORK["net"]}).notes]


def test_of_one_exercise_only_its_file_is_expected(course):
    """The others of the course were not asked for."""
    tree = tree_of({"notes.txt": "x"})
    one = (course.named("net"),)
    problem = str(read_submission(tree, "ann", course, one, Limits()).problem)
    assert "expected net.py; found" in problem


@pytest.mark.parametrize("pack", [dict, lambda files: {"hw.zip": zipped(files)}])
def test_notebooks_are_refused_by_their_total_size_before_they_are_opened(read, pack):
    """In a folder as in an archive; the message has the sizes, and the largest file."""
    files = {f"net{number}.ipynb": b"(" * 700_000 for number in range(3)}
    limits = Limits(code_mib=2)
    told = str(read(pack({**files, "a.ipynb": b"(" * 700_001}), limits).problem)
    assert "it has 2,800,001 bytes of code and notebooks, where 2,097,152 are allowed" in told
    assert "a.ipynb, with 700,001" in told
    assert "clear the outputs" in told


def test_modules_are_refused_by_their_total_size(read):
    """Sixteen of the maximum size are allowed."""
    files = {f"net{number}.py": b"#" * 1024 for number in range(17)}
    assert "17,408 bytes of code" in str(read(files, Limits(source_kib=1)).problem)
    files.popitem()
    assert "17,408" not in str(read(files, Limits(source_kib=1)).problem)


def test_a_file_that_is_too_large_by_itself_does_not_refuse_the_others(read):
    """It is not opened, so it costs nothing."""
    files = {"affine.py": b"#" * (40 << 20), "net.py": WORK["net"]}
    submission = read(files)
    assert "affine.py has more than 65,536 bytes" in str(submission.sources["affine"].problem)
    assert submission.sources["net"].text == WORK["net"]


def test_an_archive_that_was_refused_is_charged(read):
    """Otherwise a thousand archives with an error at their end would all be unpacked."""
    broken = tarred({"a.bin": bytes(600_000)})[:-8]
    files = {f"{number}.tgz": broken for number in range(9)}
    problem = str(read(files, Limits(unpacked_mib=1)).problem)
    assert "0.tgz is broken or cut short" in problem
    assert "2.tgz has more than 1,048,576 bytes unpacked" in problem


def test_honest_notebooks_with_many_images_are_read(read):
    """Four MiB each, for all exercises."""
    image = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * (4 << 20)}}
    files = {}
    for name, text in WORK.items():
        book = json.loads(notebook(text))
        book["cells"][0]["outputs"] = [image]
        files[f"{name}.ipynb"] = json.dumps(book)
    submission = read(files)
    assert {name: source.cells[0] for name, source in submission.sources.items()} == WORK


@pytest.mark.parametrize("depth", [1, 2])
def test_many_archives_together_take_no_more_memory_than_one(read, depth):
    """A thousand .tgz of 64 KiB, each of 64 MiB when unpacked, would be 64 GiB."""
    bomb = tarred({"a.py": bytes(1 << 19)})
    files = {f"{number}.tgz": bomb for number in range(24)}
    for _ in range(depth - 1):
        files = {"outer.zip": zipped(files)}
    tracemalloc.start()
    try:
        read(files, Limits(unpacked_mib=1))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


def test_nothing_of_a_submission_is_kept_after_it_was_judged(read):
    """A class of thousands is read one by one."""
    tracemalloc.start()
    try:
        for number in range(50):
            read({"affine.py": f"# {number} " + "#" * 60_000})
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert kept < 1 << 20


@pytest.mark.parametrize("character", ["x", "é", "乘", "\x01", "\U0001f600"], ids=ascii)
def test_whatever_was_handed_in_fits_into_a_frame(read, character):
    """The largest submission in any script can be sent to a worker."""
    text = "# " + character * ((LIMITS.source_kib * 1024 - 8) // len(character.encode())) + "\n"
    submission = read({f"{module}.py": text for module in WORK})
    assert not any(str(source.problem) for source in submission.sources.values())
    described = json.dumps({name: astuple(one) for name, one in submission.sources.items()})
    encode(np.frombuffer(described.encode(), np.uint8))


# Notes and problems


def test_an_empty_submission_is_reported_as_empty(read):
    """An empty folder is a submission with a reason."""
    submission = read({})
    assert submission.sources == {}
    assert str(submission.problem) == "nothing was handed in"
    assert [exercise.name for exercise in submission.exercises] == list(NAMES)


def test_an_empty_late_submission_is_reported_as_empty_too(read):
    """The note on lateness is not counted as a file."""
    assert str(read({}, notes=["handed in late"]).problem) == "nothing was handed in"


def test_only_unknown_files_are_reported_with_what_was_expected(read):
    """The message names the expected and the found files."""
    problem = str(read({"report.pdf": b"%PDF", "02_affine/notes.txt": "later"}).problem)
    assert "expected mul_layer.py, affine.py, net.py" in problem
    assert "found 02_affine/notes.txt, report.pdf" in problem


def test_a_problem_that_is_known_before_leaves_nothing_to_judge(read):
    """A submission that cannot be read completely is not judged in part."""
    submission = read(
        {"affine.py": ALL}, problem="ann has too many files", notes=["handed in late"]
    )
    assert submission.sources == {}
    assert str(submission.problem) == "ann has too many files"
    assert told(submission.notes) == ("handed in late",)


ODD = {
    "code": {f"{number} odd.py": "x = 1" for number in range(999)},
    "broken code": {f"{number}.py": b"\xff" for number in range(999)},
    "notebooks": {f"{number}.ipynb": "{" for number in range(999)},
    "links": {f"{number}.py": LINK for number in range(999)},
    "papers": {f"{number}.pdf": b"%PDF" for number in range(999)},
    "long names": {f"{number}{'x' * 250}.py": "" for number in range(999)},
    "folders": {f"{number}/{'x' * 250}/solutions/affine.py": "" for number in range(999)},
    "magics": {"affine.ipynb": notebook(*["%matplotlib " + "x" * 1000] * 999)},
    "broken archives": {f"{number}.zip": b"" for number in range(999)},
}


@pytest.mark.parametrize(
    "kind",
    list(ODD),
)
def test_a_thousand_odd_files_do_not_make_a_thousand_notes(read, kind):
    """Notes are limited in number and length."""
    submission = read(ODD[kind])
    assert len(submission.notes) <= 30
    assert all(len(note) <= 600 for note in told(submission.notes))
    assert len(str(submission.problem)) <= 2000


def test_omitted_notes_are_counted(read):
    """Readers then know that more files were not used."""
    files = {f"{number}.py": "" for number in range(8)}
    assert told(read(files).notes) == ("not used: 0.py, 1.py, 2.py, 3.py, 4.py and 3 more",)


def test_omitted_links_are_counted(read):
    """They are counted like files that are not used."""
    assert "3 more" in " ".join(told(read({f"{number}.py": LINK for number in range(8)}).notes))


@pytest.mark.parametrize("name", ["a\nb", "\x1b[31mred", "x\u202eyp.", "a\rb", "a\x00b", "\ud800"])
def test_a_name_with_terminal_commands_is_quoted(read, name):
    """It is quoted in notes and in problems."""
    for files in ({f"{name}.py": WORK["affine"]}, {f"{name}.py": ""}, {f"{name}.pdf": ""}):
        submission = read(files)
        for said in (*told(submission.notes), str(submission.problem)):
            assert said.isprintable()
            said.encode()


# Hashing and sending


def test_the_hash_depends_on_what_is_judged_and_not_on_packaging(read):
    """The same work has the same hash in the layout of the course, loose, or zipped."""
    loose = {f"{module}.py": text for module, text in WORK.items()}
    placed = {f"{name}/{name[3:]}.py": WORK[name[3:]] for name in NAMES}
    ways = [loose, placed, {"hw.zip": zipped(loose)}, {"hw.tar.gz": tarred(placed)}]
    ways += [{**loose, "README.md": b"hi", "data/x.bin": b"\0"}]
    ways += [{name: text.replace("\n", "\r\n") for name, text in loose.items()}]
    assert len({read(way).hash for way in ways}) == 1


def test_the_hash_of_a_file_by_another_name_does_not_depend_on_packaging_either(read):
    """`hw.zip/final.py is taken for affine.py` is about the packaging."""
    files = {"final.py": WORK["affine"]}
    assert read(files).hash == read({"hw.zip": zipped(files)}).hash


def test_the_names_in_tracebacks_do_not_depend_on_the_folder(read):
    """A verdict must not depend on the folder or the layout."""
    placed, loose = read({"deep/02_affine/affine.py": "1"}), read({"affine.py": "1"})
    assert placed.sources == loose.sources
    assert placed.sources["affine"].filename == "/submission/affine/affine.py"


def test_a_submission_can_be_sent_to_another_process(read):
    """Any submission can be pickled."""
    submission = read({"affine.py": b"\xff", "net.ipynb": notebook(ALL), "\ud800.py": ALL})
    assert pickle.loads(pickle.dumps(submission)) == submission
    assert isinstance(submission, Submission)


# Names


@pytest.mark.parametrize("name", ["a.py", "A.PY", "b.ipynb", ".py", "a.b.py", "x.Ipynb"])
def test_code_is_recognised_by_its_suffix(name):
    """Python files and notebooks are code."""
    assert is_code(name)


@pytest.mark.parametrize("name", ["a.pyc", "py", "a.txt", "a.zip", "", "a.ipynb~", "a.pyi"])
def test_other_files_are_not_code(name):
    """Backup files of editors are not code either."""
    assert not is_code(name)


@pytest.mark.parametrize(
    "name", ["exercises", "02_affine", "02-Affine", "affine", "affine.py", "net (1).ipynb", "Net"]
)
def test_what_is_named_after_an_exercise_is_of_the_course(course, name):
    """It may be a folder or a file, with additions to the name."""
    assert is_of_course(name, course)


@pytest.mark.parametrize("name", ["ann", "affines", "2_affine", "affine.zip", "README.md", "", "."])
def test_what_is_named_otherwise_is_not_of_the_course(course, name):
    """Names of learners, archives and papers are not."""
    assert not is_of_course(name, course)


@pytest.mark.parametrize(
    ("files", "is_of_two"),
    [
        ({"ann.py": WORK["affine"], "bob.py": WORK["affine"]}, True),
        ({"ann.py": WORK["affine"], "bob.py": WORK["net"]}, False),
        ({"ann.py": "def main(): ...", "bob.py": "def main(): ..."}, False),
        ({"ann.py": "def mine(): ...", "bob.py": "def mine(): ..."}, False),
        ({"ann.ipynb": notebook(ALL), "bob.py": ALL}, True),
        ({"ann.py": ALL}, False),
        ({"ann.py": b"\xff", "bob.ipynb": "{"}, False),
        ({}, False),
    ],
)
def test_files_that_define_the_same_belong_to_two_people(course, files, is_of_two):
    """Names outside the course and unreadable files do not count."""
    assert overlap(tree_of(files), course, LIMITS) is is_of_two


# Problems of single files


def test_a_problem_in_one_file_leaves_the_others_alone(read):
    """The rest of the submission is judged as usual; NUL bytes are left to the import."""
    submission = read({"affine.py": b"\xff\xfe", "net.py": WORK["net"], "mul_layer.py": bytes(64)})
    assert str(submission.sources["affine"].problem)
    assert submission.sources["net"].text == WORK["net"]
    assert str(submission.sources["net"].problem) == ""
    assert set(submission.sources) == set(WORK)


@pytest.mark.parametrize("name", ["affine.py", "hw.zip", "affine.ipynb"])
def test_a_file_that_the_grader_cannot_read_is_its_own_trouble(read, name):
    """It vanishes or is forbidden; none of the submission is judged, since part is not all.

    Seen: a learner whose file was ``chmod 000`` on the instructor's disk got 0 points.
    """

    def vanish(most):
        raise FileNotFoundError(2, "No such file or directory")

    submission = read({name: File(1, vanish), "net.py": WORK["net"]})
    assert submission.sources == {}
    assert submission.fault == "grader"
    why = f"{name} cannot be read: No such file or directory"
    assert (str(submission.problem), told(submission.notes)) == (why, (why,))


def test_a_file_that_cannot_be_decoded_is_a_note(read):
    """Not only in the verdict: the row says why there is no mark."""
    submission = read({"affine.py": "# Bénédicte\n".encode("latin-1"), "net.py": WORK["net"]})
    assert "affine.py is not encoded in UTF-8" in told(submission.notes)[0]
    assert submission.problem == ""


# Random trees

PARTS = st.one_of(
    st.sampled_from(
        [
            *("affine.py", "net.ipynb", "02_affine", "exercises", "solutions", "a.zip", "b.tar.gz"),
            *("..", ".", "", "__MACOSX", ".git", "a\\b.py", "\ud800.py", "con.py", "\x1b[2J.py"),
        ]
    ),
    st.text(string.printable + "é乘\u202e", max_size=8),
    st.text(string.ascii_letters, max_size=3).map(lambda stem: stem + ".py"),
)
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
FILES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [ALL, *WORK.values(), *STUB.values(), notebook(ALL), notebook("%x"), LINK, None]
    ),
    st.dictionaries(st.text(string.ascii_letters, min_size=1, max_size=3), st.just(ALL)).map(
        zipped
    ),
    st.builds(tarred, st.just({"affine.py": ALL})),
)


@settings(max_examples=100)
@given(st.dictionaries(PATHS, FILES, max_size=6), st.sampled_from([Limits(), Limits(files=2)]))
def test_any_tree_is_read_as_a_submission(course, files, limits):
    """It has modules of the course, or a reason why it has none."""
    submission = read_submission(tree_of(files), "ann", course, course.exercises, limits)
    assert set(submission.sources) <= set(course.by_module())
    assert bool(str(submission.problem)) != bool(submission.sources)
    assert "secret" not in "".join(code(submission).values())
    assert len(submission.hash) == 64
    for said in (*told(submission.notes), str(submission.problem)):
        assert said.isprintable()
        assert len(said) < 3000


@pytest.mark.parametrize("above", ["", "\ufeff"])
def test_borrowed_files_are_reported(read, above):
    """Borrowed files get no points; a file that only mentions the mark is the learner's own."""
    mentions = f"class Affine:\n    pass\n{BORROWED}\n"
    borrowed = f"{above}{BORROWED} it counts no points.\n{WORK['mul_layer']}"
    submission = read({"affine.py": mentions, "mul_layer.py": borrowed})
    expected = "01_mul_layer is borrowed from the reference: it counts no points"
    assert [note for note in told(submission.notes) if "borrowed" in note] == [expected]
