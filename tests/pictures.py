"""The pictures of README.md: real output of pytest and of the grader, drawn as SVG.

Run ``python tests/pictures.py`` after a change of what the two commands print, look at the
pictures, and commit them. `.ci/run` compares them with a fresh run.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / ".github" / "pictures"
WIDTH = 80
MISTAKE = "affine_db_over_all_axes"
DURATION = re.compile(r" in \d+\.\d+s\b")
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")

# Variables that would make the output depend on the machine or the user.
UNWANTED = re.compile(r"PYTEST_|(CI|BUILD_NUMBER|NO_COLOR|COLORTERM|GITHUB_ACTIONS|KATA_PLAIN)$")

# Rich's own template loads a font from the network. System fonts suffice: each text element has an
# explicit length, so columns stay aligned in any of them.
TEMPLATE = """\
<svg viewBox="0 0 {width} {height}" width="{width}" xmlns="http://www.w3.org/2000/svg" role="img">
<!-- Made by tests/pictures.py -->
<style>
.{unique_id}-matrix {{
    font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
    font-size: {char_height}px;
}}
.{unique_id}-title {{ font: bold 18px sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
ASPECT_RATIO = 0.6
"""Width of a character by its height, in most monospaced fonts."""


def main() -> None:
    """Draw both pictures where README.md shows them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(PICTURES / "learner.svg", *learner(folder))
        _write(PICTURES / "gradebook.svg", *gradebook(folder))


def learner(folder: Path) -> tuple[str, str]:
    """Run an exercise with a known mistake in it: the command, and what it printed."""
    course = folder / "my-course"
    _run(["grader.kata", "start", str(course)], folder)
    _hand_in_a_mistake(course / "exercises")
    command = "pytest exercises/03_affine -x --hint --hint"
    return command, _without_duration(_run(command.split(), course))


def gradebook(folder: Path) -> tuple[str, str]:
    """Grade a class of three: the command, and what it printed."""
    alice, bob, zoe = (folder / "class" / name for name in ("alice", "bob", "zoe"))
    shutil.copytree(ROOT / "solutions", alice)
    shutil.copytree(ROOT / "solutions", bob, ignore=shutil.ignore_patterns("07_mnist"))
    _hand_in_a_mistake(bob)
    zoe.mkdir()
    roster = "name,section\nAlice,A\nBob,A\nZoe,B\n"
    (folder / "roster.csv").write_text(roster, "utf-8")
    # A fixed secret, so that the hidden inputs are the same each time.
    (folder / "secret").write_text("0123456789abcdef" * 4 + "\n", "utf-8")
    (folder / "secret").chmod(0o600)
    shutil.copy(folder / "my-course" / "pyproject.toml", folder)
    shutil.copytree(folder / "my-course" / "tests", folder / "tests")
    command = "grader grade class --roster roster.csv"
    return command, _run([*command.split(), "--secret-file", "secret"], folder)


def _hand_in_a_mistake(exercises: Path) -> None:
    """Write the reference with a mistake of the catalogue into a learner's folder."""
    catalogue = (ROOT / "tests" / "mistakes" / "03_affine.toml").read_text("utf-8")
    mistakes = {mistake["name"]: mistake for mistake in tomllib.loads(catalogue)["mistake"]}
    solution = (ROOT / "solutions" / "03_affine" / "affine.py").read_text("utf-8")
    before, after = mistakes[MISTAKE]["before"], mistakes[MISTAKE]["after"]
    assert solution.count(before) == 1
    (exercises / "03_affine" / "affine.py").write_text(solution.replace(before, after), "utf-8")


def _run(command: list[str], folder: Path) -> str:
    """Run a module of Python as a command, and give back what it prints."""
    kept = {name: value for name, value in os.environ.items() if not UNWANTED.match(name)}
    done = subprocess.run(
        [sys.executable, "-P", "-m", *command],
        cwd=folder,
        env={
            **kept,
            "COLUMNS": str(WIDTH),
            "FORCE_COLOR": "1",
            "KATA_LANG": "en",
            "PYTEST_ADDOPTS": "--no-header",  # versions and folders of this machine
            "PYTHONUTF8": "1",
            "TERM": "xterm-256color",
        },
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode not in (0, 1):  # 1: not everything is right, as is shown
        raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def _without_duration(output: str) -> str:
    """Take the time out of pytest's last line, and lengthen its rules to fill the line again."""
    lines = output.splitlines()
    for number, line in enumerate(lines):
        if cut := DURATION.search(line):
            line = line[: cut.start()] + line[cut.end() :]
            lacking = WIDTH - len(ESCAPE.sub("", line))
            left = lacking // 2
            line = line.replace("=", "=" * (left + 1), 1)
            end = line.rindex("=")
            lines[number] = line[:end] + "=" * (lacking - left) + line[end:]
    return "\n".join(lines)


def _write(path: Path, command: str, output: str) -> None:
    """Draw a terminal with a command and its output."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(
            record=True,
            width=WIDTH,
            file=nowhere,
            force_terminal=True,
            color_system="truecolor",
            legacy_windows=False,
        )
        console.print(Text.assemble(("$ ", "dim"), (command, "bold")))
        console.print(Text.from_ansi(output.rstrip()))
        console.print()  # rich cuts the descenders of the last line
    picture = console.export_svg(
        title="",
        code_format=TEMPLATE,
        font_aspect_ratio=ASPECT_RATIO,
        unique_id=path.stem,
    )
    lines = (line.strip() for line in picture.splitlines())
    path.write_text("\n".join(line for line in lines if line) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main()
