"""The instructor's handbook, grader/README.md: its commands run, and it leaves nothing out.

What of it is run, and how:

- Each ``## `` heading begins a section, and each section is one test, with a desk of its own (see
  `desk`). In a section the blocks are taken in order, so that a section tells a story.
- Of a block fenced as ``console`` each line that begins with ``$`` is run by ``sh``, on the desk.
  It has to exit with 0, unless the next line is ``$ echo $?``, below which stands the exit code.
- The lines below a command are what it prints, standard error included. A line ``...`` stands
  for any lines, and ``...`` within a line for any characters. Where there is no line below it,
  what it prints is not looked at.
- A block fenced as ``toml`` that begins with ``[tool.kata`` is put into the pyproject.toml of the
  desk before what follows is run.
- A block fenced as ``text`` is not run: what would change the environment of these tests (pip),
  what needs another machine (a Dask scheduler on another host), and what takes minutes
  (``grader check``, ``grader release --check``, ``tests/mutants``, the training of 07). Each of
  these commands has tests of its own.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
import typer
from desk import prepare, surroundings

from grader.cli.main import app
from grader.course.late_policy import Late
from grader.course.limits import Limits
from grader.course.settings import PART_KEYS, find_course
from grader.transport.worker_process import can_confine

ROOT = Path(__file__).parents[2]
HANDBOOK = ROOT / "grader" / "README.md"
TEXT = HANDBOOK.read_text("utf-8")
COMMANDS = Path(sys.executable).parent
TIMEOUT = 120  # seconds, for one command on a busy machine
ANY = "..."

_BLOCK = re.compile(r"^```(\w+)\n((?:.*\n)*?)^```$", re.MULTILINE)


# What the handbook says


@dataclass(frozen=True)
class Example:
    """A command of the handbook: what it is, exits with, and prints."""

    command: str
    code: int
    shown: tuple[str, ...]


def sections() -> dict[str, list[tuple[str, str]]]:
    """The blocks of each section, in order: how each is fenced, and what is in it."""
    found: dict[str, list[tuple[str, str]]] = {}
    # A line in a block may look like a heading.
    for heading, kind, block in re.findall(rf"^## (.+)$|{_BLOCK.pattern}", TEXT, _BLOCK.flags):
        if heading:
            found[heading] = []
        else:
            found[next(reversed(found))].append((kind, block))
    return found


def examples(block: str) -> Iterator[Example]:
    """The commands of a block, in order."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    for number, (command, shown) in enumerate(found):
        if command == "echo $?":
            continue
        code = 0
        if found[number + 1 : number + 2] and found[number + 1][0] == "echo $?":
            code = int(found[number + 1][1][0])
        yield Example(command, code, tuple(shown))


def pattern(shown: tuple[str, ...]) -> re.Pattern[str]:
    """What the output has to look like, to its end."""
    parts = []
    for line in shown:
        inner = ".*".join(map(re.escape, line.rstrip().split(ANY)))
        parts.append(r"(?:.*\n)*?" if line.strip() == ANY else rf"{inner}[ ]*\n")
    return re.compile("".join(parts))


def put(settings: str, pyproject: Path) -> None:
    """Add settings to those of a course: to the table [tool.kata] itself, and tables below it."""
    own, header, tables = settings.partition("\n[tool.kata.")
    text = pyproject.read_text("utf-8")
    if own.startswith("[tool.kata]\n"):
        text = text.replace("[tool.kata]\n", f"{own}\n", 1)
        own = ""
    pyproject.write_text(f"{text}\n{own}{header}{tables}", "utf-8")


BLOCKS = sections()
STORIES = [heading for heading, blocks in BLOCKS.items() if "console" in dict(blocks)]


# Its commands


@pytest.mark.thorough
@pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")
@pytest.mark.skipif(shutil.which("grader", path=COMMANDS) is None, reason="grader is not installed")
@pytest.mark.parametrize("heading", STORIES)
def test_commands_do_what_the_handbook_shows(heading, tmp_path):
    """Exit codes and output, command by command."""
    desk, environment = prepare(tmp_path), surroundings(tmp_path, COMMANDS)
    for kind, block in BLOCKS[heading]:
        if kind == "toml" and block.startswith("[tool.kata"):
            put(block, desk / "pyproject.toml")
        for example in examples(block) if kind == "console" else ():
            code, printed = run(example.command, desk, environment)
            assert code == example.code, f"$ {example.command}\n{printed}"
            if example.shown:
                found = pattern(example.shown).fullmatch(printed)
                assert found, f"$ {example.command}\n{printed}"


def run(command: str, desk: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run a command: its exit code, and what it prints, without spaces at the ends of lines."""
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=desk,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT,
        check=False,
    )
    lines = done.stdout.decode("utf-8").splitlines()
    printed = "".join(f"{line.rstrip()}\n" for line in lines)
    return done.returncode, printed.lstrip("\n")


# What it leaves out


@dataclass(frozen=True)
class Table:
    """A table of the handbook: the cells of its header, and of its rows."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables() -> Iterator[Table]:
    """All tables of the handbook, without what stands in blocks."""
    for found in re.findall(r"(?:^\|.*\|\n)+", _BLOCK.sub("", TEXT), re.MULTILINE):
        header, _, *rows = [
            tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
            for line in found.splitlines()
        ]
        yield Table(header, tuple(rows))


def named(heading: str) -> list[Table]:
    """The tables whose first column has that heading."""
    return [table for table in tables() if table.header[0] == heading]


def commands() -> dict[str, list[str]]:
    """The options of each command of ``grader``, as its parser has them."""
    found = {}
    waiting = [("grader", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        if subcommands := getattr(command, "commands", {}):
            waiting += [(f"{name} {part}", one) for part, one in subcommands.items()]
            continue
        options = (one for one in command.params if one.param_type_name == "option")
        found[name] = sorted(o for one in options for o in (*one.opts, *one.secondary_opts))
    return found


OPTIONS = commands()


@pytest.mark.parametrize("command", OPTIONS)
def test_the_tables_of_a_command_have_its_options_and_no_others(command):
    """A table is a command's if that is the heading of its first column."""
    found = [row[0] for table in named(f"`{command}`") for row in table.rows]
    mentioned = {
        option for cell in found for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", cell)
    }
    assert command in TEXT
    assert sorted(mentioned) == OPTIONS[command]


def test_there_are_commands_with_options():
    """So that the test above cannot pass for want of something to look for."""
    assert "--follow-through" in OPTIONS["grader grade"]
    assert "--ref" in OPTIONS["grader package github"]


class Asked(dict):
    """Settings that remember by which keys somebody has asked for them."""

    keys_asked: set[str]

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.keys_asked = set()

    def get(self, key, default=None):
        self.keys_asked.add(key)
        return super().get(key, default)

    def __getitem__(self, key):
        self.keys_asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        self.keys_asked.add(key)
        return super().__contains__(key)


def settings_read(folder, monkeypatch):
    """The keys of [tool.kata] that the grader looks at when it reads a course, or elsewhere."""
    asked = Asked({"exercises": []})
    (folder / "pyproject.toml").write_text("[tool.kata]\n", "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(tomllib, "loads", lambda text: {"tool": {"kata": asked}})
        assert find_course(folder)
    sources = (path.read_text("utf-8") for path in (ROOT / "grader").rglob("*.py"))
    elsewhere = (key for text in sources for key in re.findall(r'\["kata"\]\.get\("(\w+)"', text))
    return asked.keys_asked.union(elsewhere)


def keys_of(heading: str) -> dict[str, str]:
    """The keys of a table of settings, each with its default."""
    (table,) = named(heading)
    return {row[0].strip("`"): row[1] for row in table.rows}


def test_every_setting_of_a_course_is_in_the_table(tmp_path, monkeypatch):
    """Those that are read, and no others."""
    found = settings_read(tmp_path, monkeypatch)
    assert {"exercises", "deadlines", "repository"} <= found
    assert set(keys_of("key in `[tool.kata]`")) == found


@pytest.mark.parametrize(("table", "settings"), [("late", Late()), ("limits", Limits())])
def test_tables_of_settings_have_each_key_and_its_default(table, settings):
    """A default is written as in TOML."""
    expected = {one.name: getattr(settings, one.name) for one in fields(settings)}
    told = {
        name: f'`"{default}"`' if isinstance(default, str) else f"`{default}`"
        for name, default in expected.items()
    }
    told = {name: "none" if text == "`None`" else text for name, text in told.items()}
    assert keys_of(f"key in `[tool.kata.{table}]`") == told


def test_each_key_of_a_part_is_in_the_table():
    """Both are required."""
    assert keys_of("key in `[[tool.kata.parts]]`") == dict.fromkeys(PART_KEYS, "required")


def test_links_within_the_handbook_lead_to_its_sections():
    """As GitHub makes anchors of headings."""
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in sections()}
    links = re.findall(r"\]\(#([^)]*)\)", TEXT)
    assert links
    assert set(links) <= anchors


def test_links_to_other_files_lead_somewhere():
    """From the folder that the handbook lies in."""
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert links
    assert [link for link in links if not (HANDBOOK.parent / link).is_file()] == []
