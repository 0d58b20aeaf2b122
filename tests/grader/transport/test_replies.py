"""Replies of a worker, which may be anything: they are valid, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.transport.replies import NoReply, read_reply
from grader.worker.exception_report import MAX_CODE, MAX_FRAMES, ExceptionReport, TracebackLine
from grader.worker.hints.missing import MAX_NAMES
from grader.worker.source import Source
from grader.worker.wire import MAX_MESSAGE

FRAME = {"file": "affine.py", "line": 3, "code": "return x", "module": "affine", "column": 2}
ERROR = {"type": "ValueError", "message": "no", "frames": [FRAME], "hint": "perhaps"}
MISSING = {"owner": "Affine", "name": "dW", "kind": "value", "names": ("dw", "x")}
SOURCES = {"affine": Source("/handed/in/affine.py", "import numpy\n\nreturn x\n")}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
WORDS = st.sampled_from(
    ["id", "output", "answer", "answers", "callback", "args", "kwargs", "error", *ERROR, *FRAME]
)


@pytest.mark.parametrize(
    "content",
    [
        {"answer": None},
        {"answers": [1.0, None]},
        {"callback": 0, "args": (1.0,), "kwargs": {"x": 2.0}},
    ],
    ids=["answer", "answers", "callback"],
)
def test_a_valid_reply_is_returned_as_it_is(content):
    """With its number and the output."""
    reply = {"id": 7, "output": "printed", **content}
    assert read_reply(reply, 7, SOURCES) == reply


@pytest.mark.parametrize(
    "reply",
    [
        None,
        {},
        {"id": 7, "output": ""},
        {"id": 7, "answer": 1},
        {"id": 7, "output": None, "answer": 1},
        {"id": 7, "output": "", "answer": 1, "answers": [1]},
        {"id": 7, "output": "", "answers": []},
        {"id": 7, "output": "", "callback": "0", "args": (), "kwargs": {}},
        {"id": 7, "output": "", "callback": 0, "args": [], "kwargs": {}},
        {"id": 7, "output": "", "callback": 0, "args": (), "kwargs": {1: 2}},
        {"id": 7, "output": "", "error": {**ERROR, "frames": [{**FRAME, "line": "3"}]}},
        {"id": 7, "output": "", "error": {**ERROR, "message": None}},
        {"id": 7, "output": "", "error": {**ERROR, "missing": ["dW"]}},
        {"id": 7, "output": "", "error": {**ERROR, "missing": {**MISSING, "names": "dw"}}},
        {"id": 7, "output": "", "error": {**ERROR, "missing": {**MISSING, "kind": "other"}}},
        {"id": 7, "output": "", "error": {**ERROR, "missing": {**MISSING, "owner": None}}},
    ],
)
def test_an_invalid_reply_is_refused(reply):
    """Whatever part of it is missing or of the wrong type."""
    with pytest.raises(NoReply):
        read_reply(reply, 7, SOURCES)


@pytest.mark.parametrize("number", [6, 8, -7, "7", None])
def test_a_reply_to_another_request_is_refused(number):
    """One forged reply must not shift all later ones."""
    with pytest.raises(NoReply, match="another question"):
        read_reply({"id": number, "output": "", "answer": 1}, 7, SOURCES)


def test_an_exception_is_read_with_its_frames():
    """As the worker describes it."""
    read = read_reply({"id": 7, "output": "before", "error": ERROR}, 7, SOURCES)
    frame = TracebackLine("affine.py", 3, "return x", "affine", 2)
    assert read["output"] == "before"
    assert read["error"] == ExceptionReport("ValueError", "no", (frame,), None, None, "perhaps")


def test_a_missing_name_is_read_with_those_that_are_there():
    """No more of them than are compared, whatever a worker sends."""
    for names in [("dw", "x"), ("dw", 7, "x" * 1000, *("y",) * 100_000)]:
        error = {**ERROR, "missing": {**MISSING, "names": names, "owner": "A" * 1000}}
        found = read_reply({"id": 7, "output": "", "error": error}, 7, SOURCES)["error"].missing
        assert (found.name, found.kind, found.names[0]) == ("dW", "value", "dw")
        assert len(found.owner) <= MAX_CODE
        assert len(found.names) <= MAX_NAMES
        assert {type(name) for name in found.names} == {str}


def test_an_exception_is_cut_to_what_a_report_may_have():
    """Texts, the number of frames, and columns beyond their line."""
    long = "x" * 2 * MAX_MESSAGE
    frames = [{**FRAME, "code": long, "column": 10**9}] * 2 * MAX_FRAMES
    error = {"type": long, "message": long, "frames": frames, "hint": long, "imported": long}
    report = read_reply({"id": 7, "output": "", "error": error}, 7, SOURCES)["error"]
    assert (len(report.type), len(str(report.message))) == (MAX_CODE, MAX_MESSAGE)
    assert (len(str(report.hint)), len(report.imported)) == (MAX_CODE, MAX_CODE)
    assert len(report.frames) == MAX_FRAMES
    assert {(len(frame.code), frame.column) for frame in report.frames} == {(MAX_CODE, MAX_CODE)}


@pytest.mark.parametrize(
    "place",
    [
        {"line": 0},
        {"line": -1},
        {"line": 5},
        {"line": 2**62},
        {"file": "../../solutions/03_affine/affine.py"},
        {"file": "/handed/in/affine.py"},
        {"file": ""},
        {"file": "judge.py"},
        {"module": "numerical_gradient"},
        {"module": ""},
    ],
    ids=repr,
)
def test_a_place_outside_the_submission_is_left_out(place):
    """A traceback leads to lines of the submission only, and so does the blame."""
    frames = [FRAME, {**FRAME, **place}]
    error = {**ERROR, "frames": frames, "importing": place.get("file", "affine.py")}
    report = read_reply({"id": 7, "output": "", "error": error}, 7, SOURCES)["error"]
    assert [frame.line for frame in report.frames] == [3]
    assert report.importing in (None, "affine.py")


def test_a_place_in_a_notebook_is_one_of_its_cells():
    """Cells have line numbers of their own."""
    sources = {"affine": Source("/handed/in/affine.ipynb", "", "", ("x = 1", "\n\nreturn x"))}
    frames = [{**FRAME, "file": f"affine.ipynb cell {number}"} for number in (1, 2, 3)]
    error = {**ERROR, "frames": frames}
    report = read_reply({"id": 7, "output": "", "error": error}, 7, sources)["error"]
    assert [frame.file for frame in report.frames] == ["affine.ipynb cell 2"]


@pytest.mark.parametrize(("name", "imported"), [("affine", None), ("activations", "activations")])
def test_a_module_that_is_there_is_not_reported_as_missing(name, imported):
    """A claim that nothing was handed in, or that an earlier exercise is missing, is checked."""
    error = {**ERROR, "type": "ModuleNotFoundError", "imported": name}
    report = read_reply({"id": 7, "output": "", "error": error}, 7, SOURCES)["error"]
    assert report.imported == imported


@given(st.dictionaries(WORDS, VALUES) | VALUES, st.dictionaries(WORDS, VALUES))
def test_anything_else_is_refused_and_nothing_else_happens(reply, error):
    """A reply is returned or refused, with no other exception."""
    for one in (reply, {"id": 7, "output": "", "error": error}):
        try:
            read = read_reply(one, 7, SOURCES)
        except NoReply:
            continue
        assert read["output"] == one["output"]
