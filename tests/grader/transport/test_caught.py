"""Detection of `try` and `with` statements around the line that raises an exception."""

import subprocess
import sys
from contextlib import suppress

import pytest

from grader.transport.caught import may_be_caught


def is_caught():
    """Call `may_be_caught` as the facade does."""
    return may_be_caught(sys._getframe(1))


def in_the_open(found):
    found.append(is_caught())
    for _ in range(1):
        found.append(is_caught())
    found += [is_caught() for _ in range(1)]
    found += list(is_caught() for _ in range(1))  # noqa: C400
    found += {number: is_caught() for number in range(1)}.values()
    with suppress(ZeroDivisionError):
        pass
    found.append(is_caught())
    try:
        raise ValueError
    except ValueError:
        found.append(is_caught())
    try:
        pass
    finally:
        found.append(is_caught())


def in_try(found):
    try:
        found.append(is_caught())
    except ZeroDivisionError:
        found.append("caught")


def before_finally(found):
    try:
        found.append(is_caught())
    finally:
        pass


def in_with(found):
    with suppress(ZeroDivisionError):
        found.append(is_caught())


def in_what_with_calls(found):
    with suppress(ZeroDivisionError):
        found.append((lambda: [is_caught() for _ in range(1)])()[0])


def in_what_pytest_calls(found):
    pytest.raises(ZeroDivisionError, lambda: [found.append(is_caught()), 1 / 0])  # noqa: RUF061


def run(spec):
    """Run a spec as pytest does; the code around pytest does not matter."""
    found = []
    world = {"__name__": "_pytest.python"}
    exec("def run(spec, found):\n    spec(found)", world)
    with suppress(ZeroDivisionError):
        world["run"](spec, found)
    return found


def test_outside_try_and_with_nothing_is_caught():
    """Loops, comprehensions, generators and handlers catch nothing themselves."""
    assert run(in_the_open) == [False] * 8


@pytest.mark.parametrize(
    "spec", [in_try, before_finally, in_with, in_what_with_calls, in_what_pytest_calls]
)
def test_within_try_and_with_anything_may_be_caught(spec):
    """The statement may be in a calling function."""
    assert run(spec) == [True]


def test_a_caller_other_than_pytest_may_catch():
    """Other test tools catch exceptions, and nothing settles pending requests after a script."""
    with suppress(ZeroDivisionError):
        assert is_caught()
    script = (
        "import sys\n"
        "from grader.transport.caught import may_be_caught\n"
        "print(may_be_caught(sys._getframe()))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "True\n"
