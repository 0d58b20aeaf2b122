"""Rosters: every supported export, and every message."""

import codecs

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.errors import RosterError
from grader.roster.csv_table import MAX_ROSTER
from grader.roster.roster import Learner, read_export, read_people

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Affine (991),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,10.0,(read only)
"Doe, Jane",12345,S0012345,jdoe,Monday and Tuesday,9.0,90
"O'Brien, Seán",12346,S0012346,sobrien@uni.example,Tuesday,,
"Student, Test",99999,,8cf34d2c0ad1a24e6ff3b5c6e1f4f0c7e2b1aa01,Monday,,
"""
CANVAS_TWO_NAMES = """\
LastName,FirstName,ID,SIS Login ID,Section
    Points Possible,,,,
Doe,Jane,12345,jdoe,Monday
Student,Test,99999,8cf34d2c0ad1a24e6ff3b5c6e1f4f0c7e2b1aa01,Monday
"""
WORKSHEET = """\
\ufeffIdentifier,Full name,ID number,Email address,Status,Grade,Feedback comments
Participant 4711,Jane Doe,u17,jane.doe@uni.example,Submitted for grading,,"well
done"
Participant 4712,王小明,,ming@uni.example,No submission,,
"""
BLIND_WORKSHEET = """\
Identifier,Status,Grade
Participant 4711,Submitted for grading,
Teilnehmer/in 4712,No submission,
"""
PARTICIPANTS = """\
"First name",Surname,"Email address",Groups
Jane,Doe,jane.doe@uni.example,"Group A, Group B"
Zoë,"van der Berg",zoe@uni.example,
"""


@pytest.fixture
def roster_of(tmp_path):
    """Reads a roster of this text, or of these bytes."""

    def read(content):
        path = tmp_path / "roster.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tuple(read_export(path).learners.values())

    return read


# The exports


def test_a_canvas_gradebook_is_read_as_it_is(roster_of):
    """Its rows about the columns, and its test student, are no learners."""
    assert roster_of(CANVAS) == (
        Learner("Doe, Jane", "Monday and Tuesday", "", ("12345", "S0012345", "jdoe")),
        Learner(
            "O'Brien, Seán",
            "Tuesday",
            "",
            ("12346", "S0012346", "sobrien@uni.example", "sobrien"),
        ),
    )


def test_a_canvas_gradebook_with_two_columns_for_names_is_read_as_it_is(roster_of):
    """Canvas can be told to write them apart."""
    assert roster_of(CANVAS_TWO_NAMES) == (Learner("Jane Doe", "Monday", "", ("12345", "jdoe")),)


def test_a_moodle_worksheet_is_read_as_it_is(roster_of):
    """Of "Participant 4711", the number is what the files are named by."""
    assert roster_of(WORKSHEET) == (
        Learner(
            "Jane Doe",
            "",
            "jane.doe@uni.example",
            ("4711", "u17", "jane.doe@uni.example", "jane.doe"),
        ),
        Learner("王小明", "", "ming@uni.example", ("4712", "ming@uni.example", "ming")),
    )


def test_a_moodle_worksheet_without_names_is_read_as_it_is(roster_of):
    """Then the participant is all the name there is, in whatever language."""
    assert roster_of(BLIND_WORKSHEET) == (
        Learner("Participant 4711", identifiers=("4711",)),
        Learner("Teilnehmer/in 4712", identifiers=("4712",)),
    )


def test_moodles_list_of_participants_is_read_as_it_is(roster_of):
    """The first name and the surname are joined."""
    assert roster_of(PARTICIPANTS) == (
        Learner(
            "Jane Doe",
            "Group A, Group B",
            "jane.doe@uni.example",
            ("jane.doe@uni.example", "jane.doe"),
        ),
        Learner("Zoë van der Berg", "", "zoe@uni.example", ("zoe@uni.example", "zoe")),
    )


@pytest.mark.parametrize(
    "header",
    [
        "name,class,mail,username",
        "NAME,Section,E-Mail,Login ID",
        "Full name,group_name,Email Address,student_id",
        " Student ,Groups,e-mail address,ID Number",
        "姓名,班级,邮箱,学号",
    ],
)
def test_a_column_may_go_by_many_names(roster_of, header):
    """Neither case nor punctuation matters."""
    identifiers = ("17", "jane@uni.example", "jane")
    expected = Learner("Jane Doe", "A", "jane@uni.example", identifiers)
    assert roster_of(f"{header}\nJane Doe,A,jane@uni.example,17\n") == (expected,)


@pytest.mark.parametrize(
    "encode",
    [
        str.encode,
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_spreadsheets_save_is_read(roster_of, encode, delimiter, end):
    """UTF-8 or UTF-16 that says so; commas, semicolons, tabs; the ends of lines of every system."""
    rows = (["name", "id", "e-mail"], ['"Doe, Jane; 王"', "7", ""], ["", "", ""], ["Lee", "8", "-"])
    text = end.join(delimiter.join(row) for row in rows)
    assert roster_of(encode(text)) == (
        Learner("Doe, Jane; 王", identifiers=("7",)),
        Learner("Lee", identifiers=("8",)),
    )


def test_a_header_that_others_surround_decides_the_delimiter(roster_of):
    """Not how often a character occurs."""
    assert roster_of('"a,b,c,d,e";name;id\nx,y,z;Jane;7\n') == (
        Learner("Jane", identifiers=("7",)),
    )


def test_a_column_of_names_is_enough(roster_of):
    """So is one of ids; what is written twice around a name is one space."""
    assert roster_of("name\nJane  Doe \n\n\nAnn\n") == (Learner("Jane Doe"), Learner("Ann"))
    assert roster_of("login\njdoe\n") == (Learner("jdoe", identifiers=("jdoe",)),)


def test_a_short_line_lacks_what_it_lacks(roster_of):
    """Some programs leave out empty cells at the end."""
    assert roster_of("name,id,section\nJane,7\n") == (Learner("Jane", identifiers=("7",)),)


@pytest.mark.parametrize(
    ("cell", "sections"),
    [
        ("Mon", ("Mon",)),
        ("Mon and Tue", ("Mon and Tue", "Mon", "Tue")),
        ("Mon, Tue, and Wed", ("Mon, Tue, and Wed", "Mon", "Tue", "Wed")),
        ("Mon; Tue", ("Mon; Tue", "Mon", "Tue")),
        ("Andes", ("Andes",)),
        ("", ()),
    ],
)
def test_a_cell_may_list_several_sections(cell, sections):
    """As Canvas joins them. The whole cell is one too, for a name that has such a word."""
    assert Learner("Ana", cell).sections == Learner("Ana", group=cell).groups == sections


def test_a_group_is_the_section_where_there_is_no_other(roster_of):
    """A section beside it keeps both apart; who somebody is does not depend on the group."""
    (ana,) = roster_of("name,group\nAna,Team 1\n")
    assert (ana.section, ana.group) == ("Team 1", "Team 1")
    (ana,) = roster_of("name,group,section\nAna,Team 1,Mon\n")
    assert (ana.section, ana.group) == ("Mon", "Team 1")
    assert ana == Learner("Ana", "Mon")


def test_a_first_line_for_excel_is_no_header(roster_of):
    """It names the delimiter."""
    for first in ("sep=;\n", '"sep=;"\n'):
        assert roster_of(f"{first}name;id\nAna;7\n") == (Learner("Ana", identifiers=("7",)),)


def test_what_blackboard_exports_is_read_as_it_is(roster_of):
    """Its .xls is text in UTF-16 with tabs."""
    text = '"Last Name"\t"First Name"\t"Username"\t"Week 3 [Total Pts: 10]"\n'
    text += '"Ito"\t"Ana"\t"aito"\t""\n'
    assert roster_of(text.encode("utf-16")) == (Learner("Ana Ito", identifiers=("aito",)),)


def test_an_address_is_enough(roster_of):
    """Where the roster has no names and no ids, it stands for the name."""
    (jane,) = roster_of("email,section\njane@uni.example,A\n")
    identifiers = ("jane@uni.example", "jane")
    assert jane == Learner("jane@uni.example", "A", "jane@uni.example", identifiers)


def test_two_people_of_the_same_name_are_two(roster_of):
    """Where their ids differ, or anything else."""
    jane, other = roster_of("name,id\nJane Doe,1\nJane Doe,2\n")
    assert jane.name == other.name
    assert len(roster_of("name,section\nJane Doe,A\nJane Doe,B\n")) == 2


# The messages


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"roster\.csv: .*found an empty file\. Export"),
        ("\n \n,,\n", r"roster\.csv: .*found an empty file"),
        ("name,id\n", r"roster\.csv: expected a line for each learner below line 1, found none"),
        ("a,b\nJane,1\n", r"roster\.csv, line 1: .*name, student or id; found a and b\. Add"),
        ("\nsection\nA\n", r"roster\.csv, line 2: .*found section"),
        ("email,section\nj@x,A\n,B\n", r"line 3: expected an address, found none"),
        ("email,section\nj@x,A\nJ@X,B\n", r"line 3: expected each email once, found J@X"),
        ("name,id\nJane,1\n\n,,\n, ,\n,-\n", r"line 6: expected a name or an id, found neither"),
        ("name,email\n,j@uni.example\n", r"line 2: expected a name or an id, found neither"),
        ("name,id\nDoe, Jane, 7\n", r"line 2: expected 2 cells, found 3\. Put quotes .*','"),
        ("name,id\nJane,7\nAnn,8\nJ,7\n", r"line 4: expected each id once, found 7 in line 2 too"),
        ("name,login\nJane,JD\nAnn,jd\n", r"line 3: expected each login once, found jd in line 2"),
        ("name\nJane\nAnn\nJane\n", r"line 4: Jane is in line 2 too, .*give each an id"),
        ('name,id\nAnn,1\n"Jane,7\nBob,8\n', r"line 3: .*cannot be parsed.*quote not closed"),
        ('name,id\n"Jane"x,7\n', r"line 2: .*cannot be parsed"),
        ('"name,id\n', r"line 1: .*cannot be parsed"),
        ("name,id\n" + "x" * 200_000 + ",1\n", r"line 2: .*cannot be parsed"),
        (b"name,id\nJane,7\0\n", r"line 2: expected text, found a NUL byte"),
        ("name\nJane".encode("utf-16-le"), r"line 1: expected text, found a NUL byte"),
        (
            "name\n王小明\n".encode("gbk"),
            r"line 2: .*byte 0xcd\. .* likely GBK\. Save .*UTF-8",
        ),
        (
            "name\nMüller\n".encode("cp1252"),
            r"line 2: .* found byte 0xfc\. It is most likely Latin-1 or Windows-1252\. Save it",
        ),
        (codecs.BOM_UTF16_LE + b"n\0a", r"expected UTF-8, found byte 0x61"),
    ],
)
def test_what_is_no_roster_is_told_with_its_line(roster_of, content, message):
    """Each message has the file, the line, what was expected and found, and what to do."""
    with pytest.raises(RosterError, match=message):
        roster_of(content)


def test_a_line_that_follows_a_long_cell_has_its_own_number(roster_of):
    """A cell may hold ends of lines."""
    with pytest.raises(RosterError, match=r"line 5: expected a name or an id"):
        roster_of('name,id,note\nJane,1,"a\nb\nc"\n,,x\n')


def test_what_is_no_file_is_told(tmp_path):
    """A folder, and nothing at all."""
    with pytest.raises(RosterError, match="is a folder; expected a CSV file"):
        read_export(tmp_path)
    with pytest.raises(
        RosterError, match=r"gone\.csv: there is no such file\. Expected a CSV file"
    ):
        read_export(tmp_path / "gone.csv")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    """A hundred megabytes are no roster."""
    path = tmp_path / "video.csv"
    with path.open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(RosterError, match=r"video\.csv: .*more than 16 MiB"):
        read_export(path)
    assert MAX_ROSTER == 16 << 20


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    """With the reason that the system gives."""
    path = tmp_path / "roster.csv"
    path.touch()

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(RosterError, match=r"roster\.csv cannot be read: Permission denied"):
        read_export(path)


# Whatever strangers may think of

CELLS = st.sampled_from(
    ["name", "id", "email", "Student", "SIS Login ID", "Identifier", "Points Possible"]
) | st.sampled_from(
    [
        "Jane",
        "Doe, Jane",
        "7",
        "-",
        "j@x",
        "@",
        '"',
        ",",
        ";",
        "\t",
        "\n",
        "\r\n",
        " ",
        "王",
        "\ufeff",
    ]
)
FILES = (
    st.binary(max_size=80)
    | st.text(max_size=60).map(lambda text: b"name,id\n" + text.encode("utf-8", "surrogatepass"))
    | st.lists(CELLS, max_size=25).map(lambda cells: "".join(cells).encode())
    | st.lists(CELLS, max_size=25).map(lambda cells: "".join(cells).encode("utf-16"))
)


@given(FILES)
@example(b"name,id\n\xff")
@example(b"\xff\xfe")
@example(b"\xff\xfe\0\0n\0\0\0")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_roster_or_told(tmp_path, content):
    """A typed error that names the file, or learners that are all different and have a name."""
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        learners = tuple(read_export(path).learners.values())
    except RosterError as error:
        learners, message = (Learner("nobody"),), str(error)
    else:
        message = "any.csv"
    assert "any.csv" in message
    assert learners
    assert len(set(learners)) == len(learners)
    assert all(learner.name for learner in learners)


def test_a_roster_may_tell_in_which_language_somebody_reads(roster_of):
    """By its usual name; an unknown language is reported with its line."""
    found = roster_of("name,language\nAda,zh_CN\nBob,en\nCy,\n")
    assert [one.language for one in found] == ["zh-CN", "en", ""]
    with pytest.raises(RosterError, match="line 2: the language is 'fr'"):
        roster_of("name,lang\nAda,fr\n")


def test_a_list_of_values_has_each_line_with_its_person(tmp_path):
    """Empty cells are left out, and so are columns that nobody asked for."""
    path = tmp_path / "marks.csv"
    path.write_text("\ufeffID;Points;Color;Reason\n1002;7,5;red;\n\n1003;;;ill\n", "utf-8")
    found = [(line, one.name, v) for line, one, v in read_people(path, ("points", "reason"))]
    assert found == [(2, "1002", {"points": "7,5"}), (4, "1003", {"reason": "ill"})]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,color\n1,red\n", "line 1: expected columns points, reason, found id and color"),
        ("id,points,POINTS\n1,2,3\n", "line 1: expected one column points, found two"),
    ],
)
def test_a_list_without_values_or_with_two_columns_of_them_is_refused(tmp_path, text, told):
    """It is not clear which values are meant."""
    path = tmp_path / "marks.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(RosterError, match=told):
        read_people(path, ("points", "reason"))
