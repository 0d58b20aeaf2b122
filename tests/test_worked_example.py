"""The worked example of tests/README.md: whoever follows it adds an exercise that is sound."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[1]
HANDBOOK = ROOT / "tests" / "README.md"
BLOCK = re.compile(r"^(`{3,})(\w+) (\S+)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
EXERCISE = "14_square"
STUB = f"exercises/{EXERCISE}/square.py"
SOLUTION = f"solutions/{EXERCISE}/square.py"
TRANSLATED_LESSON = f"exercises/{EXERCISE}/README.zh-CN.md"
COPIED = (
    "dataset", "exercises", "solutions", "tests/specs", "tests/mistakes",
    ".vscode", ".devcontainer",
)  # fmt: skip
RULES = ("conftest.py", "test_lessons.py", "test_specs.py", "test_alternatives.py",
         "test_settings.py", "test_hostile.py", "hostile/plain.py", "hostile/files.py")  # fmt: skip
# The commands of the handbook that are run here.
RUN_EXERCISE = f"pytest exercises/{EXERCISE}"
FINGERPRINT = "grader fingerprint"
VARIANT = f"grader variant {EXERCISE}"
CHECK = "grader check --seeds 5"
RUN_RULES = (
    "pytest tests/test_lessons.py tests/test_specs.py tests/test_alternatives.py "
    "tests/test_settings.py"
)
RUN_HOSTILE = "pytest tests/test_hostile.py -k no_difference"


def blocks():
    """The path and the content of each file in the handbook, with the language of its block."""
    found = BLOCK.findall(HANDBOOK.read_text("utf-8"))
    return [(language, path, text) for _, language, path, text in found]


def follow(root):
    """Carry out each block: write a new file, append to one that exists, or change it."""
    for language, path, text in blocks():
        file = root / path
        old = file.read_text("utf-8") if file.exists() else ""
        if language == "diff":
            lines = text.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] in " -")
            after = "".join(line[1:] for line in lines if line[0] in " +")
            assert old.count(before) == 1, f"{path} has changed; bring the handbook up to date"
            new = old.replace(before, after)
        else:
            new = old + text
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(new, "utf-8")


def run(command, root, *options, language="en"):
    """Run a command of the handbook in a process of its own."""
    assert f"$ {command}\n" in HANDBOOK.read_text("utf-8")
    program, *arguments = command.split()
    plugins = [f"-pno:{plugin}" for plugin in ("xdist", "hypothesispytest", "anyio")]  # are slow
    start = {"pytest": ["-m", "pytest", *plugins], "grader": ["-m", "grader"]}[program]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, *start, *arguments, *options],
        cwd=root,
        env={**ours, "COLUMNS": "200", "PYTHONUTF8": "1", "KATA_LANG": language},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course in which somebody has followed the handbook."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "pyproject.toml", root)
    for name in COPIED:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in RULES:
        (root / "tests" / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "tests" / name, root / "tests" / name)
    follow(root)
    return root


@pytest.fixture(scope="module")
def alone(course, tmp_path_factory):
    """The same with no other exercise: to check all of them takes minutes."""
    root = tmp_path_factory.mktemp("alone") / "course"
    shutil.copytree(course, root)
    settings = root / "pyproject.toml"
    text = settings.read_text("utf-8")
    start, end = text.index("exercises = ["), text.index(f'"{EXERCISE}",')
    settings.write_text(f"{text[:start]}exercises = [{text[end:]}", "utf-8")
    for path in [*root.glob("exercises/[0-9]*"), *root.glob("solutions/[0-9]*")]:
        if path.name != EXERCISE:
            shutil.rmtree(path)
    done = run(FINGERPRINT, root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def write(alone):
    """Writes what a learner has into the exercise, and puts the stub back in the end."""
    stub = (alone / STUB).read_text("utf-8")
    yield lambda text: (alone / STUB).write_text(text, "utf-8")
    (alone / STUB).write_text(stub, "utf-8")


def test_each_block_stands_below_the_path_of_its_file():
    """A reader sees the path, which GitHub does not show in the fence."""
    text = HANDBOOK.read_text("utf-8")
    for language, path, content in blocks():
        above = text[: text.index(content)]
        assert above.rfind(f"**`{path}`**") > above.rfind("\n## "), (language, path)


def test_the_stub_is_red_and_the_solution_is_green(alone, write):
    """In a learner's own pytest."""
    stub = run(RUN_EXERCISE, alone)
    assert stub.returncode == 1, stub.stdout
    assert "Square.forward: remember x, return its square" in stub.stdout
    assert "0 of 6 points" in stub.stdout
    write((alone / SOLUTION).read_text("utf-8"))
    solution = run(RUN_EXERCISE, alone)
    assert solution.returncode == 0, solution.stdout
    assert "7 passed" in solution.stdout


def test_a_mistake_is_named_in_the_learners_language(alone, write):
    """By its fingerprint, since there is no solution beside a learner's pytest."""
    solution = (alone / SOLUTION).read_text("utf-8")
    assert solution.count("return 2 * self.x * dout") == 1
    write(solution.replace("return 2 * self.x * dout", "return self.x * dout"))
    english = run(RUN_EXERCISE, alone, "--hint", "--hint")
    assert english.returncode == 1
    assert "x * x uses x twice. How many gradients flow back to it?" in english.stdout
    assert "the factor 2 is missing, in Square.backward" in english.stdout
    chinese = run(RUN_EXERCISE, alone, "--hint", "--hint", language="zh-CN")
    assert "Square.backward返回dout乘以x * x在输入处的斜率。" in chinese.stdout
    assert "漏了因子2" in chinese.stdout


def test_the_course_is_sound(alone):
    """The lines that the handbook shows, and no others."""
    done = run(CHECK, alone)
    assert done.returncode == 0, done.stdout + done.stderr
    held = [line for line in done.stdout.splitlines() if line.startswith("✓")]
    text = HANDBOOK.read_text("utf-8")
    assert "```text\n" + "\n".join(held) + "\n```" in text, held
    assert "✗" not in done.stdout


def test_a_missing_translation_is_reported_with_its_catalogue(alone, tmp_path):
    """`grader check` is red without one line of a catalogue."""
    root = tmp_path / "course"
    shutil.copytree(alone, root)
    catalogue = root / "tests" / "mistakes" / "zh-CN.toml"
    text = catalogue.read_text("utf-8")
    (line,) = [line for line in text.splitlines(keepends=True) if "the factor 2 is" in line]
    catalogue.write_text(text.replace(line, ""), "utf-8")
    done = run(CHECK, root)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{catalogue}: not translated: 'the factor 2 is missing'" in done.stdout


def test_it_meets_the_rules_of_every_exercise(course):
    """Lessons, number of specs, an alternative, editors; and what is first shown to be red.

    The handbook cannot know the first line of the translated lesson, which a failure shows.
    """
    lesson = (course / f"exercises/{EXERCISE}/README.md").read_text("utf-8")
    current = f"<!-- README.md {hashlib.sha256(lesson.encode()).hexdigest()[:12]} -->"
    of_the_example = f"{EXERCISE} or seven_to_fifteen or editors_find"
    red = run(RUN_RULES, course, "-k", f"as_it_stands and {EXERCISE}")
    assert "1 failed" in red.stdout, red.stdout
    assert current in red.stdout
    translation = course / TRANSLATED_LESSON
    _, rest = translation.read_text("utf-8").split("\n", 1)
    translation.write_text(f"{current}\n{rest}", "utf-8")
    green = run(RUN_RULES, course, "-k", of_the_example)
    assert green.returncode == 0, green.stdout
    for module in ("lessons", "specs", "alternatives", "settings"):
        assert f"test_{module}.py ." in green.stdout


def test_the_same_files_are_a_variant(alone, tmp_path):
    """Its command puts them where somebody who follows the handbook does."""
    root = tmp_path / "course"
    shutil.copytree(ROOT / "tests" / "mistakes", root / "tests" / "mistakes")
    (root / "pyproject.toml").write_text('[tool.kata]\nexercises = ["01_simple_layers"]\n', "utf-8")
    parts = ("exercises/", "solutions/", "tests/specs/", "tests/mistakes/")
    for language, path, text in blocks():
        if language != "diff" and path.startswith(parts):
            file = root / "tests" / "variants" / EXERCISE / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
    done = run(VARIANT, root)
    assert done.returncode == 0, done.stderr
    assert f'"{EXERCISE}"' in (root / "pyproject.toml").read_text("utf-8")
    for path in (
        STUB,
        SOLUTION,
        f"tests/specs/test_{EXERCISE}.py",
        f"tests/mistakes/{EXERCISE}.json",
    ):
        assert (root / path).read_text("utf-8") == (alone / path).read_text("utf-8")
    assert "the factor 2 is missing" in (root / "tests/mistakes/zh-CN.toml").read_text("utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="the attacks are made for Linux")
def test_the_hostile_case_works_against_a_naive_grader_only(course):
    """Its control passes, and the grader gives it no point."""
    done = run(RUN_HOSTILE, course, "-v", "-rs")
    assert done.returncode == 0, done.stdout
    assert "test_an_attack_works_against_a_naive_grader[values/no_difference] PASSED" in done.stdout
    judged = "test_an_attack_gets_its_verdict_and_harms_nobody[values/no_difference]"
    assert re.search(re.escape(judged) + " (PASSED|SKIPPED.*no sandbox)", done.stdout)


def test_the_code_of_the_example_passes_ruff(course):
    """A contributor who copies it is not held up by the linter."""
    ours = [path for _, path, _ in blocks() if path.endswith(".py")]
    first_party = 'lint.isort.known-first-party = ["grader"]'  # it is not in the copy
    for check in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *check, "--config", first_party, *ours]
        done = subprocess.run(command, cwd=course, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr
