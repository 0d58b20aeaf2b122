"""The journal: verdicts survive any end of the grader, and no other file is damaged."""

import errno
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.course import Exercise
from grader.course.limits import Limits
from grader.course.settings import find_course
from grader.gradebook.journal import READABLE, Journal, JournalError, erase, read_journal
from grader.gradebook.marks import Arrival
from grader.gradebook.standing import standings
from grader.messages.message import english
from grader.submissions.submission import Submission
from grader.verdicts.conditions import conditions_of
from grader.verdicts.learner_view import for_learner
from grader.verdicts.verdict import Conditions, ExerciseVerdict, Outcome, SpecVerdict, Tier, Verdict
from grader.worker.source import Source

CONDITIONS = Conditions("c0", "s0", "3.11", "2.0", {"files": 1000}, ("landlock",))


def verdict(name="ada", message="returned 1", submission="h0"):
    spec = SpecVerdict("test_f", "f doubles.", Tier.CORE, Outcome.FAILED, 2, message)
    return Verdict(name, (ExerciseVerdict("01_f", (spec,)),), submission, CONDITIONS, ("a note",))


def journal_of(path, *verdicts, source=Path("/class")):
    with Journal(path, source) as journal:
        for one in verdicts:
            journal.add(one, 0.5)
    return path


def opened(path, source=Path("/class")):
    """Return the verdicts that a restarted grader reads from a journal."""
    with Journal(path, source) as journal:
        return dict(journal.verdicts)


def refused(path, source=Path("/class")):
    """Return the error for a file that cannot be used, and check that it is unchanged."""
    content, touched = path.read_bytes(), path.stat().st_mtime_ns
    with pytest.raises(JournalError) as told, Journal(path, source):
        pass
    assert path.read_bytes() == content
    assert path.stat().st_mtime_ns == touched
    assert str(path) in str(told.value)
    return str(told.value)


# Reading back what was written

# To JSON, a high half with a low one behind it is one character: of halves, only low ones here.
TEXT = st.text(st.characters(exclude_categories=()), max_size=20).map(
    lambda text: "".join(c for c in text if not "\ud800" <= c < "\udc00")
)
SPECS = st.builds(
    SpecVerdict,
    TEXT,
    TEXT,
    st.sampled_from(Tier),
    st.sampled_from(Outcome),
    st.integers(0, 100),
    TEXT,
    st.none() | TEXT,
    TEXT,
    st.lists(TEXT, max_size=2).map(tuple),
)
VERDICTS = st.builds(
    Verdict,
    TEXT,
    st.lists(
        st.builds(ExerciseVerdict, TEXT, st.lists(SPECS, max_size=3).map(tuple)), max_size=3
    ).map(tuple),
    TEXT,
    st.builds(
        Conditions,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        st.dictionaries(TEXT, st.integers(1, 10**9) | st.floats(0.001, 1e9), max_size=3),
        st.lists(TEXT, max_size=3).map(tuple),
    ),
    st.lists(TEXT, max_size=3).map(tuple),
)


@settings(max_examples=40)
@given(st.lists(VERDICTS, max_size=4))
def test_every_verdict_comes_back_equal(verdicts):
    """Including line breaks of any kind, control codes and unpaired surrogates."""
    with tempfile.TemporaryDirectory() as folder:
        path = journal_of(Path(folder) / "class.journal", *verdicts)
        assert opened(path) == {one.name: one for one in verdicts}
        assert [one.content for one in read_journal(path, path.read_bytes())[1]] == verdicts
        assert path.read_bytes().isascii()
        assert path.read_bytes().count(b"\n") == 1 + len(verdicts)


def test_of_several_verdicts_on_one_submission_the_last_one_holds(tmp_path):
    """Earlier lines stay: nothing in a journal is ever changed."""
    path = journal_of(tmp_path / "j", verdict(message="first"), verdict("bob"))
    before = path.read_bytes()
    journal_of(path, verdict(message="second"))
    assert opened(path) == {"ada": verdict(message="second"), "bob": verdict("bob")}
    assert path.read_bytes().startswith(before)


def test_a_verdict_is_on_the_disk_when_add_returns(tmp_path, monkeypatch):
    """It is flushed to disk, and other processes can read it at once."""
    forced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (real(fd), forced.append(os.fstat(fd).st_size)))
    with Journal(tmp_path / "j", Path("/class")) as journal:
        for number in range(3):
            journal.add(verdict(f"s{number}"), 0.1)
            content = (tmp_path / "j").read_bytes()
            assert len(read_journal(tmp_path / "j", content)[1]) == number + 1
            assert forced[-1] == len(content)


def test_times_are_in_the_journal_and_not_in_the_verdict(tmp_path):
    """Verdicts are the same in every run, but durations are not."""
    path = journal_of(tmp_path / "j", verdict())
    entry = json.loads(path.read_text().splitlines()[1])
    assert entry["seconds"] == 0.5
    assert entry["at"].startswith("20")
    assert entry["verdict"].keys() == asdict(verdict()).keys()


# A grader that was killed


@settings(max_examples=40)
@given(st.lists(VERDICTS, min_size=1, max_size=4), st.data())
def test_a_journal_that_was_cut_off_anywhere_goes_on_from_its_last_whole_line(verdicts, data):
    """After adding the missing verdicts, its content is the same as without the interruption."""
    with tempfile.TemporaryDirectory() as folder:
        path = journal_of(Path(folder) / "j", *verdicts)
        whole = path.read_bytes()
        header = whole.index(b"\n") + 1
        cut = whole[: data.draw(st.integers(header, len(whole)))]
        path.write_bytes(cut)
        kept = cut.count(b"\n") - 1
        assert opened(path) == {one.name: one for one in verdicts[:kept]}
        journal_of(path, *verdicts[kept:])
        assert opened(path) == {one.name: one for one in verdicts}
        assert [one.content for one in read_journal(path, path.read_bytes())[1]] == verdicts


@pytest.mark.parametrize("torn", [b"\0" * 50, b"\xff\xfe{", b'{"at"', b'{"verdict":1}'])
def test_a_torn_last_line_is_dropped_whatever_is_in_it(tmp_path, torn):
    """After a power failure it may consist of zeros."""
    path = journal_of(tmp_path / "j", verdict())
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    assert opened(path) == {"ada": verdict()}
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "torn",
    [b"", b'{"journ', *(b'{"journal":%d,"class":"' % version for version in READABLE)],
)
def test_a_journal_that_was_hardly_begun_is_begun_anew(tmp_path, torn):
    """The grader was killed while creating it."""
    (tmp_path / "j").write_bytes(torn)
    path = journal_of(tmp_path / "j", verdict())
    assert opened(path) == {"ada": verdict()}


# What is no journal, or a damaged one

LINE = json.dumps({"verdict": asdict(verdict())}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"name,points\nada,3\n",
        b"name,points",
        b"\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"[1, 2]\n",
        b"{}\n",
        b'"class"\n',
        b'{"schema": 2,\n "submissions": []}\n',
        b'{"class": 3, "journal": 2}\n',
        "Namen: Jürgen\n".encode("utf-16"),
        b"1" * 5000 + b"\n",
        LINE + b"\n",
    ],
    ids=lambda content: repr(content[:12]),
)
def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path, content):
    """`--journal grades.csv` by mistake does not destroy the grades."""
    path = tmp_path / "grades.csv"
    path.write_bytes(content)
    assert "is not a journal" in refused(path)


@given(st.binary(min_size=1, max_size=200).filter(lambda content: content != b"{"))
def test_bytes_are_a_journal_or_refused(content):
    """Arbitrary bytes cause no other error, and the file is unchanged."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "j"
        path.write_bytes(content)
        refused(path)


@pytest.mark.parametrize("damaged", [b"", b"\0\0", b'{"at": 1', b"{}", b"[]", b"7", b"\xff" * 9])
def test_a_damaged_line_elsewhere_is_told_with_its_number(tmp_path, damaged):
    """It is not an incomplete last line, so another program changed the file."""
    path = journal_of(tmp_path / "j", verdict("ada"), verdict("bob"))
    lines = path.read_bytes().splitlines()
    lines[1] = damaged
    path.write_bytes(b"\n".join(lines) + b"\n")
    told = refused(path)
    assert "line 2" in told
    assert "damaged" in told


@pytest.mark.parametrize(
    "damaged",
    [
        b'{"verdict": "x"}',
        b'{"verdict": null}',
        b"[" * 100_000,
        LINE.replace(b'"ada"', b'["ada"]'),
    ],
    ids=["text", "null", "deep", "name"],
)
def test_a_line_of_another_form_is_damaged_too(tmp_path, damaged):
    """It is reported as damaged, without a traceback."""
    path = journal_of(tmp_path / "j", verdict("bob"))
    path.write_bytes(path.read_bytes() + damaged + b"\n")
    assert "line 3" in refused(path)


def test_a_file_of_brackets_is_no_journal(tmp_path):
    """At any depth."""
    path = tmp_path / "j"
    path.write_bytes(b"[" * 100_000 + b"\n")
    assert "is not a journal" in refused(path)


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        (b'"max_points": 2', b'"max_points": "2"'),
        (b'"max_points": 2', b'"max_points": 2.5'),
        (b'"notes": ["a note"]', b'"notes": "a note"'),
        (b'"output": ""', b'"output": 7'),
        (b'"submission": "h0"', b'"submission": null'),
        (b'"sandbox": ["landlock"]', b'"sandbox": "landlock"'),
    ],
    ids=lambda value: value.decode()[:24],
)
def test_a_value_of_another_kind_is_damage_too(tmp_path, found, instead):
    """An edited journal must not give marks that cannot be added up."""
    assert found in LINE
    path = journal_of(tmp_path / "j")
    path.write_bytes(path.read_bytes() + LINE.replace(found, instead) + b"\n")
    refused(path)


def test_the_journal_of_another_class_is_refused(tmp_path):
    """The error names the class."""
    path = journal_of(tmp_path / "j", verdict(), source=Path("/monday"))
    told = refused(path, Path("/tuesday"))
    assert "/monday" in told
    assert "/tuesday" in told
    assert "--journal" in told


def test_a_journal_of_another_version_is_refused(tmp_path):
    """Its content may have another meaning."""
    path = journal_of(tmp_path / "j")
    path.write_bytes(path.read_bytes().replace(b'"journal":5', b'"journal":7'))
    told = refused(path)
    assert "version 7" in told
    assert "5 is expected" in told


# One grader at a time


def test_a_second_grader_is_told_that_there_is_a_first_one(tmp_path):
    """It does not wait; after the first one ends, it can open the journal."""
    with Journal(tmp_path / "j", Path("/class")) as journal:
        with pytest.raises(JournalError, match="another grader") as told:
            Journal(tmp_path / "j", Path("/class")).__enter__()
        journal.add(verdict(), 1)
    assert "--journal" in str(told.value)
    assert opened(tmp_path / "j") == {"ada": verdict()}


def test_a_journal_that_was_refused_is_not_held(tmp_path):
    """After the file is moved away, the same process can continue."""
    path = tmp_path / "j"
    path.write_bytes(b"no journal\n")
    refused(path)
    path.unlink()
    assert opened(path) == {}


def test_whatever_ends_the_grader_the_journal_is_free_again(tmp_path):
    """An exception or SIGKILL, for example."""
    path = tmp_path / "j"
    with pytest.raises(ZeroDivisionError), Journal(path, Path("/class")):
        _ = 1 / 0
    assert opened(path) == {}
    code = f"""
from pathlib import Path
from grader.gradebook.journal import Journal
with Journal(Path({str(path)!r}), Path("/class")):
    print("held", flush=True)
    input()
"""
    holder = subprocess.Popen(
        [sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(JournalError, match="another grader"):
            opened(path)
        holder.kill()
        holder.wait()
    assert opened(path) == {}


# Places where there can be no journal


@pytest.mark.skipif(os.name != "posix", reason="there it is another error")
def test_a_place_where_nothing_can_be_written_is_told(tmp_path):
    """A folder instead of the file, or a file instead of the folder."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "folder", tmp_path / "file" / "j"):
        with pytest.raises(JournalError) as told:
            opened(path)
        assert str(path) in str(told.value)
        assert "another grader" not in str(told.value)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("room", [0, 20, 500], ids=["header", "in the header", "in a verdict"])
def test_a_full_disk_is_one_sentence_and_the_journal_goes_on(tmp_path, monkeypatch, number, room):
    """Seen with a tmpfs of 64 KiB: a traceback, as closing the file wrote the rest once more."""
    path, write, left = tmp_path / "j", os.write, [room]

    def full(descriptor, content):
        if left[0] == 0:
            raise OSError(number, os.strerror(number))
        written = write(descriptor, content[: left[0]])
        left[0] -= written
        return written

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(JournalError) as told:
            journal_of(path, verdict(), verdict("bob"))
    assert str(told.value).startswith(f"{path}: the disk is full (")
    assert "run the same command again" in str(told.value)
    journal_of(path, verdict(), verdict("bob"))
    assert sorted(opened(path)) == ["ada", "bob"]


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="nothing is read-only for root, or on Windows"
)
def test_a_folder_that_is_read_only_is_told(tmp_path):
    """With the reason from the operating system."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(JournalError, match="Permission denied"):
            opened(tmp_path / "j")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_a_folder_that_takes_no_files_is_not_told_as_another_grader():
    """The user would wait forever for the other grader to end."""
    with pytest.raises(JournalError) as told:
        opened(Path("/proc/class.journal"))
    assert "another grader" not in str(told.value)


# Erasing a learner


def test_all_lines_about_somebody_are_erased_and_all_others_stay(tmp_path):
    """Other lines keep their exact bytes; nothing about the erased learner remains."""
    path = journal_of(
        tmp_path / "j", verdict("ada"), verdict("bob"), verdict("ada", "I am Ada"), verdict("ada b")
    )
    before = path.read_bytes().splitlines(keepends=True)
    with path.open("ab") as file:
        file.write(b'{"at":"2026","verdict":{"name":"ada')
    path.chmod(0o640)
    assert erase(path, "ada") == ("ada", 2)
    assert path.read_bytes() == b"".join([before[0], before[2], before[4]])
    assert path.stat().st_mode & 0o777 == 0o640 or os.name != "posix"
    assert set(opened(path)) == {"bob", "ada b"}
    assert sorted(one.name for one in tmp_path.iterdir()) in (["j"], ["j", "j.lock"])


@pytest.mark.parametrize("content", [b"", b"rubbish\n", b'{"journal":99,"class":"/class"}\n'])
def test_what_is_no_journal_is_not_written_anew(tmp_path, content):
    """Nor a damaged journal, or one of another version."""
    path = tmp_path / "j"
    path.write_bytes(content)
    with pytest.raises(JournalError, match="j"):
        erase(path, "ada")
    assert path.read_bytes() == content


def test_a_damaged_journal_is_not_written_anew(tmp_path):
    """The error names the line, as on opening."""
    path = journal_of(tmp_path / "j", verdict("ada"))
    path.write_bytes(path.read_bytes() + b"{}\n")
    content = path.read_bytes()
    with pytest.raises(JournalError, match="line 3"):
        erase(path, "ada")
    assert path.read_bytes() == content


def test_who_is_not_in_the_journal_is_answered_with_who_is(tmp_path):
    """A misspelt name must not look like an erased learner."""
    path = journal_of(tmp_path / "j", verdict("ada"), verdict("bob"))
    with pytest.raises(JournalError, match=r"found 'Ada'; known names: ada"):
        erase(path, "Ada")
    with pytest.raises(JournalError, match="no such journal"):
        erase(tmp_path / "gone", "ada")
    assert not (tmp_path / "gone.lock").exists()


def test_nobody_is_erased_while_a_grader_is_at_work(tmp_path):
    """The grader would continue to write to the old file."""
    path = journal_of(tmp_path / "j", verdict("ada"))
    with Journal(path, Path("/class")), pytest.raises(JournalError, match="at work"):
        erase(path, "ada")
    assert set(opened(path)) == {"ada"}


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_whenever_erasing_is_cut_short_the_journal_is_whole(tmp_path, monkeypatch, broken):
    """It is the old or the new one, and no temporary file is left."""
    path = journal_of(tmp_path / "j", verdict("ada"), verdict("bob"))
    content = path.read_bytes()

    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if broken == "fsync" else (Path, "replace")), fail)
    with pytest.raises(JournalError, match="No space left"):
        erase(path, "ada")
    assert path.read_bytes() == content
    assert {one.name for one in tmp_path.iterdir()} <= {"j", "j.lock"}


@pytest.mark.parametrize("bad", ["soon", "", 1])
def test_a_time_of_arrival_that_is_none_is_damage(tmp_path, bad):
    """It is reported when the journal is read, not while marks are settled."""
    path = journal_of(tmp_path / "j", verdict())
    name = verdict().name
    with Journal(path, Path("/class")) as journal:
        journal.decide(Arrival(name, "h", "2026-12-01T10:00:00+01:00", "t1"))
    assert opened(path)
    content = path.read_bytes().replace(b'"2026-12-01T10:00:00+01:00"', json.dumps(bad).encode())
    path.write_bytes(content)
    assert "line 3, is damaged" in refused(path)


# Journals of the version before


OLD = Path(__file__).parent / "journals" / "version_2.jsonl"


@pytest.fixture
def old(tmp_path):
    """The journal of a grader that stored all texts as plain strings."""
    path = tmp_path / "class.journal"
    path.write_bytes(OLD.read_bytes())
    return path


def test_a_journal_of_the_version_before_keeps_all_that_people_did(old):
    """Marks set by hand, publications, lateness, attempts, and all verdicts."""
    with Journal(old, Path("/class")) as journal:
        found = standings(journal.lines)
    ada, bob, eve = found["ada"], found["bob"], found["eve"]
    assert [one.points for one in ada.attempts] == [10, 0]
    assert ada.verdict is ada.attempts[0]
    assert [(one.percent, one.reason) for one in ada.late] == [
        (10, "12 h late, 1 day begun: 10% off")
    ]
    (mark,) = bob.marks_that_count
    assert (mark.points, mark.comment, mark.reason, mark.by) == (4, "Nearly.", "good idea", "tutor")
    assert not bob.to_review
    assert ada.is_published
    assert bob.is_published
    assert eve.is_published
    spec = bob.verdict.exercises[0].specs[0]
    assert spec.message.startswith("raised    ValueError: nothing was handed in\nat        double")
    assert len(standings(journal.lines, published=True)) == 3


def test_its_verdicts_are_of_another_version_of_the_course(old):
    """So submissions are judged again, but recognised as unchanged."""
    with Journal(old, Path("/class")) as journal:
        verdicts = journal.verdicts
    exercise = Exercise(Path("/course"), "01_double")
    text = 'def double(x):\n    raise ValueError("nothing was handed in")\n'
    source = Source("/submission/double/double.py", text)
    again = Submission("bob", {"double": source}, (exercise,))
    assert again.hash == verdicts["bob"].submission
    course = find_course(Path(__file__))
    now = conditions_of(course, "", Limits(), ())
    assert now.course != verdicts["bob"].conditions.course


def test_it_is_of_this_version_once_something_is_written_to_it(old):
    """Existing lines are unchanged; an older grader reports that it is too old to read them."""
    before = old.read_bytes().splitlines()
    with Journal(old, Path("/class")) as journal:
        journal.add(verdict(message=english("nothing was handed in")), 0.5)
    header, *lines = old.read_bytes().splitlines()
    assert json.loads(header) == {"journal": 5, "class": "/class"}
    assert lines[:-1] == before[1:]
    assert opened(old)["ada"].exercises[0].specs[0].message == english("nothing was handed in")


def test_it_is_refused_for_another_class_and_stays_as_it_was(old):
    """The same as for a journal of the current version."""
    assert "is the journal of /class" in refused(old, Path("/other"))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b'"message":["msg",', b'"message":["message",'),
        (b'{"name":"x"}', b'{"other":"x"}'),
        (b'"notes":["a note"]', b'"notes":[["msg","{a:99}",{"a":1}]]'),
    ],
)
def test_a_message_that_cannot_be_said_is_damage(tmp_path, good, bad):
    """It is reported when the journal is read, not while a report is written."""
    found = verdict(message=english("{name} is there", name="x"))
    path = journal_of(tmp_path / "j", found)
    content = path.read_bytes()
    assert good in content
    path.write_bytes(content.replace(good, bad))
    assert "line 2, is damaged" in refused(path)


def test_the_hidden_text_of_a_journal_without_feedback_is_for_instructors_only(tmp_path):
    """Version 3 has what was found with the hidden inputs; a learner reads promise and outcome."""
    path = tmp_path / "class.journal"
    path.write_bytes(OLD.with_name("version_3.jsonl").read_bytes())
    verdict = opened(path)["bob"]
    assert verdict.points == 4
    found = [one for one in verdict.exercises[0].specs if not one.passed]
    assert any("-1.4354866780860471" in str(one.message) for one in found)
    for one in for_learner(verdict).exercises[0].specs:
        assert one.passed or "judged again" in str(one.message)
        assert (one.mistake, one.hints, one.output) == (None, (), "")
