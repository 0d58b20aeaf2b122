"""Requests for reports, and writing them: errors come before judging, not after."""

import pytest
from gradebooks import BAD, GOOD, OURS, row

from grader.errors import ReportError
from grader.reports.registry import FORMATS, Findings, check, check_kind, parse, write
from grader.roster.roster import read_export

ROSTER = 'Student,ID,SIS Login ID,Section,A (1)\n"Doe, Jane",7,jane,Mon,\n'


UPLOADS = {"jane": ("doejane_7_70_ex.py", "Jane Doe_7_assignsubmission_file")}


def wanted(*reports, is_class=True, pseudonyms=False):
    found = parse(reports, pseudonyms=pseudonyms)
    check_kind(found, is_class)
    return found


def findings(*rows, is_class=True, export=None):
    return Findings(rows, is_class, export, "", 1, dict, 3, uploads=UPLOADS)


def refused(*reports, inputs=(), export=None, **settings):
    with pytest.raises(ReportError) as told:
        check(wanted(*reports, **settings), export, "", inputs, UPLOADS)
    return str(told.value)


@pytest.fixture
def export(tmp_path):
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    return read_export(tmp_path / "roster.csv")


@pytest.fixture(autouse=True)
def nowhere_near_github(monkeypatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


@pytest.mark.parametrize("report", ["pdf=x", "html", "html=", "=x", ""])
def test_what_is_no_report_is_answered_with_those_there_are(report):
    """With an example."""
    with pytest.raises(ReportError, match=r"json, html, csv, feedback.*html=gradebook\.html"):
        wanted(report)


def test_a_path_may_hold_an_equals_sign(tmp_path):
    """Only the first one separates format and path."""
    assert wanted("html=a=b.html")[0].path.name == "a=b.html"


def test_gradescope_reads_one_submission_and_platforms_no_pseudonyms():
    """Each error names the option in question."""
    assert "--single" in refused("gradescope=results.json")
    for name in ("canvas", "moodle", "worksheet", "feedback-canvas", "feedback-moodle"):
        assert "pseudonym" in refused(f"{name}=x.csv", pseudonyms=True)
        assert "--class" in refused(f"{name}=x.csv", is_class=False)


def test_what_cannot_be_written_or_would_be_lost_is_told_first(tmp_path, export):
    """An input file, one named twice, one in the class, or one in a missing folder."""
    inside = tmp_path / "class"
    inside.mkdir()
    mark = tmp_path / "x.csv"
    mark.touch()
    told = refused(f"canvas={export.path}", inputs=[export.path], export=export)
    assert "is read here; name another file" in told
    assert "is named twice" in refused(f"html={mark}", f"json={mark}")
    assert "among the submissions" in refused(f"html={inside / 'x.html'}", inputs=[inside])
    assert "does not exist" in refused(f"html={tmp_path / 'gone' / 'x.html'}")
    assert "expected a file, found a folder" in refused(f"html={inside}")
    assert "expected a folder, found a file" in refused(f"feedback={mark}")


@pytest.mark.parametrize("name", ["canvas", "moodle", "worksheet"])
def test_a_platform_needs_its_export(tmp_path, name, export):
    """It must be named, and have the required columns."""
    assert "--roster" in refused(f"{name}={tmp_path / 'x.csv'}")
    export.path.write_text("name,section\nJane,Mon\n", "utf-8")
    assert "roster.csv" in refused(f"{name}={tmp_path / 'x.csv'}", export=read_export(export.path))


def test_each_format_is_written_where_it_was_asked_for(tmp_path, export):
    """A folder for feedback, a file for the others; line ends of exports are kept."""
    of_class = [name for name in FORMATS if name not in ("gradescope", "worksheet")]
    reports = wanted(*(f"{name}={tmp_path / f'{name}.out'}" for name in of_class))
    check(reports, export, "", [export.path], UPLOADS)
    assert write(reports, findings(row("jane", BAD), export=export)) == [
        f"{tmp_path / 'canvas.out'}: jane is not on the roster, and so not in the file",
        f"{tmp_path / 'moodle.out'}: jane is not on the roster, and so not in the file",
    ]
    assert {path.name for path in tmp_path.glob("*.out")} == {f"{name}.out" for name in of_class}
    assert len(list((tmp_path / "feedback.out").iterdir())) == 2
    assert (tmp_path / "canvas.out").read_bytes() == ROSTER.encode()
    single = wanted(f"gradescope={tmp_path / 'results.json'}", is_class=False)
    write(single, findings(row("jane", BAD), is_class=False))
    assert '"execution_time": 3' in (tmp_path / "results.json").read_text("utf-8")


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_feedback_for_a_platform_needs_its_download(tmp_path, name):
    """It is told before anybody is judged."""
    report = wanted(f"feedback-{name}={tmp_path / 'x.zip'}")
    with pytest.raises(ReportError, match="Grade the download itself") as told:
        check(report, None, "", [], {"ann": ("ann",), "bob": ("bob.zip",)})
    assert str(told.value).startswith(f"--report feedback-{name}=")


def test_moodles_worksheet_is_written_as_a_report(tmp_path):
    """With its own remarks."""
    path = tmp_path / "sheet.csv"
    path.write_text("Identifier,Full name,Status,Grade,Maximum grade\nP 7,Ann,ok,,9\n", "utf-8")
    export = read_export(path)
    reports = wanted(f"worksheet={tmp_path / 'out.csv'}")
    check(reports, export, "", [path])
    assert write(reports, findings(row("jane", BAD), export=export)) == [
        f"{tmp_path / 'out.csv'}: jane is not on the roster, and so not in the file",
        f"{tmp_path / 'out.csv'}: the assignment has 9 points in Moodle, and 4 here; change it "
        "there before you upload the worksheet",
    ]
    assert (tmp_path / "out.csv").read_bytes() == path.read_bytes()


def test_feedback_to_who_is_gone_goes_and_other_files_stay(tmp_path):
    """Removes the files of an erased learner from the folder."""
    reports = wanted(f"feedback={tmp_path / 'out'}")
    write(reports, findings(row("jane", GOOD), row("bob", BAD)))
    (tmp_path / "out" / "mine.md").touch()
    write(reports, findings(row("bob", BAD)))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("bob.feedback.html", "bob.feedback.md", "mine.md")
    ]


def test_a_step_summary_keeps_what_the_step_has_said_before(tmp_path, monkeypatch):
    """The total stays below the limit; any other file is overwritten."""
    path = tmp_path / "summary.md"
    path.write_text("before\n" + "x" * 1_040_000 + "\n", "utf-8")
    rows = [row(f"learner {number}", GOOD) for number in range(500)]
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    write(wanted(f"github={path}"), findings(*rows))
    text = path.read_text("utf-8")
    assert text.startswith("before\n")
    assert "Cut here" in text
    assert path.stat().st_size <= 1024 * 1024
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    write(wanted(f"github={path}"), findings(*rows))
    assert path.read_text("utf-8").startswith("# 500 learners")


def test_where_gradescope_may_be_told_nothing_no_file_is_left(tmp_path):
    """After a grader error."""
    report = wanted(f"gradescope={tmp_path / 'results.json'}", is_class=False)
    with pytest.raises(ReportError, match="run it again"):
        write(report, findings(row("jane", OURS), is_class=False))
    assert not (tmp_path / "results.json").exists()


def test_a_disk_that_refuses_is_told_with_the_path(tmp_path):
    """For example if a folder of that name was created meanwhile."""
    report = wanted(f"html={tmp_path / 'x.html'}")
    (tmp_path / "x.html").mkdir()
    with pytest.raises(ReportError, match=r"x\.html: the report cannot be written there"):
        write(report, findings(row("jane", GOOD)))
