"""Submissions at a path: classes, owners of files, and refusals."""

import io
import os
import re
import shutil
import stat
import string
import sys
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from packing import notebook, tarred, zipped
from told import told

from grader.course.course import Course, Exercise
from grader.course.limits import Limits
from grader.errors import SubmissionError
from grader.submissions.class_folder import PendingSubmission, collect
from grader.submissions.submission import Submission

NAMES = ("01_mul_layer", "02_affine", "03_net")
MODULES = {"mul_layer", "affine", "net"}
REFERENCE = {
    "mul_layer": "class MulLayer:\n    secret = 1\n\n\nclass AddLayer:\n    secret = 1\n",
    "affine": "class Affine:\n    secret = 1\n",
    "net": "class Net:\n    secret = 1\n\n\ndef train():\n    secret = 1\n",
}
MUL, AFFINE, NET = (text.replace("secret", "mine") for text in REFERENCE.values())
ALL = MUL + AFFINE + NET

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course with three exercises, their stubs and solutions."""
    root = tmp_path_factory.mktemp("course")
    made = Course(root, tuple(Exercise(root, name) for name in NAMES))
    for exercise in made.exercises:
        text = REFERENCE[exercise.module]
        for path in (exercise.stub, exercise.solution):
            path.parent.mkdir(parents=True)
            path.write_text(
                text if path == exercise.solution else text.replace("1", "..."), "utf-8"
            )
    return made


@pytest.fixture
def write(tmp_path):
    """Write files into a folder next to the course, and return that folder."""

    def write(files, folder="spring"):
        top = tmp_path / folder
        top.mkdir(exist_ok=True, parents=True)
        for name, content in files.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("/"):
                path.mkdir(exist_ok=True)
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return top

    return write


FORMS = ["folder", "zip", "tar.gz"]
WRAPPED_FORMS = [f"wrapped {form}" for form in FORMS[1:]]


@pytest.fixture
def hand_in(write, tmp_path):
    """Hand in files as a folder or an archive, which may have a single folder at its top."""

    def hand_in(form, files):
        if form == "folder":
            return write(files)
        if form.startswith("wrapped"):
            files = {f"class of spring/{name}": content for name, content in files.items()}
        kind = form.split()[-1]
        path = tmp_path / f"spring.{kind}"
        path.write_bytes({"zip": zipped, "tar.gz": tarred}[kind](files))
        return path

    return hand_in


def link(path, target):
    """Create a link, or skip the test where links are not available."""
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("needs symbolic links")


def read(collected):
    """Return the code of each module of each submission by name."""
    found = {}
    for entry in collected.entries:
        assert isinstance(entry, PendingSubmission)
        submission = entry.read()
        assert isinstance(submission, Submission)
        assert submission.name == entry.name
        assert submission.exercises == collected.exercises
        assert set(submission.sources) <= MODULES
        found[entry.name] = {
            module: "\n".join(source.parts().values())
            for module, source in submission.sources.items()
        }
    return found


def submissions(collected):
    """Return the submissions of a class by name."""
    return {entry.name: entry.read() for entry in collected.entries}


def only_one(collected):
    """Return the only submission, of a single person."""
    assert not collected.is_class
    [entry] = collected.entries
    return entry.read()


def of(person):
    """Return work that names its author."""
    return AFFINE.replace("mine", person)


# Single submissions

ONE = {
    "laid out": {"01_mul_layer/mul_layer.py": MUL, "02_affine/affine.py": AFFINE},
    "in exercises": {
        **{"exercises/01_mul_layer/mul_layer.py": MUL, "exercises/02_affine/affine.py": AFFINE}
    },
    "loose": {"mul_layer.py": MUL, "affine.py": AFFINE},
    "with papers and data": {
        **{"mul_layer.py": MUL, "affine.py": AFFINE, "README.md": "hi", "report.pdf": b"%PDF"},
        **{"data/x.csv": "1", "utils.py": "x = 1", "images/plot.png": b"\x89PNG", "old.zip": b""},
        **{".DS_Store": b"\0", "__MACOSX/._affine.py": b"\0", "__pycache__/affine.pyc": b"\0"},
    },
    "notebooks": {"mul_layer.ipynb": notebook(MUL), "02_affine.ipynb": notebook(AFFINE)},
    "by other names": {"week1.py": MUL, "week2.py": AFFINE, "README.md": "hi"},
    "one file": {"everything.py": MUL + AFFINE},
    "with drafts": {
        **{"mul_layer.py": MUL, "affine.py": AFFINE, "old/affine.py": "", "a.ipynb": "{"},
        **{"b.zip": b"", "affine_old.py": AFFINE},
    },
    "a notebook and an archive": {
        **{"affine.ipynb": notebook(AFFINE), "rest.zip": zipped({"a.py": MUL})}
    },
    "the whole course": {
        **{"exercises/01_mul_layer/mul_layer.py": MUL, "solutions/03_net/net.py": ALL},
        **{"affine.py": AFFINE, "grader/net.py": "", "tests/net.py": "", "pyproject.toml": ""},
    },
}


@pytest.mark.parametrize("kind", ONE)
@pytest.mark.parametrize("form", FORMS + WRAPPED_FORMS)
def test_one_persons_work_is_one_submission(hand_in, course, form, kind):
    """A folder or archive of any form is read; its name is that of the submission."""
    collected = collect(hand_in(form, ONE[kind]), course)
    submission = only_one(collected)
    assert submission.name == "spring"
    assert str(submission.problem) == ""
    assert [exercise.name for exercise in submission.exercises] == list(NAMES)
    [sources] = read(collected).values()
    assert set(sources) == {"mul_layer", "affine"}
    assert "class MulLayer:\n    mine" in sources["mul_layer"]
    assert "class Affine:\n    mine" in sources["affine"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("affine (1).py", AFFINE),
        ("week2.PY", AFFINE),
        ("Backprop.ipynb", notebook("%time 1", AFFINE)),
        ("hand-in.zip", zipped({"x/y/z/02_affine/affine.py": AFFINE, "02_affine/README.md": ""})),
    ],
)
def test_a_single_file_is_one_submission(write, course, name, content):
    """Files next to it are not part of it."""
    path = write({name: content, "net.py": NET, "ann/net.py": NET}) / name
    collected = collect(path, course)
    [sources] = read(collected).values()
    assert list(sources) == ["affine"]
    assert collected.entries[0].name in name


@pytest.mark.parametrize("name", ["02_affine", "Affine", "exercises"])
def test_an_exercise_folder_without_its_file_makes_a_submission_too(write, course, name):
    """The missing file is reported; it is not a class with a learner called affine."""
    submission = only_one(collect(write({f"{name}/notes.txt": "later"}), course))
    assert submission.name == "spring"
    assert submission.sources == {}
    assert f"found {name}/notes.txt" in str(submission.problem)


def test_a_file_of_no_exercise_is_reported_with_the_expected_names(write, course):
    """A misspelt file is a submission whose problem names what was expected."""
    submission = only_one(collect(write({"afine.py": "x = 1"}) / "afine.py", course))
    assert submission.sources == {}
    assert "expected mul_layer.py, affine.py, net.py; found afine.py" in str(submission.problem)


def test_a_relative_path_has_a_name_too(write, course, monkeypatch):
    """``grader grade .`` uses the name of the folder."""
    monkeypatch.chdir(write({"affine.py": AFFINE}))
    assert only_one(collect(Path("."), course)).name == "spring"


@pytest.mark.parametrize("name", ["hw.v2", ".hidden", "J. Doe"])
def test_a_folder_keeps_its_name(write, course, name):
    """Only a file has a suffix that is not part of the name."""
    assert only_one(collect(write({"affine.py": AFFINE}, folder=name), course)).name == name


@pytest.mark.parametrize("kind", ["folder", "zip", "wrapped zip", "tar.gz"])
def test_members_of_a_class_that_begin_with_a_dot_are_told(write, course, kind):
    """They are not graded; those within a submission are not told."""
    files = {"ann/affine.py": AFFINE, "bob/net.py": NET, "ann/.git/config": "x"}
    files |= {".cid/affine.py": AFFINE, ".dee.py": AFFINE}
    if kind == "folder":
        path = write(files)
    elif kind == "wrapped zip":
        content = zipped({f"spring/{name}": text for name, text in files.items()})
        path = write({"class.zip": content}) / "class.zip"
    else:
        content = (zipped if kind == "zip" else tarred)(files)
        path = write({f"class.{kind}": content}) / f"class.{kind}"
    collected = collect(path, course)
    assert collected.hidden == (".cid", ".dee.py")
    assert [entry.name for entry in collected.entries] == ["ann", "bob"]


@pytest.mark.parametrize("name", ["J. Doe.zip", "2.0.zip"])
def test_a_file_keeps_its_name_without_the_suffix(write, course, name):
    """`by_learner` does the same in a class."""
    path = write({name: zipped({"affine.py": AFFINE})}) / name
    assert only_one(collect(path, course)).name == name.removesuffix(".zip")


def test_nothing_of_a_submission_is_run_or_written(write, course):
    """Collecting and reading have no side effects."""
    text = "import pathlib\npathlib.Path(__file__).with_name('ran').touch()\n" + ALL
    files = dict.fromkeys(("ann/affine.py", "ann/conftest.py", "ann/sitecustomize.py"), text)
    files |= {"bob.zip": zipped(files), "eve/work.ipynb": notebook("!touch ran", text)}
    folder = write(files)
    before = sorted(folder.rglob("*"))
    assert set(read(collect(folder, course))) == {"ann", "bob", "eve"}
    assert sorted(folder.rglob("*")) == before


# Single exercises


@pytest.mark.parametrize("place", ["02_affine", "02_affine/affine.py"])
def test_one_exercise_is_judged_alone_but_can_import_the_others(write, course, place):
    """Its folder or file selects what is judged; the modules it imports are read too."""
    folder = write({"01_mul_layer/mul_layer.py": MUL, "02_affine/affine.py": AFFINE})
    submission = only_one(collect(folder / place, course))
    assert submission.name == "spring"
    assert set(submission.sources) == {"mul_layer", "affine"}
    assert [exercise.name for exercise in submission.exercises] == ["02_affine"]


def test_one_loose_file_is_judged_alone(write, course):
    """The name is that of the folder around it; unrelated files there are not read."""
    folder = write({"affine.py": AFFINE, "mul_layer.py": MUL, "everything.py": ALL})
    submission = only_one(collect(folder / "affine.py", course))
    assert submission.name == "spring"
    assert set(submission.sources) == {"mul_layer", "affine"}
    assert [exercise.name for exercise in submission.exercises] == ["02_affine"]


@pytest.mark.parametrize("form", FORMS)
def test_only_one_exercise_of_each_submission_can_be_chosen(hand_in, course, form):
    """The other modules are still read, for imports."""
    path = hand_in(form, {"ann/affine.py": AFFINE, "ann/net.py": NET, "bob/net.py": NET})
    collected = collect(path, course, only=course.named("net"))
    assert [exercise.name for exercise in collected.exercises] == ["03_net"]
    assert read(collected) == {"ann": {"affine": AFFINE, "net": NET}, "bob": {"net": NET}}


def test_choosing_the_exercise_that_the_path_names_is_accepted(write, course):
    """The path and the option name the same exercise."""
    path = write({"affine.py": AFFINE}) / "affine.py"
    submission = only_one(collect(path, course, only=course.named("affine")))
    assert [exercise.name for exercise in submission.exercises] == ["02_affine"]


def test_choosing_another_exercise_than_the_path_names_is_reported(write, course):
    """The message names the path, its exercise, and the chosen one."""
    path = write({"affine.py": AFFINE}) / "affine.py"
    with pytest.raises(SubmissionError, match=r"affine\.py is 02_affine, not 03_net"):
        collect(path, course, only=course.named("net"))


# Classes

CLASS = {
    "ann/01_mul_layer/mul_layer.py": MUL,
    "ann/02_affine/affine.py": of("ann"),
    "bob/backprop-kata-main/exercises/02_affine/affine.py": of("bob"),
    "bob/backprop-kata-main/solutions/01_mul_layer/mul_layer.py": REFERENCE["mul_layer"],
    "cid/work.ipynb": notebook("import numpy", of("cid")),
    "dee.zip": zipped({"dee/affine.py": of("dee")}),
    "eve.tar.gz": tarred({"02_affine/affine.py": of("eve")}),
    "fay.ipynb": notebook(of("fay")),
    "gus.py": of("gus"),
    "hal.zip": zipped({"work.ipynb": notebook(of("hal")), "__MACOSX/._work.ipynb": b"\0"}),
    "ida/hand-in.zip": zipped({"inner.tgz": tarred({"affine.py": of("ida")})}),
    "joe.tgz": tarred({"week 1.py": of("joe")}),
    "grades.csv": "name,points",
    "roster.csv": "name",
    "README.md": "the class",
    ".DS_Store": b"\0",
    ".git/affine.py": ALL,
    "__MACOSX/ann/._affine.py": b"\0",
    "__pycache__/affine.py": ALL,
}


@pytest.mark.parametrize("form", FORMS + WRAPPED_FORMS)
def test_a_class_may_have_any_form(hand_in, course, form):
    """A row for each learner, sorted by name, with their own work; stray files are ignored."""
    collected = collect(hand_in(form, CLASS), course)
    assert collected.is_class
    found = read(collected)
    assert list(found) == ["ann", "bob", "cid", "dee", "eve", "fay", "gus", "hal", "ida", "joe"]
    for name, sources in found.items():
        assert sources["affine"].endswith(of(name))
        assert set(sources) == ({"mul_layer", "affine"} if name == "ann" else {"affine"})


CANVAS = {
    "doejane_123_900_affine.py": of("jane's first"),
    "doejane_123_950_affine-1.py": of("jane"),
    "doejane_123_901_mul_layer.py": MUL,
    "roejohn_LATE_124_902_everything.ipynb": notebook(of("john")),
    "poesam_125_903_hand-in.zip": zipped({"exercises/02_affine/affine.py": of("sam")}),
    "typed_126_text.html": "<p>I could not do it",
}


@pytest.mark.parametrize("form", FORMS + WRAPPED_FORMS)
def test_a_canvas_download_is_a_class(hand_in, course, form):
    """Each learner's files are grouped, with the last attempt, lateness and Canvas id."""
    collected = collect(hand_in(form, CANVAS), course)
    assert collected.is_class
    assert [(entry.name, entry.identifier) for entry in collected.entries] == [
        ("doejane_123", "123"),
        ("poesam_125", "125"),
        ("roejohn_124", "124"),
        ("typed_126", "126"),
    ]
    assert read(collected) == {
        "doejane_123": {"affine": of("jane"), "mul_layer": MUL},
        "poesam_125": {"affine": of("sam")},
        "roejohn_124": {"affine": of("john")},
        "typed_126": {},
    }
    jane, _, john, typed = (entry.read() for entry in collected.entries)
    assert told(jane.notes) == ("affine.py is there 2 times; doejane_123_950_affine-1.py counts",)
    assert "handed in late" in told(john.notes)
    assert "found text.html" in str(typed.problem)


def test_a_folder_that_was_handed_in_twice_is_reported_by_name(write, course):
    """The unpacked archives are from Canvas: the last one counts, and is named."""
    files = {"doe_1_11_work/affine.py": of("first"), "doe_1_12_work-1/affine.py": of("last")}
    collected = collect(write({**files, "roe_2_13_affine.py": AFFINE}), course)
    doe = submissions(collected)["doe_1"]
    assert doe.sources["affine"].text == of("last")
    assert told(doe.notes) == ("work is there 2 times; doe_1_12_work-1 counts",)


@pytest.mark.parametrize("form", FORMS)
def test_of_two_uploads_a_stub_does_not_count(hand_in, course, form):
    """The learner uploads the file of the course last, by mistake; that is told."""
    stub = course.named("02_affine").stub.read_text("utf-8")
    files = {"doe_1_11_affine.py": of("first"), "doe_1_12_affine-1.py": stub}
    doe = submissions(collect(hand_in(form, {**files, "roe_2_13_affine.py": AFFINE}), course))
    assert doe["doe_1"].sources["affine"].text == of("first")
    assert told(doe["doe_1"].notes) == (
        "affine.py is there 2 times; doe_1_12_affine-1.py counts",
        "what was uploaded last for affine.py holds no work: what was uploaded before counts",
        "not used: affine.py",
    )


@pytest.mark.parametrize("form", FORMS)
def test_uploads_with_two_names_are_compared_too(hand_in, course, form):
    """Canvas numbers all uploads of a class; the later one counts whatever it is called."""
    files = {"doe_1_12_final.py": of("last"), "doe_1_11_affine.py": of("first")}
    doe = submissions(collect(hand_in(form, {**files, "roe_2_13_affine.py": AFFINE}), course))
    assert doe["doe_1"].sources["affine"].text == of("last")


def test_many_earlier_uploads_do_not_make_a_submission_too_large(write, course):
    """They are only read as long as the budget allows; what counts is read first."""
    large = "#" * (60 << 10)
    files = {f"doe_1_{10 + n}_affine-{n}.py": of(f"v{n}") + large for n in range(1, 40)}
    doe = submissions(collect(write({**files, "roe_2_99_affine.py": AFFINE}), course))["doe_1"]
    assert doe.sources["affine"].text.startswith(of("v39"))


@pytest.mark.parametrize("name", ["{}.py", "{}\x1b[31m.py", "{}" + "x" * 200 + ".py"])
def test_many_files_that_were_handed_in_twice_are_reported_briefly(hand_in, course, name):
    """The notes are limited in number and length, and hold no terminal commands."""
    stem, _, suffix = name.rpartition(".")
    own = [stem.format(number) for number in range(99)]
    files = {f"doe_1_{2 * n}_{one}.{suffix}": "" for n, one in enumerate(own)}
    files |= {f"doe_1_{2 * n + 1}_{one}-1.{suffix}": "" for n, one in enumerate(own)}
    notes = told(submissions(collect(hand_in("zip", files), course))["doe_1"].notes)
    assert len(notes) <= 30
    assert all(note.isprintable() and len(note) < 600 for note in notes)


MOODLE = {
    "Jane Doe_12345_assignsubmission_file/affine.py": of("jane"),
    "Jane Doe_12345_assignsubmission_onlinetext/onlinetext.html": "<p>hi",
    "Zoë O'Neil_9_assignsubmission_file/a/week.ipynb": notebook(of("zoe")),
    "张 伟_77_assignsubmission_file/作业.zip": zipped({"02_affine/affine.py": of("wei")}),
    "None_8_assignsubmission_file/": "",
}


@pytest.mark.parametrize("form", FORMS + WRAPPED_FORMS)
def test_a_moodle_download_is_a_class(hand_in, course, form):
    """Each folder belongs to a learner, whatever its name; an empty one has a row too."""
    collected = collect(hand_in(form, MOODLE), course)
    assert collected.is_class
    assert {entry.name: entry.identifier for entry in collected.entries} == {
        "Jane Doe_12345": "12345",
        "None_8": "8",
        "Zoë O'Neil_9": "9",
        "张 伟_77": "77",
    }
    assert read(collected) == {
        "Jane Doe_12345": {"affine": of("jane")},
        "None_8": {},
        "Zoë O'Neil_9": {"affine": of("zoe")},
        "张 伟_77": {"affine": of("wei")},
    }


def test_a_class_of_one_is_distinguished_from_a_single_submission(write, course):
    """The entries at the top decide."""
    folder = write({"ann/affine.py": AFFINE})
    collected = collect(folder, course)
    assert collected.is_class
    assert read(collected) == {"ann": {"affine": AFFINE}}
    assert not collect(folder / "ann", course).is_class


@pytest.mark.parametrize(
    "files",
    [
        {"ann.py": of("ann"), "bob.py": of("bob")},
        {"ann.ipynb": notebook(of("ann")), "bob.ipynb": notebook(of("bob"))},
        {"ann.ipynb": notebook(of("ann")), "bob.py": of("bob"), "grades.csv": ""},
        {"ann.zip": zipped({"affine.py": of("ann")}), "bob.py": of("bob")},
        {"ann/affine.py": of("ann"), "bob.py": of("bob")},
        {"ann/x.py": of("ann"), "bob.tgz": tarred({"x.py": of("bob")}), "roster.csv": ""},
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_files_that_cannot_belong_to_one_person_are_a_class(hand_in, course, form, files):
    """Two files define the same name, or each entry is a submission by itself."""
    collected = collect(hand_in(form, files), course)
    assert collected.is_class
    assert read(collected) == {"ann": {"affine": of("ann")}, "bob": {"affine": of("bob")}}


@pytest.mark.parametrize("other", ["ann.tgz", "ann.ZIP", "ann.rar", "ann.7z", "ann.tar"])
def test_an_archive_of_any_suffix_next_to_a_file_is_another_persons(write, course, other):
    """The other suffixes are treated like .zip."""
    content = zipped({"mul_layer.py": MUL}) if other.endswith(("tgz", "ZIP")) else b"Rar!"
    collected = collect(write({other: content, "bob.py": AFFINE}), course)
    assert [entry.name for entry in collected.entries] == ["ann", "bob"]


def test_a_learner_with_a_folder_and_an_archive_has_one_row(write, course):
    """Both belong to the same learner."""
    files = {"ann/affine.py": AFFINE, "ann.zip": zipped({"net.py": NET}), "ann.py": MUL}
    found = read(collect(write({**files, "bob/net.py": NET}), course))
    assert found == {"ann": {"affine": AFFINE, "net": NET, "mul_layer": MUL}, "bob": {"net": NET}}


@pytest.mark.parametrize("form", FORMS)
def test_submissions_of_a_class_do_not_get_each_others_files(hand_in, course, form):
    """Files of other learners and loose files of the class are not available."""
    files = {"ann/mul_layer.py": MUL, "bob/week.py": AFFINE, "ann b/net.py": NET, "all.csv": ALL}
    assert read(collect(hand_in(form, files), course)) == {
        "ann": {"mul_layer": MUL},
        "ann b": {"net": NET},
        "bob": {"affine": AFFINE},
    }


def nobody_is_mixed(collected):
    """Return whether no submission has the work of two people."""
    return all(
        not ("ann's" in "".join(sources.values()) and "bob's" in "".join(sources.values()))
        for sources in read(collected).values()
    )


ANN, BOB = MUL.replace("mine", "x = 1  # ann's"), AFFINE.replace("mine", "x = 1  # bob's")


@pytest.mark.parametrize(
    "files",
    [
        {"doe_1_2_mul_layer.py": ANN, "roe_3_4_affine.py": BOB},
        {"A_1_assignsubmission_file/mul_layer.py": ANN, "B_2_assignsubmission_file/affine.py": BOB},
    ],
)
@pytest.mark.parametrize("name", ["submissions.zip", "section 1/submissions.zip"])
def test_a_download_inside_a_class_folder_does_not_become_one_person(write, course, files, name):
    """The download lies in an otherwise empty folder, which is graded."""
    assert nobody_is_mixed(collect(write({name: zipped(files)}), course))


@pytest.mark.parametrize("top", ["submissions", "section 1"])
def test_a_class_one_folder_deeper_does_not_become_one_person(write, course, top):
    """The path is the folder above, or has a folder for each section."""
    files = {f"{top}/ann/mul_layer.py": ANN, f"{top}/bob/affine.py": BOB}
    files |= {f"{top}/{name}/net.py": NET for name in ("ann", "bob")}
    assert nobody_is_mixed(collect(write(files), course))


@pytest.mark.parametrize(
    "stray", ["net/train-images.gz", "exercises/02_affine/README.md", "net.py", "Affine/x.txt"]
)
def test_stray_files_of_the_course_do_not_make_a_class_one_person(write, course, stray):
    """The data, a handout or a template lies next to folders that each hold work."""
    files = {"ann/mul_layer.py": ANN, "bob/affine.py": BOB, "cid/net.py": NET, stray: ""}
    assert nobody_is_mixed(collect(write(files), course))


@pytest.mark.parametrize(
    "name",
    [
        *("=cmd()|' C calc'!A0", "a\nb", 'say "hi"', "x\u202eyp.", "\x1b[31mred", "a\rb", "<b>"),
        *("+1", "@x", "-1", " ", "é", "e\u0301", "%s{}", "x" * 200, "CON", "a,b;c", "~", "*"),
    ],
    ids=ascii,
)
def test_a_strange_name_is_the_name_of_a_row(write, course, name):
    """It is kept as it is; the code that shows it escapes it."""
    files = {f"{name}/affine.py": AFFINE, "bob/affine.py": AFFINE}
    try:
        folder = write(files)
    except OSError:
        pytest.skip("this machine does not have such names")
    collected = collect(folder, course)
    assert {entry.name for entry in collected.entries} == {name, "bob"}
    assert read(collected)[name] == {"affine": AFFINE}


@pytest.mark.skipif(os.name != "posix", reason="names are text there")
def test_a_name_that_cannot_be_decoded_is_a_row_too(write, course):
    """It comes from another system's encoding, and can still be written to a report."""
    folder = write({"bob/affine.py": AFFINE})
    path = os.path.join(os.fsencode(folder), b"ann\xff")
    try:
        os.mkdir(path)
    except OSError:
        pytest.skip("this disk does not have such names")
    shutil.copy(folder / "bob" / "affine.py", os.path.join(path, b"\xfe.py"))
    ann = submissions(collect(folder, course))["ann\udcff"]
    assert ann.sources["affine"].text == AFFINE
    assert ann.hash
    "".join(told(ann.notes)).encode()


def test_the_same_work_is_the_same_submission_wherever_it_lies(hand_in, course):
    """Sources, notes and hash do not depend on the folder, archive or machine."""
    work = {"02_affine/affine.py": AFFINE, "net (1).py": NET, "README.md": "hi"}
    files = {**{f"ann/{name}": text for name, text in work.items()}, "bob/net.py": NET}
    found = [submissions(collect(hand_in(form, files), course)) for form in FORMS]
    assert found[0] == found[1] == found[2]
    assert len({one["ann"].hash for one in found}) == 1
    assert told(found[0]["ann"].notes) == ("net (1).py is taken for net.py",)


def test_the_order_in_which_a_disk_lists_files_does_not_matter(write, course, monkeypatch):
    """Entries, their order and their notes stay the same."""
    folder = write({**CLASS, **{f"kim/{number}.py": ALL for number in range(9)}})
    expected = submissions(collect(folder, course))
    scandir = os.scandir

    class Backwards:
        def __init__(self, path):
            with scandir(path) as found:
                self.found = sorted(found, key=lambda child: child.name, reverse=True)

        def __iter__(self):
            return iter(self.found)

        __enter__ = __iter__

        def __exit__(self, *error):
            pass

    monkeypatch.setattr(os, "scandir", Backwards)
    found = submissions(collect(folder, course))
    assert list(found) == list(expected)
    assert found == expected


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["ann.py", "Ann.ipynb"])
def test_a_folder_may_be_named_like_a_file(hand_in, course, form, name):
    """It is a row like any other."""
    files = {f"{name}/affine.py": of("ann"), "bob/affine.py": of("bob")}
    found = read(collect(hand_in(form, files), course))
    assert list(found.values()) == [{"affine": of("ann")}, {"affine": of("bob")}]


# Rows that have only a reason


def test_an_empty_or_unreadable_submission_is_a_row_with_the_reason(write, course):
    """One unreadable submission never stops a class."""
    files = {
        "empty/": "",
        "paper/report.pdf": b"%PDF",
        "rar.zip": b"Rar!\x1a\x07",
        "cut.zip": zipped({"affine.py": ALL})[:50],
        "none.tar.gz": b"",
        "seven.7z": b"7z\xbc\xaf",
        "book.ipynb": "{",
        "gbk.py": b"class Affine: # \xb7\xb4\n",
        "out.zip": zipped({"../../affine.py": ALL}),
        "twice.zip": zipped({"affine.py": ALL, "AFFINE.py": ALL}),
        "fine/affine.py": AFFINE,
    }
    found = submissions(collect(write(files), course))
    assert list(found) == sorted(name.split("/")[0].split(".")[0] for name in files)
    assert str(found["fine"].problem) == ""
    assert str(found["empty"].problem) == "nothing was handed in"
    expected = {
        "paper": "report.pdf",
        "rar": "rar.zip is a .rar: pack your files as a .zip or a .tar.gz",
        "cut": "cut.zip ",
        "none": "none.tar.gz is empty",
        "seven": "seven.7z",
        "book": "book.ipynb",
        "gbk": "gbk.py",
        "out": "leads out of the archive",
        "twice": "have conflicting names",
    }
    for name, part in expected.items():
        assert found[name].sources == {}
        assert part in str(found[name].problem)
        assert "expected mul_layer.py, affine.py, net.py" in str(found[name].problem)


@pytest.mark.parametrize("form", FORMS)
def test_a_submission_with_too_many_files_is_a_row_with_the_reason(hand_in, course, form):
    """At the limit it is judged; the others are judged in any case."""
    files = {f"ann/{number}.txt": "" for number in range(5)}
    files |= {f"bob/{number}.txt": "" for number in range(4)}
    files |= {"ann/affine.py": AFFINE, "bob/affine.py": AFFINE}
    found = submissions(collect(hand_in(form, files), course, Limits(files=5)))
    assert str(found["bob"].problem) == ""
    assert found["ann"].sources == {}
    assert re.search(r"more than 5 files|where 5 are allowed", str(found["ann"].problem))


@pytest.mark.parametrize("form", FORMS)
def test_a_source_that_is_too_large_is_a_problem_of_that_file(hand_in, course, form):
    """The folder or archive around it does not matter."""
    files = {"ann/affine.py": "#" * 2000, "ann/net.py": NET, "bob/net.py": NET}
    ann = submissions(collect(hand_in(form, files), course, Limits(source_kib=1)))["ann"]
    assert ann.sources["net"].text == NET
    assert "affine.py has more than 1,024 bytes" in str(ann.sources["affine"].problem)


def test_the_limits_of_the_course_are_the_default(write, course):
    """They are set in its pyproject.toml."""
    strict = Course(course.root, course.exercises, Limits(files=1))
    files = {"ann/affine.py": AFFINE, "ann/net.py": NET, "bob/net.py": NET}
    found = submissions(collect(write(files), strict))
    assert str(found["ann"].problem).startswith("ann has more than 1 files")
    assert str(found["bob"].problem) == ""


def test_a_huge_sparse_file_is_not_read(write, course):
    """Sparse files of 100 MiB take no disk space, and must not take memory."""
    folder = write({"bob/net.py": NET})
    (folder / "ann").mkdir()
    for name in ("ann/affine.py", "ann/net.ipynb", "ann/x.zip", "cid.py", "dee.zip"):
        with open(folder / name, "wb") as file:
            file.truncate(100 << 20)
    tracemalloc.start()
    try:
        limits = Limits(notebook_mib=1, unpacked_mib=1)
        found = submissions(collect(folder, course, limits))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20
    assert str(found["ann"].sources["affine"].problem).startswith("affine.py has more than 65,536")
    assert "dee.zip has more than 1,048,576 bytes" in str(found["dee"].problem)
    assert str(found["bob"].problem) == ""


def test_one_persons_tar_gz_may_not_unpack_to_more_than_is_allowed(write, course):
    """`grader grade ann.tar.gz` has the same limit as ann's archive in a class."""
    path = write({"ann.tar.gz": tarred({"affine.py": AFFINE, "x.py": bytes(9 << 20)})})
    (entry,) = collect(path / "ann.tar.gz", course, Limits(unpacked_mib=1)).entries
    assert "more than 1,048,576 bytes unpacked" in str(entry.read().problem)


@pytest.mark.parametrize("victim", ["ann/affine.py", "ann", "cid.zip", "dee.py"])
def test_a_submission_that_vanishes_before_reading_is_a_row_with_the_reason(write, course, victim):
    """Deleting files during grading does not stop it."""
    files = {"ann/affine.py": AFFINE, "cid.zip": zipped({"affine.py": AFFINE}), "dee.py": AFFINE}
    folder = write({**files, "bob/net.py": NET})
    collected = collect(folder, course)
    path = folder / victim
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    found = submissions(collected)
    name = victim.split("/")[0].split(".")[0]
    assert str(found[name].problem)
    assert not any(source.text for source in found[name].sources.values())
    assert found["bob"].sources["net"].text == NET


def test_a_file_that_becomes_a_link_before_it_is_read_is_not_followed(write, course):
    """The type of a file is checked again when it is read."""
    folder = write({"ann/affine.py": AFFINE, "bob/net.py": NET})
    collected = collect(folder, course)
    (folder / "ann" / "affine.py").unlink()
    link(folder / "ann" / "affine.py", course.named("affine").solution)
    ann = submissions(collected)["ann"]
    assert not any("secret" in source.text for source in ann.sources.values())


def test_submissions_are_read_when_they_are_asked_for(write, course):
    """A class is never in memory as a whole; reading twice gives the same result."""
    folder = write({"ann/affine.py": AFFINE, "bob/net.py": NET})
    collected = collect(folder, course)
    (folder / "ann" / "affine.py").write_text("later = 1", "utf-8")
    assert read(collected)["ann"] == {"affine": "later = 1"}
    assert submissions(collected) == submissions(collected)


@pytest.mark.parametrize("fault", ["ann/A.txt", "ann/../../x", "ann/" + "x" * 600])
@pytest.mark.parametrize("form", FORMS[1:])
def test_one_bad_member_does_not_stop_a_class_that_is_an_archive(hand_in, course, form, fault):
    """Moodle packs what learners upload: conflicts like a.txt and A.txt affect only ann."""
    files = {"ann/a.txt": "", fault: "", "ann/affine.py": AFFINE, "bob/affine.py": AFFINE}
    found = submissions(collect(hand_in(form, files), course))
    assert str(found["bob"].problem) == ""
    assert found["bob"].sources["affine"].text == AFFINE


@pytest.mark.parametrize("form", FORMS)
def test_a_submission_knows_what_it_is_called_in_the_class(hand_in, course, form):
    """Platforms take feedback back under these names: folders, files, and several uploads."""
    files = {
        "doejane_1_20_affine.py": AFFINE,
        "doejane_1_21_net.py": NET,
        "Jo Roe_3_assignsubmission_file_/affine.py": AFFINE,
        "Jo Roe_3_assignsubmission_file_/sub/net.py": NET,
    }
    uploads = {one.name: one.uploads for one in collect(hand_in(form, files), course).entries}
    assert uploads == {
        "doejane_1": ("doejane_1_20_affine.py", "doejane_1_21_net.py"),
        "Jo Roe_3": ("Jo Roe_3_assignsubmission_file_",),
    }


# Links, pipes, devices


@pytest.mark.parametrize("place", ["affine.py", "02_affine", "work", "x.zip", "work.ipynb"])
def test_a_link_to_a_file_outside_a_submission_is_not_followed(write, course, place):
    """A link to the reference is reported, and the reference is not read."""
    folder = write({"ann/net.py": NET, "bob/net.py": NET})
    solution = course.named("affine").solution
    link(folder / "ann" / place, solution if "." in place else solution.parent)
    for ann in (
        submissions(collect(folder, course))["ann"],
        only_one(collect(folder / "ann", course)),
    ):
        assert set(ann.sources) == {"net"}
        assert told(ann.notes) == (
            f"{place} is a link, which is not followed: hand in the file itself",
        )


@pytest.mark.parametrize(
    "name", ["ann", "ann.zip", "doe_1_2_affine.py", "A_1_assignsubmission_file"]
)
def test_a_link_in_a_class_is_a_row_with_the_reason(write, course, name):
    """A link does not give access to another learner's work, and no learner is lost."""
    folder = write({"bob/affine.py": AFFINE, "cid/affine.py": AFFINE, "dee/affine.py": AFFINE})
    link(folder / name, folder / "bob")
    found = submissions(collect(folder, course))
    assert len(found) == 4
    [linked] = [one for row, one in found.items() if row not in ("bob", "cid", "dee")]
    assert linked.sources == {}
    assert "is a link, which is not followed" in str(linked.problem)


@pytest.mark.parametrize(("name", "row"), [("ann.py", "ann"), ("grades.csv", None), ("x.md", None)])
def test_a_link_has_the_row_that_a_file_would_have(write, course, name, row):
    """A link that is a stray file belongs to no learner; ann.py belongs to ann."""
    folder = write({"bob/affine.py": AFFINE})
    link(folder / name, folder / "bob" / "affine.py")
    found = submissions(collect(folder, course))
    assert set(found) == {"bob", row} - {None}


@pytest.mark.parametrize("form", FORMS)
def test_a_class_may_be_named_by_a_link(hand_in, course, tmp_path, form):
    """Seen with `latest -> 2026/week-3` and `class.zip -> Downloads/submissions (1).zip`."""
    path = hand_in(form, {"ann/affine.py": AFFINE, "bob/affine.py": AFFINE})
    link(tmp_path / "latest", path)
    assert read(collect(tmp_path / "latest", course)) == read(collect(path, course))
    assert collect(tmp_path / "latest", course).is_class


def test_a_link_to_one_submission_is_followed_where_it_is_said_to_be_a_class(write, course):
    """`grader grade latest --class`, in a week in which one learner handed in."""
    folder = write({"ann/affine.py": AFFINE})
    link(folder.parent / "latest", folder)
    (entry,) = collect(folder.parent / "latest", course, is_class=True).entries
    assert entry.name == "ann"


@pytest.mark.parametrize("name", ["ann", "affine.py", "ann.zip", "work.ipynb", "x"])
def test_a_path_that_is_a_link_is_refused(write, course, name):
    """It could lead to another learner's work."""
    folder = write({"real/affine.py": AFFINE, "real.zip": zipped({"affine.py": AFFINE})})
    link(folder / name, folder / ("real.zip" if "." in name else "real"))
    with pytest.raises(SubmissionError, match="is a link, which is not followed"):
        collect(folder / name, course)


@pytest.mark.parametrize("linked", ["01_mul_layer", "02_affine"])
def test_a_linked_folder_next_to_one_exercise_is_not_read(write, course, linked):
    """In `grader grade class/ann/02_affine`, ann has linked a folder to the reference."""
    folder = write({"02_affine/affine.py": AFFINE})
    if linked == "02_affine":
        shutil.rmtree(folder / linked)
    link(folder / linked, course.root / "solutions" / linked)
    try:
        collected = collect(folder / "02_affine", course)
    except SubmissionError:
        return
    assert not any(
        "secret" in text for sources in read(collected).values() for text in sources.values()
    )


@needs_pipes
def test_a_pipe_does_not_block(write, course):
    """It may be in a submission or in a class."""
    folder = write({"ann/net.py": NET, "bob/net.py": NET, "cid/02_affine/": ""})
    for name in ("ann/affine.py", "ann/x.zip", "cid/02_affine/affine.py", "dee", "eve.zip"):
        os.mkfifo(folder / name)
    found = submissions(collect(folder, course))
    assert set(found["ann"].sources) == {"net"}
    assert "affine.py is a pipe, which is not read: hand in a file" in tuple(
        map(str, told(found["ann"].notes))
    )
    for name in ("cid", "dee"):
        assert "is a pipe, which is not read" in str(found[name].problem)
    assert told(only_one(collect(folder / "ann", course)).notes) == tuple(
        map(str, told(found["ann"].notes))
    )


@needs_pipes
@pytest.mark.timeout(0.5)
@pytest.mark.parametrize("name", ["ann.zip", "affine.py"])
def test_a_path_that_is_a_pipe_is_refused(write, course, name):
    """Reading a pipe could block forever, and reading /dev/zero would never end."""
    folder = write({})
    os.mkfifo(folder / name)
    with pytest.raises(SubmissionError, match="is a pipe, which is not read"):
        collect(folder / name, course)


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="needs devices")
def test_a_path_that_is_a_device_is_refused(course):
    """The message says that it is a device."""
    with pytest.raises(SubmissionError, match="is a device, which is not read"):
        collect(Path("/dev/null"), course)


# Nothing to grade


def test_a_path_that_does_not_exist_is_reported(course, tmp_path):
    """The message names it."""
    with pytest.raises(SubmissionError, match=r"missing: there is no such file or folder"):
        collect(tmp_path / "missing", course)


def test_a_path_that_cannot_exist_is_reported(course, tmp_path):
    """Its name is too long, like a shell pattern that matched nothing."""
    with pytest.raises(SubmissionError):
        collect(tmp_path / ("x" * 300), course)


@pytest.mark.parametrize(
    "files", [{}, {"notes.txt": ""}, {".git/config": ""}, {"__MACOSX/._a": ""}, {"grades.csv": ""}]
)
@pytest.mark.parametrize("form", FORMS)
def test_a_class_with_nothing_to_grade_is_reported_with_the_expected_form(
    hand_in, course, form, files
):
    """The message describes what a submission and a class look like."""
    path = hand_in(form, files)
    with pytest.raises(SubmissionError) as caught:
        collect(path, course)
    message = str(caught.value)
    assert message.startswith(f"{path}: nothing to grade. Expected a submission")
    for part in ("01_mul_layer", "mul_layer.py", "or a class"):
        assert part in message


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("class.rar", b"Rar!\x1a", "class.rar is a .rar: pack your files as a .zip or a .tar.gz"),
        ("class.zip", b"", "class.zip is empty"),
        ("class.zip", zipped(CLASS)[:-30], "class.zip is broken or cut short"),
        ("class.tar.gz", tarred(CLASS)[:-30], "class.tar.gz is broken or cut short"),
        ("class.csv", b"a,b", "class.csv is neither a .zip nor a .tar.gz"),
    ],
)
def test_a_file_that_is_not_a_class_is_reported(write, course, name, content, expected):
    """The message has its name, what was found, and what to do."""
    path = write({name: content}) / name
    with pytest.raises(SubmissionError) as caught:
        collect(path, course)
    assert str(caught.value).startswith(f"{path}: ")
    assert expected in str(caught.value)


@pytest.fixture
def as_nobody(request):
    """Return a folder owned by an unprivileged user."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs users")
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    yield folder
    if is_root:
        os.seteuid(0)
    for path in (folder, *folder.rglob("*")):
        path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder)


def test_unreadable_work_is_a_row_with_the_reason(as_nobody, course):
    """A file, folder or archive has no read permission, which is the grader's own trouble."""
    for name in ("ann", "bob", "cid"):
        (as_nobody / name).mkdir()
        (as_nobody / name / "affine.py").write_text(AFFINE, "utf-8")
    (as_nobody / "dee.zip").write_bytes(zipped({"affine.py": AFFINE}))
    (as_nobody / "ann" / "affine.py").chmod(0)
    for name in ("bob", "dee.zip"):
        (as_nobody / name).chmod(0)
    sources = submissions_with_public_course(as_nobody, course)
    assert str(sources["ann"].problem) == "affine.py cannot be read: Permission denied"
    assert str(sources["bob"].problem) == "bob cannot be read: Permission denied"
    assert [sources[name].fault for name in ("ann", "bob", "dee")] == ["grader"] * 3
    assert "dee.zip cannot be read: Permission denied" in str(sources["dee"].problem)
    assert sources["cid"].sources["affine"].text == AFFINE


def damaged(archive, name):
    """The archive with one byte of a member changed, so that its checksum is wrong."""
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        info = file.getinfo(name)
    place = info.header_offset + 30 + len(name) + info.compress_size // 2
    return archive[:place] + bytes([archive[place] ^ 0xFF]) + archive[place + 1 :]


def test_damage_in_the_archive_of_a_class_is_not_the_learners(write, course):
    """In a learner's own archive it is.

    Seen: a member of Canvas's download was damaged, and the learner's 8 became 0 in Canvas.
    """
    files = {"ann/affine.py": AFFINE, "bob/affine.py": AFFINE}
    own = damaged(zipped({"affine.py": AFFINE}), "affine.py")
    archive = damaged(zipped({**files, "cid/hw.zip": own}), "bob/affine.py")
    found = submissions(collect(write({"class.zip": archive}) / "class.zip", course))
    assert found["ann"].problem == ""
    assert found["bob"].fault == "grader"
    assert "damaged in the archive of the class" in str(found["bob"].problem)
    assert found["cid"].fault == "nothing"
    assert "broken or cut short" in str(found["cid"].sources["affine"].problem)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="Path.is_file no longer raises there")
@pytest.mark.parametrize("place", ["02_affine", "02_affine/affine.py"])
def test_a_forbidden_path_is_reported(as_nobody, course, place):
    """The message has its name, and there is no traceback."""
    (as_nobody / "02_affine").mkdir()
    (as_nobody / "02_affine" / "affine.py").write_text(AFFINE, "utf-8")
    (as_nobody / "02_affine").chmod(0)
    with pytest.raises(SubmissionError, match="02_affine"):
        collect(as_nobody / place, course)


def submissions_with_public_course(path, course):
    """Return submissions, and a course that every user may read."""
    root = path.parent / f"{path.name} course"
    raised = os.geteuid() != os.getuid()
    if raised:
        os.seteuid(0)
    try:
        shutil.copytree(course.root, root)
        os.chmod(root, 0o755)
    finally:
        if raised:
            os.seteuid(65534)
    try:
        exercises = tuple(Exercise(root, name) for name in NAMES)
        return submissions(collect(path, Course(root, exercises)))
    finally:
        if raised:
            os.seteuid(0)
        shutil.rmtree(root)
        if raised:
            os.seteuid(65534)


# Random trees

PARTS = st.one_of(
    st.sampled_from(
        [
            *("ann", "ann.py", "ann.zip", "affine.py", "02_affine", "exercises", "solutions"),
            *("a_1_2_affine.py", "b_LATE_1_3_net-1.py", "C_9_assignsubmission_file", "grades.csv"),
            *("__MACOSX", ".git", "..", ".", "", "a\\b.py", "x.tar.gz", "\ud800.py", "net.ipynb"),
        ]
    ),
    st.text(string.printable + "é乘\u202e", max_size=6),
)
FILES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([ALL.encode(), MUL.encode(), notebook(ALL).encode(), zipped({"a.py": ALL})]),
)
TREES = st.dictionaries(st.lists(PARTS, min_size=1, max_size=3).map("/".join), FILES, max_size=6)


def has_a_folder_like_a_file(files):
    """Return whether the fault of the test above is present; to be removed with its mark."""
    return any(re.search(r"\.(py|ipynb)[/\\]", name, re.IGNORECASE) for name in files)


def check_anything(path, course):
    """Read everything at a path, or get the reason why it cannot be read."""
    try:
        collected = collect(path, course, Limits(files=4))
    except SubmissionError:
        return
    assert collected.entries
    assert collected.is_class or len(collected.entries) == 1
    assert len({entry.name for entry in collected.entries}) == len(collected.entries)
    for name, sources in read(collected).items():
        assert name
        assert "secret" not in "".join(sources.values())
    for submission in submissions(collected).values():
        assert bool(str(submission.problem)) != bool(submission.sources)
        for said in (*told(submission.notes), str(submission.problem)):
            assert len(said) < 3000


@settings(max_examples=100)
@given(TREES)
def test_any_folder_is_collected_or_refused_with_a_reason(course, files):
    """The only exception is `SubmissionError`, and every entry is a submission."""
    assume(not has_a_folder_like_a_file(files))
    with tempfile.TemporaryDirectory() as top:
        for name, content in files.items():
            try:
                path = Path(top, "class", *(part for part in name.split("/") if part != ".."))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except (OSError, ValueError):
                continue
        check_anything(Path(top, "class"), course)


@settings(max_examples=100)
@given(TREES, st.sampled_from([zipped, tarred]), st.integers(0, 9))
def test_any_archive_is_collected_or_refused_with_a_reason(course, files, pack, cut):
    """An archive, which may be truncated, gives the same results."""
    files = {name.encode("utf-8", "replace").decode(): content for name, content in files.items()}
    assume(not has_a_folder_like_a_file(files))
    files.pop("", None)  # no archive can contain it
    with tempfile.TemporaryDirectory() as top:
        path = Path(top, "class.zip")
        content = pack(files)
        path.write_bytes(content[: len(content) - 20 * max(0, cut - 7)])
        check_anything(path, course)


@settings(max_examples=40)
@given(st.binary(max_size=60), st.sampled_from(["a.zip", "a.py", "a.ipynb", "affine.py", "a"]))
def test_any_file_is_collected_or_refused_with_a_reason(course, content, name):
    """A single file gives the same results."""
    with tempfile.TemporaryDirectory() as top:
        Path(top, name).write_bytes(content)
        try:
            collected = collect(Path(top, name), course)
        except SubmissionError:
            return
        assert only_one(collected).sources.keys() <= MODULES
