"""Removal of lines that only IPython understands."""

import ast
import importlib.util
import sysconfig
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebooks import notebook
from told import told

from grader.submissions.notebooks.ipython_magics import blank_magics
from grader.submissions.notebooks.notebook_cells import Notebook, read_cells

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("%matplotlib inline\na = 1", "pass\na = 1"),
        ("!pip install numpy\na = 1", "pass\na = 1"),
        ("?np.sum\na = 1", "pass\na = 1"),
        ("np.sum?", "pass"),
        ("np.sum??  # help", "pass"),
        ("f(x)[0]?\n", "pass\n"),
        ("!!ls", "pass"),
        ("if a:\n    %time b()\nelse:\n\t!ls\n", "if a:\n    pass\nelse:\n\tpass\n"),
        ("files = !ls *.py\na = 1", "pass\na = 1"),
        ("d['k'], b = %timeit -o f()\n", "pass\n"),
        ("x = 1\n!echo it's (here\ny = 2", "x = 1\npass\ny = 2"),
        ("!pip install \\\n  numpy \\\n  pandas\na = 1", "pass\n\n\na = 1"),
        ("x = !ls \\\n  *.py\na = 1", "pass\n\na = 1"),
        ("%%time\na = 1", "\na = 1"),
        ("\n\n%%timeit -n 3\na = 1\n%x\n", "\n\n\na = 1\npass\n"),
        ("%%capture out\n%%time\na = 1", "\n\na = 1"),
        ("%%prun\na = 1", "\na = 1"),
        ("%%debug\na = 1", "\na = 1"),
        ("%%bash\nrm -rf /\n", "\n\n"),
        ("%%html\n<b>", "\n"),
        ("%%writefile notes.txt\nb = 2", "\n"),
        ("get_ipython().run_line_magic('matplotlib', 'inline')\na = 1", "pass\na = 1"),
        ("x = get_ipython().getoutput(\n    'ls')\na = 1", "pass\n\na = 1"),
        ("%%javascript\nx = 1\n", "\n\n"),
        ("%%\na = 1", "\n"),
        ("a = 1\n%%time\nb = 2", "a = 1\npass\nb = 2"),
        ("'unfinished\n%x", "'unfinished\npass"),
        ("a)]}\n%x", "a)]}\npass"),
        ('f"{d["("]}" f\'{x!r:>{w}}\'\n%x', 'f"{d["("]}" f\'{x!r:>{w}}\'\npass'),
        ("f'{x:\"^9}' rf\"\\{x}\" f'\\N{BULLET}{{'\n%x", None),
        ("f'''{\nx:%H\n}'''\n%x", "f'''{\nx:%H\n}'''\npass"),
        ('1if"{"else"}"\n%x', '1if"{"else"}"\npass'),
        ("x = '\\\n%y'\n%x", "x = '\\\n%y'\npass"),
        ("# it's ( here\n%x", "# it's ( here\npass"),
    ],
)
def test_what_only_ipython_understands_is_blanked(source, code):
    """A line becomes pass with the same indentation, so that line numbers stay the same."""
    blanked = read_cells(notebook(source), "hw.ipynb")
    assert blanked.cells == (code if code is not None else source.replace("\n%x", "\npass"),)
    assert blanked.cells[0].count("\n") == source.count("\n")
    assert told(blanked.notes)


@pytest.mark.parametrize(
    "source",
    [
        "a = (b\n % c)",
        "a = [\n!b]",
        "a = b \\\n % c",
        "a = '''\n%x\n!y\nz?\n'''",
        'a = f"""\n%x {b}\n!y\n"""',
        "a = '\\\n%x'",
        "a = f'''{b\n%c}'''",
        "a = 'why?'  # really?",
        "# what?\na = 1",
        "a = b % c\na %= d\na != b\nprint(f'{a=!r} {a = !s}', end='%')",
        "in_colab = 'google.colab' in str(get_ipython())",
        "def f(x):\n    return x\n\n\n",
        "f(a, b='=%d' % 3)",
        "a = lambda: (yield)\nx: int = 3",
        "",
        "\n",
        "\f\n",
    ],
)
def test_code_is_left_as_it_is(source):
    """A percent sign, exclamation mark or question mark alone is not a magic."""
    assert read_cells(notebook(source), "x") == Notebook((source,), ("",), ())


SOURCES = sorted(
    [
        *sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))[::3],
        *Path(sysconfig.get_path("stdlib")).glob("test/test_[fgs]*string*.py"),
        *sorted(ROOT.glob("grader/*/*.py"))[::3],
        *ROOT.glob("solutions/*/*.py"),
        *ROOT.glob("tests/grader/submissions/test_[njst]*.py"),
    ]
)

MAGICS = ("%matplotlib inline", "!pip install 'x", "?print", "print??", "x = !ls (", "y = %who {")


def code_of(path):
    """Return the text of a module, as Python decodes it."""
    return importlib.util.decode_source(path.read_bytes())


def test_real_code_is_left_as_it_is():
    """The standard library and this project stay unchanged."""
    assert len(SOURCES) > 60
    for path in SOURCES:
        assert blank_magics(code_of(path)) == (code_of(path), []), path


def statements_of(text):
    """Return the lines, from 0, on which a statement begins that no other line contains."""
    found = {node.lineno - 1 for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)}
    return sorted(found)


SMALL = [path for path in SOURCES if path.stat().st_size < 20_000]


@given(data=st.data(), path=st.sampled_from(SMALL))
def test_magics_in_real_code_are_found_and_nothing_else(data, path):
    """Magics are inserted where statements begin; only they are changed."""
    lines = code_of(path).split("\n")
    statements = statements_of("\n".join(lines)) or [0]
    places = data.draw(st.lists(st.sampled_from(statements), max_size=5))
    expected = list(lines)
    for place in sorted(set(places), reverse=True):
        if lines[place].lstrip().startswith(("elif", "else", "except", "finally", "#")):
            continue
        indentation = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
        if place and (lines[place - 1].endswith("\\") or ";" in lines[place]):
            continue
        lines.insert(place, indentation + data.draw(st.sampled_from(MAGICS)))
        expected.insert(place, f"{indentation}pass")
    code, ignored = blank_magics("\n".join(lines))
    assert code == "\n".join(expected)
    assert len(ignored) == len(expected) - len(code_of(path).split("\n"))


@given(source=st.text(st.sampled_from("%!?'\"\\\n(){}[]=# :abfrN\t\r"), max_size=60))
def test_any_source_keeps_its_lines(source):
    """Each line is unchanged, pass or empty; a second run changes nothing."""
    code, ignored = blank_magics(source)
    before = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    after = code.split("\n")
    assert len(after) == len(before)
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert all(line.strip() in ("pass", "") for line in changed)
    assert ignored or not changed


PIECES = ("(", "'", '"""', "f'{", "f'{x:", "\\\n", "x=!a\n", "(\n)=!", "=%", "?", "\n", "#", "a?\n")


@pytest.mark.thorough
@pytest.mark.parametrize("piece", [*PIECES, "%%time\n"])
def test_a_huge_cell_takes_time_in_proportion(piece):
    """Each cell is a quarter of a megabyte of text that invites repeated scans."""

    def seconds(size):
        started = time.process_time()
        blank_magics(piece * (size // len(piece)))
        return time.process_time() - started

    quarter = min(seconds(1 << 16) for _ in range(3))
    # Four times the text takes four times as long, and sixteen times if it is scanned repeatedly.
    assert min(seconds(1 << 18) for _ in range(2)) < 10 * max(quarter, 0.01)
