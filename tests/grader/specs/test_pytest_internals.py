"""Each private name of pytest that the grader uses, and what it does.

Run also with other versions of pytest, by tests/pytest_versions.py.
"""

import ast
import inspect
import io
import os
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from _pytest import config as pytest_config
from _pytest._io import TerminalWriter
from _pytest.capture import CaptureManager
from _pytest.junitxml import LogXML, _NodeReporter
from _pytest.runner import SetupState
from _pytest.terminal import TerminalReporter

from grader.specs.pytest_internals import (
    accept_brackets,
    add_junit_property,
    forget_modules,
    junit_entry,
    request_of,
    run_item,
    show_failures_again,
    start_session,
)

ROOT = Path(__file__).parents[3]

USED_IN = "grader/specs/pytest_internals.py"


@pytest.mark.parametrize(
    ("owner", "name", "arguments"),
    [
        (pytest_config, "_prepareconfig", (["-q"],)),
        (pytest.Config, "_do_configure", (None,)),
        (pytest.Session, "from_config", (None,)),
        (pytest.Session, "perform_collect", (None,)),
        (pytest.Function, "_initrequest", (None,)),
        (SetupState, "setup", (None, None)),
        (SetupState, "teardown_exact", (None, None)),
        (TerminalWriter, "sep", (None, "=", "title", 80)),
        (TerminalReporter, "ensure_newline", (None,)),
        (TerminalReporter, "summary_failures", (None,)),
        (TerminalReporter, "write_line", (None, "line")),
        (CaptureManager, "global_and_fixture_disabled", (None,)),
        (CaptureManager, "suspend_global_capture", (None, True)),
        (LogXML, "node_reporter", (None, "report")),
        (_NodeReporter, "add_property", (None, "name", "value")),
        (_NodeReporter, "to_xml", (None,)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_private_name_exists_and_accepts_its_arguments(owner, name, arguments):
    """The message names what broke, and where it is used."""
    broken = f"pytest {pytest.__version__}: {owner.__name__}.{name}, used in {USED_IN},"
    function = getattr(owner, name, None)
    assert function is not None, f"{broken} is gone"
    if inspect.ismethod(function):  # of a class, which is bound already
        arguments = arguments[:1]
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError as error:
        pytest.fail(f"{broken} takes other arguments: {error}")


def test_capture_is_suspended_by_the_keyword_that_is_used():
    """The keyword restores standard input too."""
    names = inspect.signature(CaptureManager.suspend_global_capture).parameters
    assert "in_" in names, f"suspend_global_capture, used in {USED_IN}, has no in_ any more"


def test_the_attributes_that_are_read_and_replaced_exist(collect):
    """They belong to a session, its items and the terminal writer."""
    session = collect("def test_it(): pass\n")
    (item,) = session.items
    assert isinstance(session._setupstate, SetupState), f"Session._setupstate: see {USED_IN}"
    assert isinstance(item._request, pytest.FixtureRequest), f"Function._request: see {USED_IN}"
    assert request_of(item).node is item
    assert isinstance(item.funcargs, dict)
    writer = TerminalWriter(io.StringIO())
    assert isinstance(writer.fullwidth, int), f"TerminalWriter.fullwidth: see {USED_IN}"


def test_the_judges_module_is_the_only_one_that_uses_private_names():
    """In modules that import pytest, private names are the grader's own, or of os and sys."""
    found = []
    for path in (ROOT / "grader").rglob("*.py"):
        text = path.read_text("utf-8")
        if "pytest" not in text or path == ROOT / USED_IN:
            continue
        tree = ast.parse(text)
        imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("_pytest"):
                found.append(f"{path.name}:{node.lineno}")
            knows = any(alias.name == "pytest" for one in imported for alias in one.names)
            if knows and isinstance(node, ast.Attribute) and node.attr.startswith("_"):
                owner = node.value.id if isinstance(node.value, ast.Name) else ""
                if owner not in ("self", "cls", "os", "sys") and not node.attr.startswith("__"):
                    found.append(f"{path.name}:{node.lineno} .{node.attr}")
    assert found == []


@pytest.fixture
def collect(tmp_path):
    """Start a session with a test file of this text."""

    def start(text, *options):
        (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
        (tmp_path / "test_some.py").write_text(textwrap.dedent(text), "utf-8")
        forget_modules("test_some")
        sys.modules.pop("test_some", None)
        where = ("--rootdir", str(tmp_path), "-c", str(tmp_path / "pytest.ini"))
        quiet = ("-p", "no:terminal", "--import-mode=importlib", "--disable-plugin-autoload")
        return start_session([*where, *quiet, *options, str(tmp_path / "test_some.py")])

    return start


def nothing(item):
    """Provide no fixture."""


TRACED = """
    import pytest

    EVENTS = []

    @pytest.fixture(scope="module")
    def shared():
        EVENTS.append("module up")
        yield
        EVENTS.append("module down")

    @pytest.fixture
    def own(shared):
        EVENTS.append("function up")
        yield
        EVENTS.append("function down")

    def test_one(own):
        EVENTS.append("one")

    def test_two(own):
        EVENTS.append("two")
"""


def test_a_test_is_set_up_called_and_torn_down_each_time(collect):
    """Fixtures of function scope are created anew each time; those of module scope are kept."""
    session = collect(TRACED)
    one, two = session.items
    for item in (one, two, one):
        assert run_item(item, nothing) is None
    events = one.obj.__globals__["EVENTS"]
    assert events[0] == "module up"
    ran = [event for event in events if not event.startswith("module")]
    names = ("one", "two", "one")
    assert ran == [event for name in names for event in ("function up", name, "function down")]
    assert events.count("module up") == 1


def test_fixtures_that_are_provided_are_not_looked_up(collect):
    """A value in funcargs replaces the fixture."""
    session = collect(TRACED + "\n    def test_three(own):\n        assert own == 'given'\n")
    item = session.items[-1]
    assert isinstance(run_item(item, nothing), AssertionError)
    assert run_item(item, lambda item: item.funcargs.update(own="given")) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("def test_it():\n    1 / 0\n", ZeroDivisionError),
        ("def test_it():\n    raise SystemExit(0)\n", SystemExit),
        ("import pytest\ndef test_it():\n    pytest.skip('no')\n", pytest.skip.Exception),
        ("import pytest\ndef test_it():\n    pytest.xfail('no')\n", pytest.xfail.Exception),
        (
            "import pytest\n@pytest.fixture\ndef bad():\n    1 / 0\ndef test_it(bad):\n    pass\n",
            ZeroDivisionError,
        ),
        (
            "import pytest\n@pytest.fixture\ndef bad():\n    yield\n    1 / 0\n"
            "def test_it(bad):\n    pass\n",
            ZeroDivisionError,
        ),
        ("def test_it(nowhere):\n    pass\n", pytest.FixtureLookupError),
    ],
    ids=["call", "exit", "skip", "xfail", "setup", "teardown", "no fixture"],
)
def test_the_exception_that_ends_a_test_is_returned(collect, text, kind):
    """It may be of any kind, in any phase; the next run starts afresh."""
    (item,) = collect(text).items
    assert isinstance(run_item(item, nothing), kind)
    assert isinstance(run_item(item, nothing), kind)


def test_an_interrupt_is_passed_on(collect):
    """Ctrl-C ends the judge, and is not a failure of the test."""
    (item,) = collect("def test_it():\n    raise KeyboardInterrupt\n").items
    with pytest.raises(KeyboardInterrupt):
        run_item(item, nothing)


@pytest.mark.parametrize("name", ["PYTEST_ADDOPTS", "PYTEST_PLUGINS"])
def test_settings_of_the_environment_are_hidden_and_put_back(collect, monkeypatch, name):
    """Such settings are meant for the user's own tests."""
    monkeypatch.setenv(name, "no_such_option_or_plugin")
    assert len(collect("def test_it(): pass\n").items) == 1
    assert os.environ[name] == "no_such_option_or_plugin"


def test_a_module_of_the_same_name_is_imported_from_its_own_folder(tmp_path):
    """The earlier module must be forgotten first."""
    names = []
    for folder in ("one", "other"):
        specs = tmp_path / folder / "tests" / "specs"
        specs.mkdir(parents=True)
        (tmp_path / folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
        (specs / "test_it.py").write_text(f"def test_{folder}(): pass\n", "utf-8")
        forget_modules("tests.specs")
        where = ("--rootdir", str(tmp_path / folder), "-c", str(tmp_path / folder / "pytest.ini"))
        quiet = ("-p", "no:terminal", "--import-mode=importlib", "--disable-plugin-autoload")
        session = start_session([*where, *quiet, str(specs)])
        names += [item.name for item in session.items]
        assert "tests.specs.test_it" in sys.modules, f"importlib names modules otherwise: {USED_IN}"
    assert names == ["test_one", "test_other"]
    forget_modules("tests.specs")
    assert "tests.specs.test_it" not in sys.modules


AT_A_TERMINAL = """
from grader.specs import pytest_internals as internals

def pytest_sessionstart(session):
    internals.measure_headings(session.config, lambda text: 2 * len(text))

def pytest_collection_finish(session):
    internals.omit_failures_from_the_list(session.config)

def pytest_sessionfinish(session):
    terminal = internals.terminal_of(session.config)
    failed = terminal.stats.get("failed", [])
    if len(failed) == 3:
        internals.show_failures(session.config, failed[:1:-1], failed[1:2])

def pytest_unconfigure(config):
    print("terminal:", type(internals.terminal_of(config)).__name__)
"""

SOME_TESTS = """
import os
import pytest
from grader.specs import pytest_internals as internals

def test_progress(request):
    print("captured")
    internals.write_past_capture(request.config, "half of it is done")

def test_failure():
    assert False, "why"

@pytest.mark.parametrize("why", ["first", "second", "third"])
def test_many(why):
    assert False, why

def test_last_words(request):
    print("captured, too")
    internals.stop_capturing(request.config)
    os.write(2, b"last words")
    os._exit(7)
"""


@pytest.fixture
def at_a_terminal(tmp_path, process):
    """Run tests as a learner does, and return the completed process."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (tmp_path / "conftest.py").write_text(AT_A_TERMINAL, "utf-8")
    (tmp_path / "test_some.py").write_text(SOME_TESTS, "utf-8")
    return lambda *options: process("-m", "pytest", *options, cwd=tmp_path)


def test_a_line_is_shown_while_output_is_captured(at_a_terminal):
    """It has a line of its own; the output of the test stays hidden."""
    done = at_a_terminal("-k", "progress")
    assert done.returncode == 0
    assert "\nhalf of it is done\n" in done.out
    assert "captured" not in done.out
    assert "terminal: TerminalReporter" in done.out


def test_headings_are_measured_in_columns(at_a_terminal):
    """A title that takes more columns gets correspondingly fewer dashes."""
    done = at_a_terminal("-k", "progress or failure")
    (heading,) = (line for line in done.out.splitlines() if " FAILURES " in line)
    assert len(heading) in (80 - len("FAILURES"), 80 - len("FAILURES") - 1)


def test_failures_are_not_listed_a_second_time(at_a_terminal):
    """The list omits them even if -r asks for them."""
    done = at_a_terminal("-k", "failure", "-rfE")
    assert done.returncode == 1
    assert "why" in done.out
    assert "short test summary" not in done.out


def test_failures_are_shown_in_another_order_and_folded_ones_only_counted(at_a_terminal):
    """The third comes first; the second is not shown."""
    done = at_a_terminal("-k", "many", "--tb=short")
    shown = [line for line in done.out.splitlines() if line.startswith("E   AssertionError")]
    assert [line.split()[2] for line in shown] == ["third", "first"]
    assert "3 failed" in done.out


def test_the_last_message_of_a_run_is_shown(at_a_terminal):
    """It is shown although output was captured and the process ends at once."""
    done = at_a_terminal("-k", "last_words")
    assert (done.returncode, done.err) == (7, "last words")


class Describing:
    """A plugin that adds a property to each test: while it runs, after it, or at the very end."""

    def __init__(self, when):
        self.when = when
        self.entries = []

    def pytest_configure(self, config):
        self.config = config

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report):
        if report.when == "call":
            self.entries.append(junit_entry(self.config, report))
            if self.when == "running":
                add_junit_property(self.entries[-1], "hint", "a < b \x07")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self):
        if self.when == "ended":
            add_junit_property(self.entries[-1], "hint", "a < b \x07")


@pytest.mark.thorough
@pytest.mark.parametrize("properties", [False, True], ids=["the only property", "one more"])
@pytest.mark.parametrize("when", ["running", "ended"])
def test_a_property_is_in_the_file_of_junit(tmp_path, when, properties):
    """Escaped, and beside those that the test itself has recorded."""
    record = "record_property('own', 1)" if properties else "pass"
    text = f"def test_it(record_property):\n    {record}\n"
    (tmp_path / "test_it.py").write_text(text, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    forget_modules("test_it")
    sys.modules.pop("test_it", None)
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
        "--rootdir",
        str(tmp_path),
    ]
    file = tmp_path / "x.xml"
    arguments = [*options, f"--junitxml={file}", str(tmp_path)]
    assert pytest.main(arguments, plugins=[Describing(when)]) == 0
    found = {one.get("name"): one.get("value") for one in ElementTree.parse(file).iter("property")}
    assert found == {"hint": "a < b #x07", **({"own": "1"} if properties else {})}


def test_without_a_file_of_junit_a_test_has_no_entry(collect):
    """Nothing is looked up then."""
    session = collect("def test_it(): pass\n")
    assert junit_entry(session.config, SimpleNamespace(nodeid="x")) is None


@pytest.mark.parametrize("name", ["", "::test_it", "::test_it[1-2]"])
def test_a_bracket_in_a_path_is_no_parameter(tmp_path, name):
    """The path becomes relative, so that the bracket above it is gone; a real one stays."""
    folder = tmp_path / "My Course [a]"
    (folder / "inner").mkdir(parents=True)
    params = SimpleNamespace(dir=folder)
    config = SimpleNamespace(invocation_params=params, args=[f"{folder / 'inner'}{name}", "inner"])
    accept_brackets(config)
    assert config.args == [f"inner{name}", "inner"]


def show_nothing(self):
    """Show no failures at the end, as pytest-sugar and pytest-instafail do."""


@pytest.mark.parametrize("at_once", [False, True], ids=["at the end", "at once"])
def test_failures_that_were_shown_at_once_are_shown_again(monkeypatch, at_once):
    """Those that pytest itself shows at the end are not.

    Seen: with pytest-sugar at a terminal, ``--hint`` shows no hint.
    """
    shown = []
    monkeypatch.setattr(TerminalReporter, "summary_failures", shown.append)
    own = {"summary_failures": show_nothing} if at_once else {}
    kind = type("Reporter", (TerminalReporter,), own)
    reporter = kind.__new__(kind)
    plugins = SimpleNamespace(getplugin=lambda name: reporter)
    show_failures_again(SimpleNamespace(pluginmanager=plugins))
    assert shown == ([reporter] if at_once else [])
