"""An exercise as a notebook: its content, and that it can be handed in."""

import shutil
import sys
from pathlib import Path

import nbformat
import pytest

from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.kata.lessons.notebook import NotebookError, exercise_cells, set_up, write_notebook
from grader.submissions.class_folder import collect
from grader.transport.judged import Judged
from grader.verdicts.verdict import Outcome

ROOT = Path(__file__).parents[4]
NAMES = [exercise.name for exercise in find_course(ROOT).exercises]
COMMAND = "import typer; from grader.kata.notebook_command import notebook; typer.run(notebook)"


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_valid_and_always_the_same(course, name, tmp_path):
    """Creating it again changes nothing, so it can be kept under version control."""
    first, second = (
        write_notebook(course.named(name), tmp_path / file) for file in ("a.ipynb", "b.ipynb")
    )
    book = nbformat.read(first, 4)
    nbformat.validate(book)
    assert first.read_bytes() == second.read_bytes()
    assert not any(cell.get("outputs") for cell in book.cells)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_has_the_lesson_the_stub_and_a_cell_that_runs_the_spec(course, name):
    """In the lesson's order; the stub is there once, where the lesson first says to run it."""
    exercise = course.named(name)
    cells = list(exercise_cells(exercise))
    code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    stub = f"%%kata {name}\n{exercise.stub.read_text('utf-8')}".rstrip("\n")
    assert code.count(stub) == 1
    assert code[0].endswith("%load_ext grader")
    assert [line for cell in code for line in cell.splitlines() if line.startswith(">>>")] == []
    text = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    for line in exercise.lesson.read_text("utf-8").splitlines():
        if line.startswith(("#", "**Predict", "- ")):
            assert line in text
    assert "```python" not in text
    assert "README.md" not in text


def test_a_script_of_the_lesson_is_run_in_the_notebook(course):
    """The bill of lesson 01, and the training of lesson 07."""
    for name, script in (("01_simple_layers", "simple_layers"), ("07_mnist", "mnist")):
        code = [cell["source"] for cell in exercise_cells(course.named(name))]
        assert f"%run -m {script}" in code


def test_the_command_writes_a_notebook_and_never_over_one(course, process):
    """It may contain the learner's work; the error names --output and --force."""

    def kata(*arguments, code):
        done = process("-c", COMMAND, *arguments, cwd=course.root)
        assert done.returncode == code, done.out + done.err
        return done.out + " ".join(done.err.replace("│", " ").split())

    path = course.root / "03_affine.ipynb"
    assert "name an exercise" in kata(code=2)
    assert "03_affine.ipynb is written" in kata("affine", code=0)
    made = path.read_bytes()
    path.write_text("my work", "utf-8")
    told = kata("03_affine", code=2)
    assert "03_affine.ipynb is there already, and may hold your work" in told
    assert "--output" in told
    assert "--force" in told
    assert path.read_text("utf-8") == "my work"
    kata("03_affine", "--force", "--output", "03_affine.ipynb", code=0)
    assert path.read_bytes() == made


def test_a_folder_that_is_not_there_is_told(course, tmp_path):
    """The message has the path and the reason."""
    with pytest.raises(NotebookError, match=r"gone.a\.ipynb cannot be written: No such file"):
        write_notebook(course.named("03_affine"), tmp_path / "gone" / "a.ipynb")


# The first cell


def test_the_first_cell_does_nothing_where_the_course_is_installed(course):
    """Then even a wrong setting has no effect."""
    cell = set_up(course.root).replace('COURSE = ""', 'COURSE = "/no/such/course"')
    exec(compile(cell.replace("%pip", "#"), "cell", "exec"), {})


def test_the_first_cell_explains_what_to_fill_in(course, monkeypatch):
    """If the course is neither installed nor named."""
    monkeypatch.setitem(sys.modules, "grader.kata", None)
    cell = set_up(course.root)
    with pytest.raises(ImportError, match="write where it is behind COURSE"):
        exec(compile(cell.replace("%pip", "#"), "cell", "exec"), {})


def test_the_repository_of_the_settings_is_filled_in(course):
    """It can be set once for all notebooks; quotes are escaped."""
    settings = course.root / "pyproject.toml"
    text = settings.read_text("utf-8")
    address = 'https://git.example/it\'s/a \\"course\\"'
    settings.write_text(
        text.replace("[tool.kata]\n", f'[tool.kata]\nrepository = "{address}"\n'), "utf-8"
    )
    names = {}
    exec(compile(set_up(course.root).replace("%pip", "#"), "cell", "exec"), names)
    assert names["COURSE"] == 'https://git.example/it\'s/a "course"'


# Handing in


@pytest.fixture(scope="module")
def judge():
    return Judge(find_course(ROOT))


def judged(judge, folder, name):
    """Return the outcomes of an exercise's quick specs for a folder, judged in the sandbox."""
    course = find_course(ROOT)
    (entry,) = collect(folder, course).entries
    submission = entry.read()
    with Judged(submission.sources) as worker:
        verdict = judge.judge_exercise(course.named(name), worker, cheap_only=True)
    return {spec.outcome for spec in verdict.specs}


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_graded_like_the_file(notebook_of, solution, judge, tmp_path, name):
    """Solved, it passes, with the lesson's examples around it; otherwise it is a stub."""
    work = tmp_path / "ann"
    work.mkdir()
    for other in NAMES[: NAMES.index(name)]:
        shutil.copytree(ROOT / "solutions" / other, work / other)
    notebook_of(name, solution(name), work)
    assert judged(judge, work, name) == {Outcome.PASSED}
    (work / f"{name}.ipynb").unlink()
    notebook_of(name, None, work)
    assert judged(judge, work, name) == {Outcome.NOT_STARTED}


def test_all_exercises_may_be_in_one_notebook(notebook_of, solution, judge, tmp_path):
    """One after another; the file name does not matter."""
    books = [notebook_of(name, solution(name)) for name in NAMES]
    whole = nbformat.v4.new_notebook(cells=[cell for book in books for cell in book.cells])
    work = tmp_path / "ann"
    work.mkdir()
    nbformat.write(whole, work / "homework.ipynb")
    assert {o for name in NAMES for o in judged(judge, work, name)} == {Outcome.PASSED}


def test_the_grader_takes_a_notebook(notebook_of, solution, process, tmp_path):
    """End to end, as an instructor runs it."""
    work = tmp_path / "ann"
    work.mkdir()
    notebook_of("03_affine", solution("03_affine"), work)
    command = ("-m", "grader", "grade", work, "--exercise", "03_affine")
    done = process(*command, "--secret-file", tmp_path / "secret", cwd=ROOT)
    assert done.returncode == 0, done.out + done.err
    assert "10 / 10" in done.out
