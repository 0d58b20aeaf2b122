"""Finds and reads what was handed in: every layout, every encoding, every message."""

import os
from dataclasses import astuple

import pytest

from grader.course import Course, Exercise
from grader.submission import Submission, SubmissionError, collect, read_source, read_tree
from grader.wire import MAX_HEADER, encode

NAMES = ("01_mul_layer", "02_affine", "03_net")


@pytest.fixture
def course(tmp_path):
    """A course with three exercises."""
    root = tmp_path / "course"
    root.mkdir()
    listed = ", ".join(f'"{name}"' for name in NAMES)
    (root / "pyproject.toml").write_text(f"[tool.kata]\nexercises = [{listed}]\n", "utf-8")
    return Course(root, tuple(Exercise(root, name) for name in NAMES))


@pytest.fixture
def handed_in(tmp_path):
    """Writes files into a folder beside the course, and answers with that folder."""

    def write(**files):
        folder = tmp_path / "handed in"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return write


def texts(submission):
    """The code of a submission's modules."""
    return {module: source.text for module, source in submission.sources.items()}


def names(exercises):
    """The names of exercises."""
    return tuple(exercise.name for exercise in exercises)


# One submission


def test_a_folder_laid_out_like_the_course_is_one_submission(course, handed_in):
    """Each exercise is found in its folder; the name is that of the submission's folder."""
    folder = handed_in(**{"01_mul_layer/mul_layer.py": "a = 1\n", "02_affine/affine.py": "b = 2\n"})
    [submission] = collect(folder, course)
    assert isinstance(submission, Submission)
    assert submission.name == "handed in"
    assert texts(submission) == {"mul_layer": "a = 1\n", "affine": "b = 2\n"}
    assert names(submission.exercises) == NAMES


def test_files_loose_in_a_folder_are_one_submission(course, handed_in):
    """The files alone will do."""
    [submission] = collect(handed_in(**{"affine.py": "b = 2\n", "net.py": "c = 3\n"}), course)
    assert submission.name == "handed in"
    assert texts(submission) == {"affine": "b = 2\n", "net": "c = 3\n"}
    assert names(submission.exercises) == NAMES


def test_a_file_in_its_folder_comes_before_a_loose_one(course, handed_in):
    """Where both lie, the layout of the course decides."""
    folder = handed_in(**{"affine.py": "loose = 1\n", "02_affine/affine.py": "placed = 1\n"})
    [submission] = collect(folder, course)
    assert texts(submission) == {"affine": "placed = 1\n"}


def test_an_exercise_folder_without_its_file_makes_a_submission_too(course, handed_in):
    """Then nothing was written, which is for the specs to say."""
    [submission] = collect(handed_in(**{"02_affine/notes.txt": "later"}), course)
    assert submission.name == "handed in"
    assert submission.sources == {}
    assert names(submission.exercises) == NAMES


@pytest.mark.parametrize("place", ["02_affine", "02_affine/affine.py"])
def test_one_exercise_is_judged_alone_with_the_others_at_hand(course, handed_in, place):
    """Its folder or file chooses what is judged; what it builds on is read beside it."""
    folder = handed_in(**{"01_mul_layer/mul_layer.py": "a = 1\n", "02_affine/affine.py": "b = 2\n"})
    [submission] = collect(folder / place, course)
    assert submission.name == "handed in"
    assert texts(submission) == {"mul_layer": "a = 1\n", "affine": "b = 2\n"}
    assert names(submission.exercises) == ("02_affine",)


def test_one_loose_file_is_judged_alone(course, handed_in):
    """The name is that of the folder around it."""
    folder = handed_in(**{"affine.py": "b = 2\n", "mul_layer.py": "a = 1\n"})
    [submission] = collect(folder / "affine.py", course)
    assert submission.name == "handed in"
    assert texts(submission) == {"affine": "b = 2\n", "mul_layer": "a = 1\n"}
    assert names(submission.exercises) == ("02_affine",)


def test_what_was_brought_beside_the_modules_is_not_there(course, handed_in):
    """conftest.py, numpy.py, sitecustomize.py, .pth files and strangers are left behind."""
    others = ["conftest.py", "numpy.py", "sitecustomize.py", "a.pth", "pytest.ini", "solved.py"]
    folder = handed_in(**{"affine.py": "b = 2\n"}, **dict.fromkeys(others, "x"))
    [submission] = collect(folder, course)
    assert list(submission.sources) == ["affine"]


def test_nothing_of_a_submission_is_run(course, handed_in):
    """Collecting reads: a module that would write a file has not written it."""
    text = "import pathlib\npathlib.Path(__file__).with_name('ran').touch()\n"
    folder = handed_in(**{"affine.py": text})
    collect(folder, course)
    assert sorted(path.name for path in folder.iterdir()) == ["affine.py"]


def test_the_names_in_tracebacks_do_not_tell_where_a_submission_lies(course, handed_in, tmp_path):
    """A verdict must not depend on the folder, or on the layout that was chosen."""
    placed = collect(handed_in(**{"02_affine/affine.py": "b = 2\n"}), course)[0]
    loose_folder = tmp_path / "elsewhere"
    loose_folder.mkdir()
    (loose_folder / "affine.py").write_text("b = 2\n", "utf-8")
    loose = collect(loose_folder, course)[0]
    assert placed.sources == loose.sources
    assert str(tmp_path) not in placed.sources["affine"].filename


# A class


def test_a_folder_of_submissions_is_a_class_sorted_by_name(course, handed_in):
    """Each folder is one row, whatever its layout; files, hidden and cache folders are none."""
    folder = handed_in(
        **{
            "zoe/02_affine/affine.py": "z = 1\n",
            "ann/affine.py": "a = 1\n",
            "bob/empty.txt": "",
            ".git/affine.py": "",
            "__pycache__/affine.py": "",
            "grades.csv": "",
        }
    )
    submissions = collect(folder, course)
    assert [submission.name for submission in submissions] == ["ann", "bob", "zoe"]
    assert [texts(s) for s in submissions] == [{"affine": "a = 1\n"}, {}, {"affine": "z = 1\n"}]
    assert {names(submission.exercises) for submission in submissions} == {NAMES}


def test_one_of_a_class_is_told_from_one_by_itself(course, handed_in):
    """A class of one is a class."""
    folder = handed_in(**{"ann/affine.py": "a = 1\n"})
    assert [submission.is_of_class for submission in collect(folder, course)] == [True]
    assert [submission.is_of_class for submission in collect(folder / "ann", course)] == [False]


def test_submissions_of_a_class_do_not_get_each_others_files(course, handed_in):
    """What one handed in is not there for the next."""
    folder = handed_in(**{"ann/mul_layer.py": "a = 1\n", "bob/affine.py": "b = 1\n"})
    ann, bob = collect(folder, course)
    assert set(ann.sources) == {"mul_layer"}
    assert set(bob.sources) == {"affine"}


def test_a_relative_path_has_a_name_too(course, handed_in, monkeypatch):
    """``grader grade .`` knows what the folder is called."""
    monkeypatch.chdir(handed_in(**{"affine.py": "b = 2\n"}))
    [submission] = collect(type(course.root)("."), course)
    assert submission.name == "handed in"


# Only one exercise


def test_only_one_exercise_of_each_submission_can_be_chosen(course, handed_in):
    """The other modules are read all the same, to be built on."""
    folder = handed_in(**{"ann/affine.py": "", "ann/net.py": "", "bob/net.py": ""})
    submissions = collect(folder, course, only=course.named("net"))
    assert [names(submission.exercises) for submission in submissions] == [("03_net",)] * 2
    assert set(submissions[0].sources) == {"affine", "net"}


def test_choosing_the_exercise_that_was_named_anyway_is_no_contradiction(course, handed_in):
    """A path to an exercise, and the same exercise chosen."""
    path = handed_in(**{"affine.py": ""}) / "affine.py"
    [submission] = collect(path, course, only=course.named("affine"))
    assert names(submission.exercises) == ("02_affine",)


def test_choosing_another_exercise_than_was_named_is_told(course, handed_in):
    """The message names the path, what it is, and what was asked for."""
    path = handed_in(**{"affine.py": ""}) / "affine.py"
    with pytest.raises(SubmissionError, match=r"affine\.py is 02_affine, not 03_net"):
        collect(path, course, only=course.named("net"))


# Nothing to grade


def test_a_path_that_does_not_exist_is_told(course, tmp_path):
    """The message names it."""
    with pytest.raises(SubmissionError, match=r"missing: there is no such file or folder"):
        collect(tmp_path / "missing", course)


def test_a_file_that_is_no_exercises_is_told_with_those_that_are(course, handed_in):
    """The message names the file and what was expected."""
    path = handed_in(**{"afine.py": ""}) / "afine.py"
    with pytest.raises(SubmissionError) as caught:
        collect(path, course)
    assert "afine.py is no exercise's file" in str(caught.value)
    assert "mul_layer.py, affine.py, net.py" in str(caught.value)


@pytest.mark.parametrize("files", [{}, {"notes.txt": ""}, {".git/config": ""}])
def test_a_folder_with_nothing_to_grade_is_told_with_what_was_expected(course, handed_in, files):
    """The message says how a submission and a class look."""
    folder = handed_in(**files)
    with pytest.raises(SubmissionError) as caught:
        collect(folder, course)
    message = str(caught.value)
    assert str(folder) in message
    assert "nothing to grade" in message
    assert "01_mul_layer" in message
    assert "mul_layer.py" in message
    assert "a class" in message


# Files from many machines

CHINESE = "# 反向传播\nname = '乘法'\n"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a = 1\n", "a = 1\n"),
        (b"\xef\xbb\xbfa = 1\n", "a = 1\n"),
        (b"a = 1\r\nb = 2\r\n", "a = 1\nb = 2\n"),
        (b"\xef\xbb\xbfa = 1\r\n", "a = 1\n"),
        (b"a = 1\rb = 2", "a = 1\nb = 2"),
        (CHINESE.encode(), CHINESE),
        (("# coding: gbk\n" + CHINESE).encode("gbk"), "# coding: gbk\n" + CHINESE),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"", ""),
    ],
)
def test_sources_from_any_machine_are_read(handed_in, content, text):
    """BOM, CRLF, old line ends, and encodings that a cookie declares are no problem."""
    source = read_source(handed_in(**{"affine.py": content}) / "affine.py")
    assert source.problem == ""
    assert source.text == text
    compile(source.text, "affine.py", "exec")


@pytest.mark.parametrize("lines_before", [0, 1, 5])
def test_a_file_in_gbk_is_told_with_its_encoding(handed_in, lines_before):
    """The message names the file, the encoding it seems to have, and what to do."""
    content = b"a = 1\n" * lines_before + CHINESE.encode("gbk")
    source = read_source(handed_in(**{"affine.py": content}) / "affine.py")
    assert source.text == ""
    assert "affine.py is not encoded in UTF-8" in source.problem
    assert "looks like GBK" in source.problem
    assert "Save it as UTF-8" in source.problem


def test_an_undecodable_byte_is_told_with_its_line(handed_in):
    """Where nothing is known of the encoding, the message says what was found and where."""
    content = b"a = 1\nb = 2\nc = 3\n# caf\xe9 \n"
    source = read_source(handed_in(**{"affine.py": content}) / "affine.py")
    assert "byte 0xe9 in line 4" in source.problem
    assert "GBK" not in source.problem


def test_an_undecodable_byte_behind_a_bom_is_told_with_its_line(handed_in):
    """The BOM does not shift what is told."""
    content = b"\xef\xbb\xbfa = 1\nb = 2\n\xe9 \n"
    source = read_source(handed_in(**{"affine.py": content}) / "affine.py")
    assert "byte 0xe9 in line 3" in source.problem


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_file_in_wide_characters_is_a_problem_not_an_accident(handed_in, encoding):
    """What an old Windows editor calls Unicode is told to be saved as UTF-8."""
    source = read_source(handed_in(**{"affine.py": "a = 1\n".encode(encoding)}) / "affine.py")
    assert "affine.py is not encoded in UTF-8" in source.problem


@pytest.mark.parametrize(
    "cookie", ["no-such", "rot13", "hex", "zlib", "undefined", "punycode", "idna", "utf-16", "mbcs"]
)
def test_a_cookie_for_a_strange_encoding_is_a_problem_not_an_accident(handed_in, cookie):
    """One learner's cookie cannot stop the grading of a class."""
    content = f"# coding: {cookie}\nx = '\xe9..'\n".encode()
    source = read_source(handed_in(**{"affine.py": content}) / "affine.py")
    assert "affine.py" in source.problem or source.text


@pytest.mark.parametrize("content", [b"\xff", b"\x81\r\n", b"# coding: ascii\n\xe9", b"\xef\xbb"])
def test_no_bytes_stop_the_reading(handed_in, content):
    """Undecodable files of all sorts have a problem, and no text."""
    source = read_source(handed_in(**{"affine.py": content}) / "affine.py")
    assert source.text == ""
    assert "affine.py" in source.problem


def test_nul_bytes_are_read_without_an_accident(course, handed_in):
    """A file of NUL bytes, as an aborted copy leaves it, is read; importing it will fail."""
    [submission] = collect(handed_in(**{"affine.py": bytes(64), "net.py": "c = 3\n"}), course)
    assert set(submission.sources) == {"affine", "net"}


def test_a_file_that_cannot_be_read_is_a_problem_not_an_accident(tmp_path):
    """The message names the file and the reason."""
    folder = tmp_path / "affine.py"
    folder.mkdir()
    source = read_source(folder)
    assert source.text == ""
    assert source.problem.startswith("affine.py cannot be read: ")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs permissions")
def test_a_forbidden_file_is_a_problem_not_an_accident(handed_in):
    """One file without permission does not stop a class."""
    path = handed_in(**{"affine.py": "a = 1\n"}) / "affine.py"
    path.chmod(0)
    assert "affine.py cannot be read" in read_source(path).problem


def test_a_folder_by_the_name_of_a_file_is_no_file(course, handed_in):
    """Nor does it make the submission something else."""
    [submission] = collect(handed_in(**{"affine.py/x.txt": "", "net.py": "c = 3\n"}), course)
    assert set(submission.sources) == {"net"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_by_the_name_of_a_file_is_not_waited_for(course, handed_in):
    """Only regular files are opened."""
    folder = handed_in(**{"net.py": "c = 3\n"})
    os.mkfifo(folder / "affine.py")
    [submission] = collect(folder, course)
    assert set(submission.sources) == {"net"}


@pytest.mark.parametrize("place", ["affine.py", "02_affine"])
def test_a_link_out_of_the_submission_is_not_followed(course, handed_in, place):
    """A link to the reference solution does not hand in the reference solution."""
    solution = course.named("affine").solution
    solution.parent.mkdir(parents=True)
    solution.write_text("secret = 1\n", "utf-8")
    folder = handed_in(**{"net.py": "c = 3\n"})
    try:
        (folder / place).symlink_to(solution if place.endswith(".py") else solution.parent)
    except OSError:
        pytest.skip("needs symbolic links")
    [submission] = collect(folder, course)
    assert "secret" not in texts(submission).get("affine", "")


def test_a_file_that_is_a_link_out_of_the_submission_is_not_followed_either(course, handed_in):
    """Nor is it when that very file is named: the name stays the learner's, the work is hers."""
    solution = course.named("affine").solution
    solution.parent.mkdir(parents=True)
    solution.write_text("secret = 1\n", "utf-8")
    folder = handed_in()
    try:
        (folder / "affine.py").symlink_to(solution)
    except OSError:
        pytest.skip("needs symbolic links")
    try:
        submissions = collect(folder / "affine.py", course)
    except SubmissionError:
        return
    assert "secret" not in texts(submissions[0]).get("affine", "")


@pytest.mark.parametrize("character", ["x", "é", "乘", "\x01"], ids=ascii)
def test_whatever_was_handed_in_fits_into_a_frame(course, handed_in, character):
    """Many large files, in any script, are a problem of the files and not of the grader's."""
    text = "# " + character * (1_000_000 // len(character.encode())) + "\n"
    names_of_files = [exercise.filename for exercise in course.exercises]
    [submission] = collect(handed_in(**dict.fromkeys(names_of_files, text)), course)
    encode({name: astuple(source) for name, source in submission.sources.items()})


def test_a_whole_course_that_was_handed_in_is_looked_through(course, handed_in):
    """In a class, alice/exercises/02_affine/affine.py is alice's affine.py."""
    folder = handed_in(**{"alice/exercises/02_affine/affine.py": "b = 2\n"})
    [submission] = collect(folder, course)
    assert submission.name == "alice"
    assert submission.is_of_class
    assert submission.sources["affine"].text == "b = 2\n"


def test_a_source_that_is_too_large_to_cross_is_a_problem(handed_in):
    """A learner who hands in megabytes is told so; it is no fault of the grader's."""
    content = b"#" + b" " * MAX_HEADER
    source = read_source(handed_in(**{"affine.py": content}) / "affine.py")
    assert "affine.py" in source.problem
    assert source.text == ""


def test_a_tree_on_this_machine_keeps_its_real_paths(course, handed_in):
    """For a learner's own pytest, tracebacks lead to her own file."""
    folder = handed_in(**{"02_affine/affine.py": "b = 2\n", "net.py": "c = 3\n"})
    sources = read_tree(folder, course)
    assert set(sources) == {"affine", "net"}
    assert sources["affine"].filename == str(folder / "02_affine" / "affine.py")
    assert sources["affine"].text == "b = 2\n"


def test_a_problem_in_one_file_leaves_the_others_alone(course, handed_in):
    """The rest of the submission is judged as usual."""
    folder = handed_in(**{"affine.py": b"\xff\xfe", "net.py": "c = 3\n"})
    [submission] = collect(folder, course)
    assert submission.sources["affine"].problem
    assert submission.sources["net"].text == "c = 3\n"
    assert submission.sources["net"].problem == ""
