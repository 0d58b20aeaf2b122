"""All uses of pytest beyond its documented interface.

Other modules use public names only, and import the rest from here. pyproject.toml allows a range
of versions; tests/grader/specs/test_pytest_internals.py checks each name below against the
installed one, and tests/pytest_versions.py runs it with the oldest.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from _pytest.config import _prepareconfig
from _pytest.junitxml import bin_xml_escape, xml_key
from _pytest.terminal import TerminalReporter


@contextmanager
def _without_settings_of_the_environment() -> Iterator[None]:
    """Hide options that users set for their own pytest, as they must not change a verdict."""
    names = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


def start_session(arguments: Sequence[str]) -> pytest.Session:
    """Start a session as `pytest.main` does, and collect its items.

    Parameters
    ----------
    arguments : sequence of str
        Arguments of the command line.
    """
    with _without_settings_of_the_environment():
        config = _prepareconfig(list(arguments))
    # Below this folder no path has a bracket, unless one of our own folders does.
    config.invocation_params = replace(config.invocation_params, dir=config.rootpath)
    accept_brackets(config)
    config._do_configure()
    session = pytest.Session.from_config(config)
    config.hook.pytest_sessionstart(session=session)
    session.perform_collect()
    return session


def accept_brackets(config: pytest.Config) -> None:
    """Accept paths such as ``My Course [a]/exercises``, where pytest expects a parameter.

    Parameters
    ----------
    config : pytest.Config
        The configuration, before anything is collected. Paths become relative, so that brackets
        in the names of folders above the working directory do not matter.
    """
    folder = config.invocation_params.dir
    for number, argument in enumerate(config.args):
        path, colons, name = argument.partition("::")
        if "[" in path and os.path.exists(folder / path):
            with suppress(ValueError):  # on Windows, when it is on another drive
                config.args[number] = os.path.relpath(folder / path, folder) + colons + name


def forget_modules(package: str) -> None:
    """Forget test modules, so that the next session can import others of the same names.

    With ``--import-mode=importlib`` pytest derives the name from the path below the root folder,
    and imports each name only once in a process.

    Parameters
    ----------
    package : str
        Dotted path of the folder of the modules.
    """
    for name in [name for name in sys.modules if name.startswith(f"{package}.")]:
        del sys.modules[name]


def run_item(
    item: pytest.Function, provide: Callable[[pytest.Function], None]
) -> BaseException | None:
    """Set up, call and tear down a test, as pytest does.

    It omits the reports, hooks and tracebacks of a session at a terminal, which take longer than
    most specs.

    Parameters
    ----------
    item : pytest.Function
        The test; its module stays set up until a test of another module is run.
    provide : callable
        Called just before the setup; may put values of fixtures into `item.funcargs`.

    Returns
    -------
    BaseException or None
        The exception that ended the test; None if it ran to its end.
    """
    state = item.session._setupstate
    file: Any = item.parent
    state.teardown_exact(file)
    item._initrequest()
    provide(item)
    error = _error_of(lambda: state.setup(item)) or _error_of(item.runtest)
    torn_down = _error_of(lambda: state.teardown_exact(file))
    return error or torn_down


def _error_of(action: Callable[[], object]) -> BaseException | None:
    try:
        action()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # includes SystemExit and what pytest.skip raises
        return error
    return None


def request_of(item: pytest.Function) -> pytest.FixtureRequest:
    """Return the `request` that fixtures of a test receive."""
    return item._request


# The terminal


def terminal_of(config: pytest.Config) -> Any:
    """Return pytest's terminal reporter, or None in a session without a terminal."""
    return config.pluginmanager.getplugin("terminalreporter")


def measure_headings(config: pytest.Config, columns: Callable[[str], int]) -> None:
    """Center headings by display width, since pytest counts characters.

    Parameters
    ----------
    config : pytest.Config
        The configuration of a session with a terminal.
    columns : callable
        Returns the number of columns that a text takes.
    """
    writer = config.get_terminal_writer()
    draw = writer.sep

    def sep(char: str, title: str | None = None, width: int | None = None, **markup: bool) -> None:
        surplus = columns(title) - len(title) if title else 0
        draw(char, title, (width or writer.fullwidth) - surplus, **markup)

    writer.sep = sep  # type: ignore[method-assign, assignment]


def omit_failures_from_the_list(config: pytest.Config) -> None:
    """Omit failures from pytest's short summary, which would repeat them."""
    terminal = terminal_of(config)
    if terminal:
        terminal.reportchars = terminal.reportchars.replace("f", "").replace("E", "")


def tell_each_warning_once(config: pytest.Config) -> None:
    """Tell each warning once, and of the file: pytest would list all tests that have met it."""
    terminal = terminal_of(config)
    if terminal and (warned := terminal.stats.get("warnings")):
        for report in warned:
            report.nodeid = (report.nodeid or "").partition("::")[0]
        terminal.stats["warnings"] = list({one.message: one for one in warned}.values())


def show_failures(
    config: pytest.Config, shown: Sequence[pytest.TestReport], folded: Sequence[pytest.TestReport]
) -> None:
    """Set which failures pytest shows in full, and in which order; all of them are counted.

    Parameters
    ----------
    config : pytest.Config
        The configuration of a session.
    shown : sequence of pytest.TestReport
        Reports of failures in the order in which to show them, before all others.
    folded : sequence of pytest.TestReport
        Reports of failures that are not shown.
    """
    for report in folded:
        report._pdbshown = True  # type: ignore[attr-defined] # as if a debugger had shown it
    terminal = terminal_of(config)
    if terminal:
        places = {id(report): number for number, report in enumerate(shown)}
        failed = terminal.stats.get("failed", [])
        failed.sort(key=lambda report: places.get(id(report), len(places)))


def show_failures_again(config: pytest.Config) -> None:
    """Show all failures at the end, if a plugin such as pytest-sugar shows each one at once.

    What has been added to the reports since would be seen by nobody.
    """
    terminal = terminal_of(config)
    if type(terminal).summary_failures is not TerminalReporter.summary_failures:
        TerminalReporter.summary_failures(terminal)


# The file of --junitxml


def junit_entry(config: pytest.Config, report: pytest.TestReport) -> Any:
    """Return the entry that a test has in the file of ``--junitxml``; None without that option."""
    xml = config.stash.get(xml_key, None)
    return xml.node_reporter(report) if xml else None


def add_junit_property(entry: Any, name: str, value: str) -> None:
    """Add a property to an entry, also after the test has ended and before the file is written.

    Parameters
    ----------
    entry : object
        An entry, as `junit_entry` returns it.
    name, value : str
        The property; characters that XML does not have are escaped.
    """
    if hasattr(entry, "properties"):
        entry.add_property(name, value)
        return
    case = entry.to_xml()  # what has ended is an element already
    properties = case.find("properties")
    if properties is None:
        properties = ElementTree.Element("properties")
        case.insert(0, properties)
    ElementTree.SubElement(properties, "property", name=name, value=str(bin_xml_escape(value)))


def write_past_capture(config: pytest.Config, line: str) -> None:
    """Write a line to the terminal during a test, past the capture of its output."""
    terminal = terminal_of(config)
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        terminal.ensure_newline()
        terminal.write_line(line)


def stop_capturing(config: pytest.Config) -> None:
    """Stop capturing output, so that the process can print a message before it ends."""
    config.pluginmanager.getplugin("capturemanager").suspend_global_capture(in_=True)
