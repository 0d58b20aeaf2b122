"""The commands, as a learner types them."""

import sys

import pytest
from typer.testing import CliRunner

from grader.kata import cli

SWAPPED = ("dx = dout * self.y", "dx = dout * self.x")


@pytest.fixture
def kata(learner, monkeypatch):
    """Run a command in the learner's course; return its exit code and output."""
    monkeypatch.chdir(learner.root)

    def run(*arguments, code=0, stdin=""):
        monkeypatch.setattr(cli.out, "file", None)
        done = CliRunner().invoke(cli.app, arguments, input=stdin)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.stdout

    return run


def test_the_command_is_installed_and_tells_what_to_do_where_there_is_no_course(process, tmp_path):
    """Exit code 2, with the searched folder and how to get a course."""
    done = process("-m", "grader.kata", "list", cwd=tmp_path)
    assert done.returncode == 2
    assert f"no course in {tmp_path}" in done.err.replace("\n", "")
    assert "kata start DIR" in done.err
    done = process("-m", "grader.kata", "start", tmp_path, cwd=tmp_path.parent)
    assert done.returncode == 0, done.err


def test_the_list_has_every_exercise(learner, kata):
    """Done, borrowed, in progress; only own work has points. Only what changed is run."""
    learner.has_only(3)
    learner.solves("01")
    kata("borrow", "02", "--yes")
    listed = kata("list")
    assert "01_simple_layers is done: 12 of 12 points, 1 of 1 stars." in listed
    assert "02_activations is borrowed: it earns no points." in listed
    assert "03_affine: 0 of 10 promises kept" in listed
    assert "12 of 32 points, 2 of 3 exercises done." in listed
    assert kata("list") == listed
    assert "03_affine: 0 of 10" in kata("run", code=1)  # the learner continues at the same exercise


def test_what_was_called_is_printed_as_python(learner, kata, process):
    """It is all that is printed, and runs; an exercise that is done has nothing to try."""
    learner.solves("01", SWAPPED)
    kata("run", "1", code=1)
    program = kata("try")
    assert program == kata("try", "01")
    assert "layer = MulLayer()\n" in program
    done = process("-c", program, cwd=learner.root)
    assert done.returncode == 0, done.err
    returned, expected = map(float, done.out.split())
    assert f"# returned  {returned!r}\n" in program
    assert f"expected = np.float64({expected!r})\n" in program
    learner.solves("01")
    with pytest.raises(cli.CourseError, match="nothing to try: nothing is broken"):
        kata("try", "01")
    with pytest.raises(cli.CourseError, match="nothing to try yet: this is not written"):
        kata("try", "03")


def test_run_shows_one_promise_and_hint_helps_a_step_further(learner, kata):
    """By number, by module, or by the path that a shell completes."""
    learner.solves("01", SWAPPED)
    assert "broken    MulLayer.backward multiplies" in kata("run", "1", code=1)
    assert "hint      One of the two gradients" in kata("hint", "exercises/01_simple_layers/")
    told = kata("hint", "simple_layers")
    assert "mistake   both gradients of MulLayer use x" in told
    assert "That was the last hint." in kata("hint", "exercises/01_simple_layers/simple_layers.py")
    learner.solves("01")
    assert "01_simple_layers is done" in kata("run", "01_simple_layers")
    assert "01_simple_layers is done" in kata("hint", "1")


def test_a_solution_is_shown_to_who_has_one(learner, kata):
    """For an unfinished exercise, it offers a hint and `borrow`."""
    with pytest.raises(cli.CourseError, match=r"not done yet.*kata hint.*kata borrow"):
        kata("solution", "1")
    learner.solves("01")
    assert kata("solution", "1") == learner.exercise("01").stub.read_text("utf-8")


def test_nothing_is_replaced_without_being_asked(learner, kata):
    """Answering no, or having no terminal, leaves the file unchanged."""
    learner.writes("01", "# theirs")
    for command in ("reset", "borrow"):
        assert "(y/n)" in kata(command, "1", stdin="n\n")
        with pytest.raises(cli.CourseError, match="--yes"):
            kata(command, "1")
    assert learner.exercise("01").stub.read_text("utf-8") == "# theirs"
    assert "What you wrote is in exercises/01_simple_layers/" in kata("reset", "1", stdin="y\n")


def test_an_unknown_exercise_is_told_with_those_there_are(kata, monkeypatch, capsys):
    """In one line, and with exit code 2."""
    monkeypatch.setattr(sys, "argv", ["kata", "run", "afine"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    assert (
        "there is no exercise 'afine'; the course has 01_simple_layers" in capsys.readouterr().err
    )
