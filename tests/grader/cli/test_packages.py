"""The command `package`."""

import zipfile

import pytest
import typer
from typer.testing import CliRunner

from grader.cli import packages
from grader.errors import CommandError, CourseError

SECRET = "5ec7e7" * 10 + "5ec7"


@pytest.fixture
def call(course_copy, monkeypatch):
    """Call the command in a copy of the course; the grader's own errors are raised."""
    app = typer.Typer()
    packages.register(app)
    monkeypatch.chdir(course_copy)

    def call(*arguments):
        return CliRunner().invoke(app, ["package", *map(str, arguments)], catch_exceptions=True)

    return call


@pytest.fixture
def secret_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o600)
    return file


def test_a_package_for_gradescope_has_all_that_judging_needs(call, tmp_path, secret_file):
    """Exercise, language and secret; the output warns not to share the package."""
    out = tmp_path / "autograder.zip"
    options = ("--exercise", "affine", "--language", "zh", "--secret-file", secret_file)
    done = call("gradescope", out, *options)
    assert done.exit_code == 0, done.output
    assert "do not share it" in done.output
    with zipfile.ZipFile(out) as archive:
        script = archive.read("run_autograder").decode()
        assert archive.read("secret").decode() == f"{SECRET}\n"
        assert "course/solutions/03_affine/affine.py" in archive.namelist()
    assert '"$root" 03_affine' in script
    assert "KATA_LANG=zh-CN" in script


def test_a_package_for_github_lies_where_the_template_is(call, tmp_path):
    """The output names each file that was written."""
    done = call("github", tmp_path / "t", "--repository", "school/course", "--ref", "v1")
    assert done.exit_code == 0, done.output
    written = sorted(path for path in (tmp_path / "t").rglob("*") if path.is_file())
    assert sorted(done.output.split()) == [str(path) for path in written]
    text = "".join(path.read_text("utf-8") for path in written)
    assert "repository: school/course" in text
    assert "ref: v1" in text
    assert "--exercise" not in text


@pytest.mark.parametrize("kind", ["gradescope", "github"])
def test_an_exercise_that_there_is_not_is_told(call, tmp_path, secret_file, kind):
    """Before any file is written."""
    more = {
        "gradescope": ("--secret-file", secret_file),
        "github": ("--repository", "school/course"),
    }
    done = call(kind, tmp_path / "out", "--exercise", "nonsense", *more[kind])
    assert isinstance(done.exception, CourseError)
    assert "nonsense" in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_a_language_that_nobody_speaks_is_told(call, tmp_path, secret_file):
    """The message names the option."""
    done = call("gradescope", tmp_path / "out", "--language", "fr", "--secret-file", secret_file)
    assert isinstance(done.exception, CommandError)
    assert "--language is 'fr'" in str(done.exception)
    assert not (tmp_path / "out").exists()
