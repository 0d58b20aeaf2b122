"""The same class as each platform hands it out: three who handed in, and one who did not.

Zoë handed in three hours late. Dan is on the roster only.
"""

import json
import unicodedata
from pathlib import Path

from packing import zipped

TWICE = "def twice(x):\n    return 2 * x\n"
HALF_RIGHT = "def twice(x):\n    return 2 * abs(x)\n"
SPEC = '''
import pytest


@pytest.mark.parametrize("sign", [1, 1, -1, -1])
def test_twice_doubles(student, rng, sign):
    """Twice doubles."""
    x = sign * int(rng.integers(1, 1000))
    assert student.twice(x) == 2 * x
'''
SETTINGS = """\
[tool.kata]
exercises = ["90_twice"]
timezone = "Europe/Berlin"
deadline = 2026-11-01T12:00:00

[tool.kata.late]
percent_per_day = 50
attempt = "{attempt}"
"""
ROSTER = """\
name,section,canvas user id,identifier,username,email,github_username,sid
Ana Ito,A and B,101,Participant 501,aito,ana@x.org,octo-ana,s1
Ben Oak,A,102,Participant 502,boak,ben@x.org,ben-oak,s2
Zoë Núñez,B,103,Participant 503,znunez,zoe@x.org,zn-99,s3
Dan Yu,B,104,Participant 504,dyu,dan@x.org,,s4
"""
TIMES = """\
sid,time
s1,2026-11-01 10:00
s2,2026-11-01 11:30
s3,2026-11-01 15:00
"""
ZOE = unicodedata.normalize("NFD", "Zoë Núñez")  # as macOS writes it
METADATA = """\
---
submission_9001:
  :submitters:
  - :name: Ana Ito
    :sid: s1
    :email: ana@x.org
  :created_at: 2026-11-01 09:00:00.123456000 Z
  :score: 0.0
  :results:
    output: |-
      submission_9002:
        :submitters:
        - :name: Ana Ito
          :sid: s1
submission_9002:
  :submitters:
  - :name: Ben Oak
    :sid: s2
    :email: ben@x.org
  :created_at: 2026-11-01 10:30:00.000000000 Z
submission_9003:
  :submitters:
  - :name: "Zo\\xEB N\\u00FA\\xF1ez"
    :sid: s3
    :email: zoe@x.org
  :created_at: 2026-11-01 14:00:00.000000000 Z
"""
BLACKBOARD = "Week_3_{}_attempt_2026-11-01-{}"
CLASSES = {
    "canvas": {
        "itoana_101_9001_twice.py": TWICE,
        "oakben_102_9002_twice-1.py": HALF_RIGHT,
        "nunezzoe_LATE_103_9003_twice.py": TWICE,
    },
    "moodle": {
        "Ana Ito_501_assignsubmission_file/twice.py": TWICE,
        "Ben Oak_502_assignsubmission_file/twice.py": HALF_RIGHT,
        f"{ZOE}_503_assignsubmission_file/twice.py": TWICE,
    },
    "github": {
        "week-3-octo-ana/exercises/90_twice/twice.py": TWICE,
        "week-3-ben-oak/exercises/90_twice/twice.py": HALF_RIGHT,
        "week-3-zn-99/exercises/90_twice/twice.py": TWICE,
    },
    "gradescope": {
        "submission_metadata.yml": METADATA,
        "submission_9001/twice.py": TWICE,
        "submission_9002/twice.py": HALF_RIGHT,
        "submission_9003/twice.py": TWICE,
    },
    "blackboard": {
        f"{BLACKBOARD.format('aito', '10-00-00')}.txt": "Name: Ana Ito (aito)\n",
        f"{BLACKBOARD.format('aito', '10-00-00')}_twice.py": TWICE,
        f"{BLACKBOARD.format('boak', '11-30-00')}.txt": "Name: Ben Oak (boak)\n",
        f"{BLACKBOARD.format('boak', '11-30-00')}_twice.py": HALF_RIGHT,
        f"{BLACKBOARD.format('znunez', '15-00-00')}.txt": "Name: Zoë Núñez (znunez)\n",
        f"{BLACKBOARD.format('znunez', '15-00-00')}_twice.py": TWICE,
    },
    "brightspace": {
        "index.html": "<h1>Week 3</h1>",
        "7001-88 - Ana Ito - Nov 1, 2026 1000 AM/twice.py": TWICE,
        "7002-88 - Ben Oak - Nov 1, 2026 1130 AM/twice.py": HALF_RIGHT,
        f"7003-88 - {ZOE} - Nov 1, 2026 300 PM/twice.py": TWICE,
    },
    "names": {
        "2026-11-01_10.00 s1 week3/twice.py": TWICE,
        "2026-11-01_11.30 s2 week3/twice.py": HALF_RIGHT,
        "2026-11-01_15.00 s3 week3/twice.py": TWICE,
    },
}
OPTIONS = {
    "names": ["--names", r"(?P<time>\S+) (?P<id>\S+) .*"],
    **{one: ["--times", "times.csv"] for one in ("canvas", "moodle", "github")},
}
"""What a platform needs besides the roster: its names have no times, or are no known layout."""


def course(root: Path, attempt: str = "last") -> Path:
    """A course of one exercise with a deadline, and the lists of its class."""
    for name, text in {
        "solutions/90_twice/twice.py": TWICE,
        "tests/specs/test_90_twice.py": SPEC,
        "pyproject.toml": SETTINGS.format(attempt=attempt),
        "roster.csv": ROSTER,
        "times.csv": TIMES,
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def hand_out(folder: Path, files: dict[str, str], form: str) -> Path:
    """These files as a folder, or as an archive in which a folder holds them."""
    if form == "zip":
        path = folder.with_name(f"{folder.name}.zip")
        path.write_bytes(zipped({f"{folder.name}/{name}": text for name, text in files.items()}))
        return path
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def people(book: Path) -> list[dict[str, object]]:
    """What a gradebook says about people, without how their submissions are called."""
    rows = json.loads(book.read_text("utf-8"))["submissions"]
    of_names = ("handed_in", "notes", "needs_your_eye")  # Canvas drops spaces and accents of names
    return [{key: row[key] for key in row if key not in of_names} for row in rows]
