"""The commands for marks, as an instructor uses them on a class."""

import json
import re
import shlex
import shutil
import sys
import zipfile
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from grader.cli.main import main
from grader.judging.pool import Pool
from grader.reports.formats.json_file import schema
from grader.transport.worker_process import can_confine

COMMAND = "from grader.cli.main import main; main()"
ROOT = Path(__file__).parents[3]
HOSTILE = "<script>alert(1)</script> \x1b[2J =1"

pytestmark = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")


class Here(Executor):
    """An executor in this process: a class of three is judged faster than a process starts."""

    def submit(self, call, /, *arguments, **named):
        done = Future()
        done.set_result(call(*arguments, **named))
        return done


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A class of two sections: Ada did everything, Bob nothing, and Cy handed in nothing."""
    folder = tmp_path / "desk"
    shutil.copytree(ROOT / "solutions" / "03_affine", folder / "class" / "lovelace")
    (folder / "class" / "babbage").mkdir()
    (folder / "class" / "babbage" / "affine.py").write_text("class Affine(:\n", "utf-8")
    (folder / "roster.csv").write_text(
        "Student,ID,SIS Login ID,Section,HW (7)\n    Points Possible,,,,10\n"
        "Ada,1,lovelace,A,\nBob,2,babbage,B,5\nCy,3,cycy,B,7\n"
    )
    monkeypatch.setattr(Pool, "_start", lambda pool: Here())
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return folder


@pytest.fixture
def call(monkeypatch, capsys):
    """Call a command in this process, and return exit code, stdout and stderr."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return ended.value.code or 0, captured.out, captured.err

    return call


def grade(call, *options, journal="j"):
    files = ("--roster", "roster.csv", "--journal", journal, "--json", "g.json")
    found = call("grade", "class", "--exercise", "03_affine", *files, *options, "--jobs", 1)
    document = json.loads(Path("g.json").read_text()) if found[0] == 0 else {"submissions": []}
    return found, {one["name"]: one for one in document["submissions"]}


def test_from_two_sections_to_published_marks(call, desk):
    """Graded separately, merged, one mark set by hand, published: all reports show that state."""
    for section in "AB":
        found, rows = grade(call, "--section", section, journal=f"{section}.journal")
        assert found[0] == 0, found[2]
        assert {one["section"] for one in rows.values()} == {section}
    assert call("merge", "j", "A.journal", "B.journal")[0] == 0
    shutil.copy("g.json", "before.json")

    found, _ = grade(call, "--published")
    assert found[0] == 2, "an empty report would look like a class of nobody"
    assert "grader publish" in " ".join(found[2].split())

    setting = ("mark", "babbage", "--journal", "j", "--exercise", "03_affine", "--by", "Eve")
    assert call(*setting, "--points", 8, "--reason", HOSTILE, "--comment", "Just a colon.")[0] == 0
    assert call("publish", "--journal", "j", "babbage", "--by", "Eve")[0] == 0
    assert call(*setting, "--points", 1, "--reason", "a draft")[0] == 0

    reports = ("canvas=c.csv", "feedback=f", "html=h.html", "github=s.md")
    options = [word for one in reports for word in ("--report", one)]
    (code, shown, told), rows = grade(call, "--published", *options)
    assert code == 0, told
    assert "lovelace" in told
    assert rows.keys() == {"Bob"}
    assert rows["Bob"]["points"] == 8
    assert rows["Bob"]["published"]
    Draft202012Validator(json.loads(schema())).validate(json.loads(Path("g.json").read_text()))
    assert "8*" in shown
    assert "\x1b[2J" not in shown
    assert Path("c.csv").read_text().splitlines()[2:] == [
        "Ada,1,lovelace,A,", "Bob,2,babbage,B,8", "Cy,3,cycy,B,7"
    ]  # fmt: skip
    for page in ("f/Bob.feedback.md", "f/Bob.feedback.html"):
        assert "Just a colon." in Path(page).read_text()
        assert "alert" not in Path(page).read_text(), "the reason is not for the learner"
    assert "<script>alert" not in Path("h.html").read_text() + Path("s.md").read_text()
    assert r"8\*" in Path("s.md").read_text()

    first = Path("h.html").read_bytes()
    grade(call, "--published", *options)
    assert Path("h.html").read_bytes() == first, "same journal, same reports"

    (_, shown, _), rows = grade(call)
    assert (rows["Bob"]["points"], rows["Bob"]["published"]) == (1, "")
    code, shown, _ = call("diff", "before.json", "g.json")
    assert code == 1
    assert "a draft" in shown
    assert call("diff", "g.json", "g.json")[0] == 0


def test_what_was_set_survives_a_late_arrival_and_is_to_be_reviewed(call, desk, process):
    """The old verdict stays in the audit trail, here printed by a process of its own."""
    grade(call)
    mark = ("mark", "babbage", "--journal", "j", "--exercise", "03_affine")
    assert call(*mark, "--points", 8, "--reason", "x")[0] == 0
    shutil.copy("class/lovelace/affine.py", "class/babbage/affine.py")
    (_, shown, _), rows = grade(call)
    assert "8*" in shown
    assert "look at that again" in " ".join(shown.split())
    assert rows["Bob"]["marks"][0]["to_review"]
    done = process("-c", COMMAND, "audit", "babbage", "--journal", "j", "--json", cwd=desk)
    assert done.returncode == 0, done.err
    trail = json.loads(done.out)["events"]
    assert [(one["event"], one["points"]) for one in trail] == [
        ("judged", 0), ("set", 8), ("judged", 8)
    ]  # fmt: skip
    assert trail[0]["submission"] != trail[2]["submission"]
    assert "set to 8" in " ".join(call("audit", "--journal", "j")[1].split())
    assert call(*mark, "--withdraw")[0] == 0
    comment = ("mark", "Cy", "--journal", "j", "--comment", "Where is it?")
    assert call(*comment)[0] == 0
    Path("class/babbage").rename("class/cycy")
    (_, _, told), rows = grade(call)
    assert "Cy is now cycy" in " ".join(told.split())
    assert rows["Cy"]["points"] == 10
    assert [one["comment"] for one in rows["Cy"]["marks"]] == ["Where is it?"]
    Path("class/cycy").rename("class/babbage")
    assert grade(call)[1]["Bob"]["points"] == 10


def test_bad_input_is_told_and_exits_with_2(call, desk):
    """Each message says what was expected."""
    journal = ("--journal", "j")
    for arguments, expected in [
        (("mark", "x", *journal, "--comment", "x"), "no such journal"),
        (("publish", *journal), "no such journal"),
        (("audit", *journal), "no such journal"),
        (("merge", "m", "j", "k"), "no such journal"),
        (("diff", "roster.csv", "roster.csv"), "expected a journal"),
        (("grade", "class", "--section", "A"), "--roster"),
        (("grade", "class", "--roster", "roster.csv", "--section", "Z"), "'A', 'B'"),
        (("grade", "class/lovelace", "--single", "--published"), "for a class"),
    ]:
        code, _, told = call(*arguments)
        assert code == 2, arguments
        assert expected in " ".join(told.split()), arguments


def flat(text):
    return " ".join(text.split())


def test_another_weeks_marks_are_never_written_into_this_weeks_column(call, desk):
    """Canvas calls every download submissions.zip: week 3's marks went into week 4's column."""
    grade(call)
    assert call("publish", "--journal", "j")[0] == 0
    before = Path("j").read_bytes()
    week_4 = ("grade", "class", "--exercise", "4", "--roster", "roster.csv", "--jobs", 1)
    canvas = ("--report", "canvas=c.csv", "--assignment", "HW")
    code, _, told = call(*week_4, *canvas, "--published", "--journal", "j")
    assert code == 2
    assert "03_affine" in told
    assert "04_softmax_with_loss" in told
    assert "--journal j-04_softmax_with_loss" in flat(told)
    assert not Path("c.csv").exists()
    assert Path("j").read_bytes() == before
    code, _, told = call(*week_4, *canvas, "--published", "--journal", "j4")
    assert (code, Path("c.csv").exists()) == (2, False)
    assert "no marks of 04_softmax_with_loss are published yet" in flat(told)
    code, _, told = call("publish", "--journal", "j", "--exercise", "4")
    assert code == 2
    assert "nothing in it is about 4; it is of 03_affine" in flat(told)
    assert call("publish", "--journal", "j", "--exercise", "affine")[0] == 0
    assert call("audit", "--journal", "j", "--exercise", "3")[0] == 0


def test_a_journal_of_another_assignment_is_refused(call, desk):
    """The same exercise, offered a second time, has a column of its own."""
    export = Path("roster.csv").read_text().replace("HW (7)", "HW (7),HW again (8)")
    Path("roster.csv").write_text(export.replace(",10\n", ",10,10\n").replace("A,", "A,,"))
    assert grade(call, "--assignment", "7", "--report", "canvas=c.csv")[0][0] == 0
    assert grade(call, "--assignment", "HW")[0][0] == 0
    (code, _, told), _ = grade(call, "--assignment", "HW again", "--report", "canvas=d.csv")
    assert code == 2
    assert "'HW (7)'" in told
    assert "'HW again (8)'" in flat(told)
    assert not Path("d.csv").exists()
    assert call("merge", "k", "j", "--class", "class")[0] == 0
    assert grade(call, "--assignment", "HW again", journal="k")[0][0] == 0


def test_a_second_download_takes_the_marks_of_the_first_along(call, desk):
    """A browser calls it "submissions (1).zip", for which there is no journal yet."""
    names = {"lovelace": "lovelaceada_1", "babbage": "babbagebob_2"}
    for zip_name in ("submissions", "submissions (1)"):
        with zipfile.ZipFile(f"{zip_name}.zip", "w") as archive:
            for folder, name in names.items():
                archive.write(f"class/{folder}/affine.py", f"{name}_9_affine.py")
    first = ("grade", "submissions.zip", "--exercise", "3", "--jobs", 1)
    again = ("grade", "submissions (1).zip", *first[2:])
    assert call(*first)[0] == 0
    kept = ("--journal", "submissions.journal")
    assert call("mark", "2", *kept, "--exercise", "3", "--points", "7.5", "--reason", "x")[0] == 0
    code, _, told = call(*again)
    assert code == 2
    assert "submissions.journal has marks set by hand or published" in flat(told)
    assert not Path("submissions (1).journal").exists()
    command = re.search(r"`grader (merge [^`]*)`", flat(told))[1]
    assert call(*shlex.split(command))[0] == 0
    code, shown, _ = call(*again)
    assert (code, "7.5*" in shown) == (0, True)
    code, shown, told = call(*again, *kept)
    assert (code, "7.5*" in shown) == (0, True), "ids prove that it is the same class"
    code, shown, told = call(*again, "--journal", "new.journal")
    assert (code, "7.5*" in shown) == (0, False)
    assert "have marks set by hand" in flat(told), "who begins anew is told what is left behind"


def test_names_of_the_table_are_understood_by_every_command(call, desk):
    """Without the roster, too: the journal has recorded them."""
    grade(call)
    kept = ("--journal", "j")
    setting = ("--exercise", "3", "--points", "2.5", "--reason", "x")
    assert call("mark", "Bob", *kept, *setting)[0] == 0
    assert call("mark", "babbag", *kept, *setting)[2].count("known names: babbage") == 1
    assert "2.5 / 10" in call("audit", "Bob", *kept)[1]
    assert call("publish", "Bob", *kept)[1].startswith("1 published")
    (code, shown, _), _ = grade(call, "--regrade", "Bob")
    assert (code, "2.5*" in shown) == (0, True)
    spec = "test_Affine_db_sums_dout_over_the_samples"
    for options in (("--roster", "roster.csv"), ("--journal", "j")):
        code, shown, told = call("replay", "Ada", spec, "--class", "class", *options)
        assert (code, "kept" in shown) == (0, True), told
    code, _, told = call("replay", "Adda", spec, "--class", "class", *kept)
    assert (code, "known names: Ada" in flat(told)) == (2, True)
    code, shown, _ = call("erase", "Bob", *kept)
    assert (code, "of babbage" in shown) == (0, True)
    assert b"babbage" not in Path("j").read_bytes()
    assert call("audit", "Bob", *kept)[0] == 2


def test_a_list_of_marks_and_an_excuse_reach_the_platform_and_outlast_a_regrade(call, desk):
    """All of the list or nothing; EX in Canvas, and no line in Moodle's file."""
    grade(call)
    Path("marks.csv").write_text("name,exercise,points,reason\nAda,3,9.5,style\nBob,3,excused,\n")
    command = ("mark", "--from", "marks.csv", "--journal", "j", "--by", "Eve")
    before = Path("j").read_bytes()
    code, _, told = call(*command)
    assert (code, Path("j").read_bytes()) == (2, before)
    assert "marks.csv, line 3: --excused needs a --reason" in flat(told)
    code, shown, told = call(*command, "--reason", "ill")
    assert code == 0, told
    assert shown.splitlines() == [
        "lovelace: 03_affine scores 9.5, set by hand.", "babbage: excused from 03_affine."
    ]  # fmt: skip
    shutil.copy("class/lovelace/affine.py", "class/babbage/affine.py")
    for _ in range(2):
        (code, shown, _), rows = grade(call, "--regrade", "Bob", "--report", "canvas=c.csv")
        assert code == 0
        assert (rows["Bob"]["points"], rows["Bob"]["max_points"]) == (0, 0)
        assert re.search(r"Bob .* EX │ +EX │", shown)
        assert Path("c.csv").read_text().splitlines()[2:] == [
            "Ada,1,lovelace,A,9.5", "Bob,2,babbage,B,EX", "Cy,3,cycy,B,7"
        ]  # fmt: skip
    assert "excused from 03_affine by Eve; reason: ill" in flat(
        re.sub("[│┃]", " ", call("audit", "Bob", "--journal", "j")[1])
    )
    wrongs = [("mark", "Bob", *command[1:]), ("mark", "--journal", "j"), (*command, "--excused")]
    for wrong in wrongs:
        assert call(*wrong)[0] == 2


def test_published_marks_of_another_exercise_in_an_old_journal_are_not_shown(call, desk):
    """Before schema 5, one journal was used for several exercises."""
    grade(call, journal="j3")
    assert call("publish", "--journal", "j3")[0] == 0
    week_4 = ("grade", "class", "--exercise", "4", "--roster", "roster.csv", "--jobs", 1)
    assert call(*week_4, "--journal", "j4")[0] == 1  # nobody handed it in
    header = json.dumps({"journal": 4, "class": str(Path("class").resolve())})
    verdicts = [line for line in Path("j4").read_text().splitlines() if '"verdict"' in line]
    old = [line for line in Path("j3").read_text().splitlines()[1:] if '"person"' not in line]
    Path("old").write_text("\n".join([header, *old, verdicts[0]]) + "\n")
    code, _, told = call(*week_4, "--journal", "old", "--published")
    assert (code, "no marks of 04_softmax_with_loss are published" in flat(told)) == (2, True)
    found, rows = grade(call, "--published", journal="old")
    assert (found[0], rows["Ada"]["points"]) == (0, 10)
