"""The command `grade`: which cells of a platform's file it writes, and what it tells of the others.

In each class, everybody has 8 points on the platform already.
"""

import csv
import json
import shutil
from pathlib import Path

import pytest
from packing import notebook, zipped

from grader.transport.worker_process import can_confine

ROOT = Path(__file__).parents[3]
SOLUTIONS = ROOT / "solutions"
AFFINE = (SOLUTIONS / "03_affine" / "affine.py").read_text("utf-8")
TRUSTED = () if can_confine() else ("--trusted",)

pytestmark = pytest.mark.usefixtures("at_a_desk", "judged_here")

UNJUDGED = {
    "pdf": ("report.pdf", b"%PDF-1.7\n", "not recognised"),
    "rar": ("affine.rar", b"Rar!\x1a\x07\x01\x00", "not recognised"),
    "text": ("affine.py.txt", b"I could not do it.", None),  # which of two words is not asked
    "cut": ("affine.ipynb", notebook(AFFINE).encode()[:-40], "unreadable"),
    "latin": ("affine.py", "# Bénédicte\n".encode("latin-1"), "unreadable"),
    "broken": ("affine.py", b"class Affine(:\n", "did not load"),
    "torch": (
        "affine.py",
        f"import torch\ntorch.manual_seed(0)\n{AFFINE}".encode(),
        "did not load",
    ),
    "demo": ("affine.py", f"{AFFINE}\nAffine(1, 2).forward('x')\n".encode(), "did not load"),
    "empty": (".keep", b"", "not recognised"),
}
PLATFORMS = {"canvas": ("export.csv", "marks.csv"), "moodle": ("worksheet.csv", "moodle.csv")}
JUDGED = {"ann": AFFINE, "stub": "class Affine:\n    pass\n"}


@pytest.fixture
def group(tmp_path):
    """A class in which most of what was handed in cannot be judged, and Canvas's export of it."""
    folder = tmp_path / "class"
    for name, (filename, content, _) in UNJUDGED.items():
        (folder / name).mkdir(parents=True)
        (folder / name / filename).write_bytes(content)
    for name, code in JUDGED.items():
        (folder / name).mkdir()
        (folder / name / "affine.py").write_text(code, "utf-8")
    lay_export([*UNJUDGED, *JUDGED, "absent"])
    return folder


def lay_export(names):
    lines = ["Student,ID,SIS Login ID,Section,Affine (7)", "    Points Possible,,,,10"]
    lines += [f"{name},{number},{name},A,8" for number, name in enumerate(names, 100)]
    Path("export.csv").write_text("\n".join(lines) + "\n", "utf-8")
    emails = [f"{name},{name}@x.edu,8" for name in names]
    Path("worksheet.csv").write_text("\n".join(["Full name,Email address,Grade", *emails]), "utf-8")


def canvas():
    """The scores in the file for Canvas, by name."""
    with Path("marks.csv").open(encoding="utf-8") as file:
        return {line["Student"]: line["Affine (7)"] for line in list(csv.DictReader(file))[1:]}


def moodle():
    """The grades in the file for Moodle, by name."""
    with Path("moodle.csv").open(encoding="utf-8") as file:
        lines = csv.DictReader(file)
        return {line["Email address"].partition("@")[0]: line["Grade"] for line in lines}


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """One secret for all classes, so that one judge judges them."""
    return tmp_path_factory.mktemp("secret") / "secret"


@pytest.fixture
def grade(call, secret):
    def grade(folder, *options, exercise="03_affine", platform="canvas"):
        roster, file = PLATFORMS[platform]
        return call(
            *("grade", folder, "--exercise", exercise, "--roster", roster, "--json", "book.json"),
            *("--report", f"{platform}={file}", "--secret-file", secret, "--jobs", 1, *TRUSTED),
            *options,
        )

    return grade


@pytest.mark.thorough
def test_a_cell_is_written_where_something_was_judged(group, grade):
    """Seen: a PDF, a .rar, a cut notebook, Latin-1 and an import that fails were 0 in Canvas.

    https://github.com/autolab/Autolab/pull/1643 and
    https://github.com/JoyOfCodingPDX/JoyOfCoding/issues/425: what was not graded had 0.
    """
    code, out, err = grade(group)
    assert code == 0, err
    assert canvas() == {**dict.fromkeys(UNJUDGED, "8"), "ann": "10", "stub": "0", "absent": "8"}
    eye = err[err.index("needs your eye (9):") :].splitlines()[1:]
    assert [len(one.partition(": ")[2]) for one in eye] == sorted(
        len(one.partition(": ")[2]) for one in eye
    )
    for name, (_, _, kind) in UNJUDGED.items():
        assert f"{name} gets no score, since nothing could be judged" in err
        assert any(one.startswith(f"  {name}: {kind or ''}") for one in eye)
    rows = {row["name"]: row for row in json.loads(Path("book.json").read_text())["submissions"]}
    assert {row["mark"] for name, row in rows.items() if name in UNJUDGED} == {None}
    assert all(rows[name]["no_mark"] and rows[name]["needs_your_eye"] for name in UNJUDGED)
    assert (rows["stub"]["mark"], rows["stub"]["needs_your_eye"]) == (0, [])
    for reason in ("report.pdf", "affine.rar is a .rar", "not JSON", "not encoded in UTF-8"):
        assert reason in " ".join(out.split())

    code, _, err = grade(group, "--unreadable", "zero")
    assert code == 0, err
    assert canvas() == {**dict.fromkeys(UNJUDGED, "0"), "ann": "10", "stub": "0", "absent": "8"}
    assert "gets no score" not in err
    assert "needs your eye (9):" in err  # still

    grade(group, platform="moodle")
    assert moodle() == {**dict.fromkeys(UNJUDGED, "-"), "ann": "10", "stub": "0", "absent": "-"}


def test_what_the_grader_cannot_read_is_a_fault_of_ours(grade, tmp_path):
    """Seen: a damaged member of Canvas's download, or ``chmod 000``: an 8 became a 0, exit code 0.

    https://github.com/PrairieLearn/PrairieLearn/pull/7165: a full disk cost learners an attempt.
    """
    archive = bytearray(zipped({"ann/affine.py": AFFINE, "bob/affine.py": AFFINE}))
    archive[archive.rindex(b"PK\3\4") + 200] ^= 0xFF
    (tmp_path / "class.zip").write_bytes(archive)
    lay_export(["ann", "bob"])
    code, out, err = grade(tmp_path / "class.zip", "--unreadable", "zero")
    assert code == 2
    assert canvas() == {"ann": "10", "bob": "8"}
    assert "bob: affine.py cannot be read: it is damaged in the archive of the class" in (
        " ".join(out.split())
    )
    assert "needs your eye (1):\n  bob: the grader itself failed" in err


def test_an_archive_of_another_week_writes_nothing(grade, tmp_path):
    """Seen: week 3's archive graded as week 4 wrote 73 zeros, with exit code 0."""
    for name in ("ann", "bob", "cid"):
        shutil.copytree(SOLUTIONS / "03_affine", tmp_path / "class" / name)
    shutil.copy(SOLUTIONS / "04_softmax_with_loss" / "softmax_with_loss.py", tmp_path / "class/ann")
    lay_export(["ann", "bob", "cid"])
    for options in ((), ("--unreadable", "zero")):
        code, out, err = grade(tmp_path / "class", *options, exercise="04")
        assert code == 1
        assert "2 of the 3 submissions have nothing of 04_softmax_with_loss" in err
        assert "No file for canvas is written" in err
        assert not Path("marks.csv").exists()
        assert "ann" in out  # the table is shown all the same
    assert json.loads(Path("book.json").read_text())["submissions"]


def test_a_roster_of_another_class_writes_nothing(grade, tmp_path):
    """Seen: everybody had "is not on the roster", the file had no mark, and the exit code was 0."""
    (tmp_path / "class" / "ann").mkdir(parents=True)
    (tmp_path / "class" / "ann" / "affine.py").write_text(AFFINE, "utf-8")
    lay_export(["zoe", "yan"])
    for platform, (_, file) in PLATFORMS.items():
        code, _, err = grade(tmp_path / "class", platform=platform)
        assert code == 1
        assert "none of the submissions (1) fits anybody on the roster" in err
        assert "needs your eye (1):\n  ann: not matched to the roster" in err
        assert not Path(file).exists()


@pytest.mark.thorough
def test_routine_is_told_on_request(grade, tmp_path):
    """Seen: "%matplotlib is ignored" on most rows hid the ones that somebody should look at."""
    (tmp_path / "class" / "ann").mkdir(parents=True)
    content = notebook("%matplotlib inline", AFFINE)
    (tmp_path / "class" / "ann" / "Affine (1).ipynb").write_text(content, "utf-8")
    lay_export(["ann"])
    _, out, err = grade(tmp_path / "class")
    assert "ignored" not in out + err
    assert "needs your eye" not in err
    _, out, _ = grade(tmp_path / "class", "-v", "--report", "html=book.html")
    told = " ".join(out.split())
    assert "%matplotlib inline is ignored" in told
    assert "Affine (1).ipynb is taken for affine.py" in told
    assert "%matplotlib inline is ignored" in Path("book.html").read_text("utf-8")
    (row,) = json.loads(Path("book.json").read_text())["submissions"]
    assert len(row["notes"]) == 2


@pytest.mark.thorough
def test_under_pseudonyms_the_list_has_nobodys_name(group, call, secret):
    """It names people as the table does; the page has it, too."""
    options = ("--class", "--exercise", "03_affine", "--secret-file", secret, "--jobs", 1, *TRUSTED)
    _, _, err = call("grade", group, *options, "--pseudonyms", "--report", "html=book.html")
    eye = err[err.index("needs your eye (9):") :]
    page = Path("book.html").read_text("utf-8")
    assert "9 of them need your eye" in page
    for name in ("latin", "broken", "cut", "pdf"):
        assert name not in eye
        assert name not in page[page.index("<details>") : page.index("</details>")]
    assert eye.count("learner-") == 9
