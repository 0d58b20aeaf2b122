"""An instructor's desk: a copy of the course, a small class, and what platforms export of it."""

import json
import os
import shutil
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("exercises", "solutions", "tests/specs", "tests/mistakes", "tests/variants")
AFFINE = (ROOT / "solutions" / "03_affine" / "affine.py").read_text("utf-8")
BIAS_GRADIENT = "np.sum(dout, axis=0)"
WRONG_AFFINE = AFFINE.replace(BIAS_GRADIENT, "np.sum(dout)")
SECRET = "5ec7e7" * 10 + "5ec7"
"""Fixed, so that names and numbers that depend on it are those of the handbook."""

NOTEBOOK = json.dumps(
    {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell{number}",
                "metadata": {},
                "outputs": [],
                "source": source,
            }
            for number, source in enumerate(("!pip install numpy", AFFINE))
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)

ROSTER = """\
name,section,email,id,language
Alice Ash,A,alice@example.edu,1001,
Bob Berg,A,bob@example.edu,1002,
Carol Cho,B,carol@example.edu,1003,zh-CN
Zoe Zahn,B,zoe@example.edu,1004,
"""
TIMES = """\
id,time
1001,2026-12-01T21:40:00+01:00
1002,2026-12-03T08:30:00+01:00
1003,2026-12-02T10:00:00+01:00
"""
EXTENSIONS = """\
name,until,exercise
Carol Cho,2026-12-05T23:59:00+01:00,03_affine
"""
GITHUB_TIMES = """\
github_username,roster_identifier,submission_timestamp
alice-a,Alice Ash,2026-12-01 20:40:00 UTC
bob-b,Bob Berg,2026-12-01 20:00:00 UTC
bob-b,Bob Berg,2026-12-02 21:30:00 UTC
carol-c,Carol Cho,2026-12-01 19:00:00 UTC
"""
CANVAS_EXPORT = """\
Student,ID,SIS User ID,SIS Login ID,Section,Affine layer (551),Final Score
    Points Possible,,,,,10.00,(read only)
"Ash, Alice",1001,s1001,alice,A,,
"Berg, Bob",1002,s1002,bob,A,,
"Cho, Carol",1003,s1003,carol,B,,
"Zahn, Zoe",1004,s1004,zoe,B,,
"""
CANVAS_FILES = {
    "ashalice_1001_9001_affine.py": AFFINE,
    "bergbob_LATE_1002_9002_affine-1.py": WRONG_AFFINE,
    "chocarol_1003_9003_affine.ipynb": NOTEBOOK,
}
MOODLE_WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (submission)
Participant 501,Alice Ash,alice@example.edu,Submitted,,10,"Tuesday, 1 December 2026, 9:40 PM"
Participant 502,Bob Berg,bob@example.edu,Submitted,,10,"Thursday, 3 December 2026, 8:30 AM"
Participant 503,Carol Cho,carol@example.edu,Submitted,,10,"Tuesday, 1 December 2026, 8:00 PM"
Participant 504,Zoe Zahn,zoe@example.edu,No submission,,10,-
"""
MOODLE_FILES = {
    "Alice Ash_501_assignsubmission_file/affine.py": AFFINE,
    "Bob Berg_502_assignsubmission_file/affine.py": WRONG_AFFINE,
    "Carol Cho_503_assignsubmission_file/affine.ipynb": NOTEBOOK,
}
BLACKBOARD_ROSTER = """\
"Last Name"\t"First Name"\t"Username"\t"Student ID"
"Ash"\t"Alice"\t"aash"\t"1001"
"Berg"\t"Bob"\t"bberg"\t"1002"
"Zahn"\t"Zoe"\t"zzahn"\t"1004"
"""
BLACKBOARD_FILES = {
    "Week 3_aash_attempt_2026-12-01-21-40-00.txt": "Name: Alice Ash (aash)\n",
    "Week 3_aash_attempt_2026-12-01-21-40-00_affine.py": AFFINE,
    "Week 3_bberg_attempt_2026-12-01-20-00-00.txt": "Name: Bob Berg (bberg)\n",
    "Week 3_bberg_attempt_2026-12-01-20-00-00_affine.py": AFFINE,
    "Week 3_bberg_attempt_2026-12-03-08-30-00.txt": "Name: Bob Berg (bberg)\n",
    "Week 3_bberg_attempt_2026-12-03-08-30-00_affine.py": WRONG_AFFINE,
}
BRIGHTSPACE_FILES = {
    "index.html": "<h1>Week 3</h1>",
    "70011-88 - Alice Ash - Dec 1, 2026 940 PM/affine.py": AFFINE,
    "70012-88 - Bob Berg - Dec 3, 2026 830 AM/affine.py": WRONG_AFFINE,
}
GRADESCOPE_METADATA = """\
---
submission_301:
  :submitters:
  - :name: Alice Ash
    :sid: '1001'
    :email: alice@example.edu
  - :name: Carol Cho
    :sid: '1003'
    :email: carol@example.edu
  :created_at: 2026-12-01 20:40:00.000000000 Z
submission_302:
  :submitters:
  - :name: Bob Berg
    :sid: '1002'
    :email: bob@example.edu
  :created_at: 2026-12-03 07:30:00.000000000 Z
"""
GRADESCOPE_FILES = {
    "assignment_9_export/submission_metadata.yml": GRADESCOPE_METADATA,
    "assignment_9_export/submission_301/affine.py": AFFINE,
    "assignment_9_export/submission_302/affine.py": WRONG_AFFINE,
}
CLASSROOM_ROSTER = """\
"identifier","github_username","github_id","name"
"Alice Ash","octo-alice","5001",""
"Bob Berg","bob-b","5002",""
"Zoe Zahn","","",""
"""
CLASSROOM_FILES = {
    "week-3-octo-alice/exercises/03_affine/affine.py": AFFINE,
    "week-3-bob-b/exercises/03_affine/affine.py": WRONG_AFFINE,
}
OTHER_FILES = {
    "1001_Alice Ash_2026-12-01_21.40.py": AFFINE,
    "1002_Bob Berg_2026-12-03_08.30.py": WRONG_AFFINE,
}
TEAMS = """\
name,section,group,id
Alice Ash,A,Team 1,1001
Bob Berg,A,Team 1,1002
Carol Cho,A and B,,1003
"""


def prepare(folder: Path) -> Path:
    """Lay the desk: a folder with a copy of the course and with all files of the handbook.

    Parameters
    ----------
    folder : Path
        Where the desk is made, with a data folder for the secret beside it.

    Returns
    -------
    Path
        The folder that commands are run in.
    """
    desk = folder / "desk"
    desk.mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__")
    for part in PARTS:
        shutil.copytree(ROOT / part, desk / part, ignore=ignored)
    # As `kata start` does, since the desk is no git repository that could tell.
    stubs = shutil.ignore_patterns("__pycache__", "*.md", "*.svg", "*.toml")
    shutil.copytree(ROOT / "exercises", desk / ".kata" / "pristine", ignore=stubs)
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, desk)
    _write(desk / "submissions/alice/affine.py", AFFINE)
    _write(desk / "submissions/bob/affine.py", WRONG_AFFINE)
    _write(desk / "submissions/carol/Affine (1).ipynb", NOTEBOOK)
    shutil.copytree(desk / "solutions", desk / "networks" / "dan")
    _write(desk / "networks/dan/03_affine/affine.py", WRONG_AFFINE)
    for name, content in {
        "roster.csv": ROSTER,
        "times.csv": TIMES,
        "github.csv": GITHUB_TIMES,
        "extensions.csv": EXTENSIONS,
        "export.csv": CANVAS_EXPORT,
        "worksheet.csv": MOODLE_WORKSHEET,
        "classroom_roster.csv": CLASSROOM_ROSTER,
        "teams.csv": TEAMS,
        "teams/Team 1/affine.py": AFFINE,
        "teams/Carol Cho/affine.py": WRONG_AFFINE,
        **{f"week-3-submissions/{name}": text for name, text in CLASSROOM_FILES.items()},
        **{f"other/{name}": text for name, text in OTHER_FILES.items()},
    }.items():
        _write(desk / name, content)
    _pack(desk / "canvas.zip", CANVAS_FILES)
    (desk / "blackboard.xls").write_bytes(BLACKBOARD_ROSTER.encode("utf-16"))
    _pack(desk / "moodle.zip", MOODLE_FILES)
    _pack(desk / "blackboard.zip", BLACKBOARD_FILES)
    _pack(desk / "brightspace.zip", BRIGHTSPACE_FILES)
    _pack(desk / "gradescope.zip", GRADESCOPE_FILES)
    secret = folder / "data" / "backprop-kata" / "secret"
    _write(secret, f"{SECRET}\n")
    secret.chmod(0o600)
    return desk


def surroundings(folder: Path, commands: Path) -> dict[str, str]:
    """Make the environment of the commands: nothing of the user's own is read or written.

    Parameters
    ----------
    folder : Path
        As in `prepare`.
    commands : Path
        The folder with the command ``grader``.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {
        **ours,
        "PATH": f"{commands}{os.pathsep}{ours.get('PATH', '')}",
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "LOGNAME": "ruth",
        "COLUMNS": "80",
        "PYTHONUTF8": "1",
        "KATA_LANG": "en",
        "TZ": "UTC",
    }


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")


def _pack(path: Path, files: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
