"""Modules of a course, read from this machine."""

import json
import os
from dataclasses import astuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.course import Course, Exercise
from grader.course.modules import decode, minutes_of, read_module, read_modules

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
def test_sources_from_any_machine_are_read(content, text):
    """BOM, CRLF, old line ends, and encodings that a cookie declares are no problem."""
    source = decode("affine.py", content)
    assert str(source.problem) == ""
    assert source.text == text
    compile(source.text, "affine.py", "exec")


@pytest.mark.parametrize("lines_before", [0, 1, 5])
def test_a_file_in_gbk_is_told_with_its_encoding(lines_before):
    """The message names the file, the encoding it seems to have, and what to do."""
    content = b"a = 1\n" * lines_before + CHINESE.encode("gbk")
    source = decode("02_affine/affine.py", content)
    assert source.text == ""
    assert str(source.problem).startswith("affine.py is not encoded in UTF-8 (")
    assert str(source.problem).endswith("It is most likely GBK. Save it as UTF-8.")


def test_an_undecodable_byte_is_told_with_its_line():
    """Where nothing is known of the encoding, the message says what was found and where."""
    source = decode("affine.py", b"a = 1\nb = 2\nc = 3\n# caf\xe9 \n")
    assert "byte 0xe9 in line 4" in str(source.problem)
    assert "GBK" not in str(source.problem)


def test_an_undecodable_byte_behind_a_bom_is_told_with_its_line():
    """The BOM does not shift what is reported."""
    source = decode("affine.py", b"\xef\xbb\xbfa = 1\nb = 2\n\xe9 \n")
    assert "byte 0xe9 in line 3" in str(source.problem)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_file_in_wide_characters_is_a_problem_not_an_accident(encoding):
    """What an old Windows editor calls Unicode is told to be saved as UTF-8."""
    source = decode("affine.py", "a = 1\n".encode(encoding))
    assert "affine.py is not encoded in UTF-8" in str(source.problem)


@pytest.mark.parametrize("body", [b"x = '\xe9..'", b"\\ud800", b"+2AA-", b"a-\x99", b"xn--a"])
@pytest.mark.parametrize(
    "cookie",
    [
        *("no-such", "rot13", "hex", "zlib", "undefined", "punycode", "idna", "utf-16", "mbcs"),
        *("utf-7", "unicode_escape", "raw_unicode_escape", "utf-8-sig", "x" * 999, "a.b.c", "-"),
    ],
)
def test_a_cookie_for_a_strange_encoding_is_a_problem_not_an_accident(cookie, body):
    """One learner's cookie cannot stop the grading of a class."""
    source = decode("affine.py", f"# coding: {cookie}\n".encode() + body)
    assert "affine.py" in str(source.problem) or source.text
    json.dumps(astuple(source)).encode()


def test_a_long_cookie_is_not_repeated_in_full():
    """A message stays readable."""
    assert len(str(decode("affine.py", b"# coding: " + b"x" * 60_000).problem)) < 600


def test_a_misspelt_cookie_is_not_taken_for_gbk():
    """There is not a Chinese character in the file."""
    assert "GBK" not in str(decode("affine.py", b"# coding: utf-88\na = 1\n").problem)


@pytest.mark.parametrize("content", [b"\xff", b"\x81\r\n", b"# coding: ascii\n\xe9", b"\xef\xbb"])
def test_no_bytes_stop_the_reading(content):
    """Undecodable files of all sorts have a problem, and no text."""
    source = decode("affine.py", content)
    assert source.text == ""
    assert "affine.py" in str(source.problem)


@settings(max_examples=60)
@given(head=st.sampled_from([b"", b"\xef\xbb\xbf", b"# coding: "]), content=st.binary(max_size=80))
def test_any_bytes_are_code_or_a_problem(head, content):
    """Never an accident."""
    source = decode("affine.py", head + content)
    assert not (source.text and str(source.problem))
    assert str(source.problem) == "" or str(source.problem).startswith("affine.py ")


def test_a_file_that_cannot_be_read_is_a_problem_not_an_accident(tmp_path):
    """The message names the file and the reason."""
    folder = tmp_path / "affine.py"
    folder.mkdir()
    source = read_module(folder)
    assert source.text == ""
    assert str(source.problem).startswith("affine.py cannot be read: ")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs permissions")
def test_a_forbidden_file_is_a_problem_not_an_accident(tmp_path):
    """One file without permission does not stop a class."""
    path = tmp_path / "affine.py"
    path.write_text("a = 1\n", "utf-8")
    path.chmod(0)
    assert "affine.py cannot be read" in str(read_module(path).problem)


def test_a_tree_on_this_machine_keeps_its_real_paths(tmp_path):
    """In a learner's pytest, tracebacks refer to their own file; loose files do not count."""
    names = ("01_mul_layer", "02_affine", "03_net")
    course = Course(tmp_path, tuple(Exercise(tmp_path, name) for name in names))
    stubs = {exercise.module: exercise.stub for exercise in course.exercises[:2]}
    for module, path in stubs.items():
        path.parent.mkdir(parents=True)
        path.write_text(f"here = {module!r}", "utf-8")
    for loose in ("affine.py", "net.py"):
        (tmp_path / "exercises" / loose).write_text("loose = 1", "utf-8")
    sources = read_modules(tmp_path / "exercises", course)
    assert {module: source.text for module, source in sources.items()} == {
        "mul_layer": "here = 'mul_layer'",
        "affine": "here = 'affine'",
    }
    assert {module: source.filename for module, source in sources.items()} == {
        module: str(path) for module, path in stubs.items()
    }


@pytest.mark.parametrize(
    ("lesson", "minutes"),
    [
        ("# 03\n\nAbout 40 minutes.\n\n## Forward\n", 40),
        ("# 03\r\n\r\nAbout 5 minutes.\r\n\r\n## Forward\r\n", 5),
        ("# 03\n\nIt takes some time.\n\n## Forward\n", None),
        ("# 03\n\n## Forward\n\nAbout 40 minutes.\n", None),
        (None, None),
    ],
)
def test_how_long_an_exercise_takes_stands_in_the_head_of_its_lesson(tmp_path, lesson, minutes):
    """In a line of its own; what is not said is not known."""
    exercise = Exercise(tmp_path, "03_affine")
    if lesson is not None:
        exercise.lesson.parent.mkdir(parents=True)
        exercise.lesson.write_bytes(lesson.encode())
    assert minutes_of(exercise) == minutes
