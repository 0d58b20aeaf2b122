"""Feedback for Canvas: each file is one that "Upload Submissions" assigns to the right learner."""

import ast
import io
import json
import re
import zipfile

import nbformat
import pytest
from gradebooks import BAD, GOOD, row
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.common.feedback_zip import Told
from grader.reports.formats.feedback_zips.canvas import remarks, render

TOLD = Told("# Jane\n\n**4** of 10 points\n\n```text\nreturned  1\n```\n", "<h1>Jane</h1>")


def files(rows, uploads, told=TOLD):
    content = render(rows, [told] * len(rows), uploads)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def context(name):
    """What Canvas takes from a name: user or anonymous id, and attachment; None if it skips it.

    As infer_comment_context_from_filename does in app/models/abstract_assignment.rb.
    """
    parts = [part for part in name.split("_") if part != "LATE"]
    if parts[0] == "anon":
        who, attachment = parts[1:3]
    else:
        who, attachment = [part for part in parts if re.fullmatch("[0-9]+", part)][:2]
    return None if parts[-1].startswith("link") or name.startswith("._") else (who, attachment)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("doejane_102_9002_affine.py", ("102", "9002")),
        ("doejane_LATE_102_9002_affine-1.py", ("102", "9002")),
        ("doejane_102_9002_my_07_net.py", ("102", "9002")),
        ("anon_aB3dE_9002_affine.py", ("aB3dE", "9002")),
        ("LATE_anon_aB3dE_9002_affine.py", ("aB3dE", "9002")),
    ],
)
def test_a_file_has_the_name_of_the_download(name, found):
    """Of which Canvas takes learner and attachment. Source: instructure/canvas-lms."""
    (written,) = files([row("jane", BAD)], {"jane": [name]})
    assert written == name
    assert context(written) == found


def test_feedback_has_the_form_that_the_name_of_the_file_promises():
    """Canvas shows it to the learner under the name of the file that was handed in."""
    rows = [row("a", BAD), row("b", BAD), row("c", BAD), row("d", BAD), row("e", BAD)]
    kinds = ("py", "ipynb", "zip", "txt", "html")
    uploads = {one.name: [f"x_{n}_9_w.{kinds[n]}"] for n, one in enumerate(rows)}
    code, notebook, archive, text, page = files(rows, uploads).values()
    assert code.decode().splitlines()[:3] == ["# # Jane", "#", "# **4** of 10 points"]
    assert ast.parse(code).body == []
    nbformat.validate(json.loads(notebook))
    assert json.loads(notebook)["cells"][0]["source"] == TOLD.markdown
    with zipfile.ZipFile(io.BytesIO(archive)) as inner:
        assert inner.namelist() == ["feedback.html", "feedback.md"]
    assert (text.decode(), page.decode()) == (TOLD.markdown, TOLD.page)


def test_of_several_uploads_the_latest_of_code_carries_the_feedback():
    """A submission has one comment, whatever the number of its files."""
    names = ["x_1_90_a.py", "x_1_100_a-1.py", "x_1_110_n.ipynb", "x_1_120_d.pdf"]
    assert list(files([row("jane", BAD)], {"jane": names})) == ["x_1_100_a-1.py"]


@pytest.mark.parametrize(
    "name",
    [
        "team_7_doejane_102_9002_affine.py",
        "doejane_102_text.html",
        "doejane_102_link.html",
        "doejane_102_9002_my_linkage.py",
        "doejane_102_9002_work.tar.gz",
        "doejane_102_9002_work.pdf",
        "jane.py",
    ],
)
def test_what_canvas_would_skip_or_show_as_a_broken_file_is_told(name):
    """Of three numbers it takes the first two. Text that was typed has no attachment."""
    rows, uploads = [row("ann", GOOD), row("jane", BAD)], {"ann": ["a_1_2_a.py"], "jane": [name]}
    assert list(files(rows, uploads)) == ["a_1_2_a.py"]
    (told,) = remarks(rows, uploads)
    assert told.startswith("jane gets no feedback here: expected an upload of type .py")


@given(st.text())
def test_no_text_in_feedback_leaves_its_comment(text):
    """Feedback as Python is comments only, whatever a learner's code has printed."""
    told = Told("".join(c for c in text if not "\ud800" <= c <= "\udfff"), "")
    (code,) = files([row("jane", BAD)], {"jane": ["x_1_2_a.py"]}, told).values()
    lines = code.decode().replace("\0", "").replace("\r", "\n").split("\n")
    assert all(line.startswith("#") or not line for line in lines)


@given(st.text(), st.from_regex(r"\A[a-z]{0,3}_[0-9]{1,3}_[0-9]{1,3}_.{1,9}\.py\Z"))
def test_whatever_is_written_canvas_takes_it_for_nobody_else(before, name):
    """No path leads out of the zip."""
    uploads = {"ann": ["a_1_2_a.py"], "eve": [before + name]}
    for path in files([row("ann", GOOD), row("eve", GOOD)], uploads):
        assert "/" not in path
        assert "\\" not in path
        assert path in ("a_1_2_a.py", before + name)
        own = re.search("_([0-9]+)_([0-9]+)_", path)
        assert path.startswith(("anon_", "LATE_anon_")) or context(path) == own.groups()
