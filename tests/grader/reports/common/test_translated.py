"""Reports in the language of the learner."""

import gzip
import html
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from gradebooks import row

from grader.course.late_policy import Late, charge
from grader.course.limits import Limits
from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.gradebook.marks import Lateness
from grader.gradebook.rows import Row
from grader.judging.judge import Judge
from grader.messages.language import CHINESE, ENGLISH, speaking, tell
from grader.messages.message import english
from grader.mistakes.catalogue import make, read_mistakes
from grader.mistakes.diagnosis import diagnose
from grader.reports.common.translated import translated
from grader.reports.formats import feedback, gradescope
from grader.roster.roster import Learner
from grader.submissions.class_folder import collect
from grader.submissions.submission import Submission
from grader.transport.worker_process import can_confine
from grader.verdicts.verdict import Outcome
from grader.worker.source import Source

COURSE = find_course(Path(__file__))
REFERENCE = read_modules(COURSE.root / "solutions", COURSE)
CHEAP = [COURSE.named(name) for name in ("01", "02", "03", "04")]
STUB = COURSE.named("03").stub.read_text("utf-8")
ODD = {
    "missing": None,
    "stub": STUB,
    "syntax": "class Affine(:\n",
    "exit": "raise SystemExit",
    "ends": "import os\nos._exit(3)",
    "loop": "while True: pass",
    "name": "class Affine:\n    def __init__(self, W, b):\n        self.x = nupmy\n",
    "not told": "class Afine: pass",
    "list": "class Affine:\n    def __init__(self, W, b): self.dW = {}\n"
    "    forward = backward = lambda self, x: [x, object()]\n",
}
ENGLISH_WORDS = re.compile(r"\b(?:the|is|are|it|of|and|was|that|not|instead|with|your|its)\b")
CODE = ("位置", "发生异常", "    ^")  # and what Python itself says


@pytest.fixture(scope="module")
def judge():
    limits = Limits(call_seconds=0.5, total_seconds=0.5)
    return Judge(COURSE, CHEAP, "hidden", confined=can_confine(), limits=limits)


def told_in_chinese(found, course=COURSE):
    """Return Markdown, page, and Gradescope output in Chinese."""
    return told_in(found, CHINESE, course)


def told_in(found, language, course=COURSE):
    with speaking(language):
        one = translated(found, course)
        told = [feedback.render_markdown(one, 2), feedback.render_page(one, 2)]
        if not found.verdict.has_grader_error:
            told.append(gradescope.render(one, steps=2).encode().decode("unicode_escape"))
    return told


def english_in(text):
    return [
        line
        for line in text.splitlines()
        if ENGLISH_WORDS.search(re.sub(r"`[^`]*`|<[^>]*>|Content-Security.*", "", line))
        and not line.strip().removeprefix("<pre>").startswith(CODE)
        and "{" not in line
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("exercise", CHEAP, ids=lambda one: one.name)
def test_no_known_mistake_is_told_in_english(judge, exercise):
    """Promise, comparison, hint, mistake and place."""
    for mistake in read_mistakes(exercise):
        sources = {**REFERENCE, exercise.module: make(mistake, exercise)}
        verdict = judge.judge(Submission("ada", sources, (exercise,)))
        markdown, _, _ = told_in_chinese(Row("Ada", verdict))
        assert english_in(markdown) == [], mistake.name
        assert "典型错误" in markdown


@pytest.mark.thorough
@pytest.mark.parametrize("name", ODD)
def test_no_other_end_is_told_in_english(judge, name):
    """A missing file, a stub, a loop, a failing import, and code that ends its process."""
    text = ODD[name]
    sources = {} if text is None else {"affine": Source("/submission/affine.py", text)}
    notes = (
        english("handed in late"),
        english("{path} is taken for {files}", path="a.py", files="affine.py"),
        english("not used: {files}", files="b.py"),
    )
    submission = Submission("ada", sources, (COURSE.named("03"),), notes)
    for told in told_in_chinese(Row("Ada", judge.judge(submission))):
        assert english_in(told) == []


def packed(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x = 1")
    return file.getvalue()


def notebook(**content):
    plain = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps({**plain, **content}).encode()


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"notes.txt": b""},
        {"hw.zip": b""},
        {"hw.zip": b"7z\xbc\xaf"},
        {"hw.zip": b"<html>"},
        {"hw.zip": b"PK\3\4"},
        {"hw.zip": packed("../affine.py")},
        {"hw.zip": packed("affine.py", "AFFINE.py")},
        {"hw.zip": packed(*map(str, range(50)))},
        {"hw.tar.gz": gzip.compress(b"x" * 2000)},
        {"a/affine.py": b"x", "b/affine.py": b"x"},
        {"affine.py": "# \u4e2d".encode("gbk")},
        {"affine.py": b"x" * 3000},
        {"affine.ipynb": b"\xff"},
        {"affine.ipynb": b"print(1)"},
        {"affine.ipynb": b"[1]"},
        {"affine.ipynb": notebook(cells=3)},
        {"affine.ipynb": notebook(nbformat=9)},
        {"affine.ipynb": notebook(metadata={"kernelspec": {"language": "R"}})},
        {"affine.py": b"link"},
        {str(number): b"" for number in range(50)},
    ],
)
def test_what_cannot_be_read_is_not_told_in_english(judge, files, tmp_path):
    """Neither in notes, nor as the reason why nothing was judged."""
    folder = tmp_path / "ada"
    for name, content in {"x.md": b"", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    if files.get("affine.py") == b"link":
        (folder / "affine.py").unlink()
        (folder / "affine.py").symlink_to(folder / "x.md")
    limits = Limits(source_kib=2, files=20)
    (entry,) = collect(tmp_path, COURSE, limits, COURSE.named("03"), True).entries
    verdict = judge.judge(entry.read())
    assert {spec.outcome for one in verdict.exercises for spec in one.specs} != {Outcome.PASSED}
    for told in told_in_chinese(Row("Ada", verdict)):
        assert english_in(told) == []


def test_what_is_late_is_told_with_its_days():
    """Each part of the reason is translated."""
    due = datetime(2026, 12, 1, tzinfo=UTC)
    percent, reason = charge(due + timedelta(hours=25), due, Late(percent_per_day=10))
    late = Lateness("ada", "h0", "01_ex", percent, reason, "t")
    found = replace(row("ada", row("x").verdict.exercises or ()), late=(late,))
    with speaking(CHINESE):
        assert translated(found, COURSE).late[0].reason == "迟交25小时，按2天计，扣20%"


def test_in_english_nothing_changes(judge):
    """The verdict is exactly the one that was found."""
    sources = {**REFERENCE, "affine": Source("/submission/affine.py", ODD["list"])}
    verdict = judge.judge(Submission("ada", sources, (COURSE.named("03"),)))
    found = Row("Ada", verdict)
    said = translated(found, COURSE).verdict
    assert [[str(spec.message) for spec in one.specs] for one in verdict.exercises] == [
        [spec.message for spec in one.specs] for one in said.exercises
    ]
    assert replace(said, exercises=(), notes=()) == replace(verdict, exercises=(), notes=())
    assert diagnose(ValueError("x"), COURSE.named("03"), COURSE).outcome is Outcome.GRADER_ERROR


def test_each_learner_reads_their_own_language(judge):
    """From the roster, or else the default for the class."""
    verdict = judge.judge(Submission("ada", {}, (COURSE.named("03"),)))
    rows = [
        Row("Ada", verdict, learner=Learner("Ada", language=CHINESE)),
        Row("Bob", replace(verdict, name="bob"), learner=Learner("Bob", language="en")),
        Row("Cy", replace(verdict, name="cy")),
    ]
    files = feedback.render(rows, 1, COURSE, CHINESE)
    assert "得分" in files["Ada.feedback.md"]
    assert '<html lang="zh-CN">' in files["Ada.feedback.html"]
    assert "points" in files["Bob.feedback.md"]
    assert '<html lang="en">' in files["Bob.feedback.html"]
    assert "得分" in files["Cy.feedback.md"]


# What a learner wrote


OURS = (
    "nothing was handed in",
    "the numbers are right",
    "is a link, which is not followed: hand in the file itself",
    "shape (3,) instead of (2,)",
    "Affine has no dW",
    "dW after backward",
    "db summed over all axes",
    "did you mean db?",
    "not used: b.py",
)
"""Each is a key of a catalogue, or reads as one does with its values."""


@pytest.mark.thorough
@pytest.mark.parametrize("own", OURS)
@pytest.mark.parametrize("kind", ["ValueError", "NotImplementedError", "KeyError"])
def test_what_a_learner_wrote_is_never_translated(judge, own, kind):
    """The text of an exception, printed text, or a name in a container."""
    top = "class Affine:\n    def __init__(self, W, b): "
    raising = f"{top}print({own!r}); raise {kind}({own!r})\n"
    answering = f"{top}pass\n    def forward(self, x): return {{{own!r}: {own!r}}}\n"
    for code in (raising, answering):
        sources = {"affine": Source("/submission/affine.py", code)}
        notes = (own, english("{path} is taken for {files}", path=own, files="affine.py"))
        submission = Submission("ada", sources, (COURSE.named("03"),), notes)
        found = Row("Ada", judge.judge(submission), notes=notes)
        chinese, in_english = (told_in(found, language) for language in (CHINESE, ENGLISH))
        for told, original in zip(chinese, in_english, strict=True):
            assert told != original
            assert 2 < html.unescape(told).count(own) == html.unescape(original).count(own)


def test_of_two_templates_that_fit_the_one_that_was_used_is_translated():
    """Their English texts are equal."""
    used = english(
        "{who} has no {name}; it has {near}: is that the one?", who="A", name="b", near="B"
    )
    other = english(
        "{kind} has no {name}; it has {near}: is that the one?", kind="A", name="b", near="B"
    )
    pair = english("{found} instead of {wanted}", found="shape (3,)", wanted="(2,)")
    shape = english("shape {found} instead of {wanted}", found="(3,)", wanted="(2,)")
    assert (str(used), str(pair)) == (str(other), str(shape))
    with speaking(CHINESE):
        assert tell(used) == "A没有b，但有B：是不是它？"
        assert tell(other) == "A没有b，只有B：是不是想写它？"
        assert tell(pair) == "得到shape (3,)，而应该是(2,)"
        assert tell(shape) == "形状是(3,)，而应该是(2,)"


def test_a_kind_of_number_is_told_in_chinese_too(judge):
    """A message within a message: integers instead of floats."""
    code = "class Affine:\n    def __init__(self, W, b): self.b = b\n"
    code += "    def forward(self, x): return (x @ x.T[:, :len(self.b)] * 0).astype(int)\n"
    code = code.replace("x @ x.T[:, :len(self.b)]", "x[:, :1] + self.b")
    sources = {"affine": Source("/submission/affine.py", code)}
    verdict = judge.judge(Submission("ada", sources, (COURSE.named("03"),)))
    assert "得到整数，而应该是浮点数" in told_in_chinese(Row("Ada", verdict))[0]
