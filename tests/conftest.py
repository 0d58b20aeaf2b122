"""For all tests: one BLAS thread, because more of them slow each other down.

And English, whatever the developer's language is. A bare ``pytest`` uses all processors, one for
each process of pytest and all that it starts: a class then has one judge, as with ``--jobs 1``. It
leaves out the tests marked as thorough.
"""

import os
import signal

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["KATA_LANG"] = "en"
# Otherwise, each of a thousand test processes would compile the grader again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def learners_pytest():
    """Options of pytest as a learner has it.

    Without plugins that only the course's own tests need, which are slow to import.
    """
    return "-p no:hypothesispytest -p no:anyio -p no:xdist -p no:pytest_cov -p no:randomly"


def pytest_configure(config):
    """Handle Ctrl-C, which processes started in the background ignore, and use one processor."""
    config.addinivalue_line(
        "markers", "thorough: takes long; a bare pytest leaves it out, -m thorough runs these alone"
    )
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(config, "workerinput") and hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        number = int(config.workerinput["workerid"].removeprefix("gw"))
        os.sched_setaffinity(0, {cores[number % len(cores)]})


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Leave out thorough tests, and use all processors if pytest-xdist is installed.

    One process more than there are processors, because some tests wait. Not if a file, a test or -n
    is given on the command line, or a debugger is requested.
    """
    is_bare = config.args_source is config.ArgsSource.TESTPATHS
    if is_bare and not config.option.markexpr:
        config.option.markexpr = "not thorough"
    can = config.pluginmanager.hasplugin("xdist") and not config.getoption("usepdb")
    if (
        is_bare
        and can
        and config.option.numprocesses is None
        and not hasattr(config, "workerinput")
    ):
        config.option.numprocesses = (os.cpu_count() or 1) + 1
        config.option.dist = "worksteal"


def pytest_collection_modifyitems(items):
    """Leave specs that train for long to `grader grade solutions` and the weekly run."""
    for item in items:
        budget = item.get_closest_marker("budget")
        if budget and budget.args[0] > 60:
            item.add_marker(pytest.mark.thorough)
