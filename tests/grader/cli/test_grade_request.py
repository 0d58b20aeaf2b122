"""What `grader grade` rejects before it reads any file."""

import sys

import pytest

from grader.cli.main import main


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """Calls the command on a path that does not exist, and returns the error."""
    monkeypatch.chdir(tmp_path)

    def told(*options):
        monkeypatch.setattr(sys, "argv", ["grader", "grade", "nowhere", *options])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        return " ".join(capsys.readouterr().err.split())

    return told


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--section=A"], "--section needs a roster; name one with --roster"),
        (["--single", "--times=times.csv"], "are for a class; this is a single"),
        (["--single", "--extensions=more.csv"], "are for a class; this is a single"),
        (["--single", "--published"], "are for a class; this is a single"),
        (["--single", "--names=(?P<id>.+)"], "names of a class; this is a single"),
        (["--single", "--roster=r.csv", "--section=A"], "are for a class; this is a single"),
        (["--single", "--scheduler=tcp://x"], "only a class can be judged on a cluster"),
        (["--single", "--report=canvas=x.csv"], "canvas takes marks of a class"),
        (["--class", "--report=gradescope=x.json"], "Gradescope reads one submission"),
        (["--roster=r.csv", "--report=gradescope=x.json"], "Gradescope reads one submission"),
        (["--report=pdf=x"], "expected FORMAT=PATH"),
        (["--json=nowhere/x.json"], "the folder nowhere does not exist"),
        (["--roster=r.csv", "--json=r.csv"], "r.csv is named twice"),
        (["--journal=j", "--json=j"], "j is named twice"),
        (["--limit=call_seconds"], "expected NAME=NUMBER"),
        (["--language=tlh"], "--language is 'tlh'"),
        (["--follow-through=maybe"], "found 'maybe'"),
    ],
)
def test_what_contradicts_itself_is_refused_before_anything_is_read(told, options, expected):
    """The path and the named files do not exist, so the options are checked first."""
    assert expected in told(*options)


def test_what_does_not_is_read(told):
    """Only then is the missing path reported."""
    assert "there is no such file or folder" in told("--class", "--json=x.json")
