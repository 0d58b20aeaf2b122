"""For all tests: one BLAS thread, since two of them fight over the processors of a busy machine.

And English, whatever the developer's own language is. A bare ``pytest`` uses all processors.
"""

import os
import signal

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["KATA_LANG"] = "en"
# A thousand processes of the tests would compile the grader anew, each for itself.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def learners_pytest():
    """Options of pytest as a learner has it.

    Without what is there for those who test the course, which is slow to import.
    """
    return "-p no:hypothesispytest -p no:anyio -p no:xdist"


def pytest_configure():
    """Hear Ctrl-C: what runs in the background is deaf to it, and so is all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Run all tests at once on all processors, where pytest-xdist is there and nobody objects.

    Not if a file, a test or -n is given on the command line, or a debugger is requested.
    """
    is_bare = config.args_source is config.ArgsSource.TESTPATHS
    can = config.pluginmanager.hasplugin("xdist") and not config.getoption("usepdb")
    if (
        is_bare
        and can
        and config.option.numprocesses is None
        and not hasattr(config, "workerinput")
    ):
        config.option.numprocesses = os.cpu_count()
        config.option.dist = "worksteal"
