"""Time limits of specs in a learner's pytest.

pytest-timeout ends such a spec. The hooks in this module, which `grader.pytest_plugin.plugin`
registers, report which promise was being checked, and skip specs after repeated timeouts.
"""

import os
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from grader.course.modules import read_module
from grader.messages.explanation import INDENT, WIDTH, explain
from grader.messages.language import say, tell
from grader.messages.message import english
from grader.messages.wrapping import wrap
from grader.specs.collection import SpecItem
from grader.specs.lookup import HINT, exercise_of
from grader.specs.markers import IN_PROCESS_TIMEOUT, budget_of, promise_of
from grader.specs.pytest_internals import stop_capturing
from grader.verdicts.verdict import Outcome

MAX_TIMEOUTS = 2
"""Number of specs of an exercise that may time out before the others are no longer run."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Skip a spec after several have timed out, as an endless loop would stop each of them."""
    if not isinstance(item, SpecItem):
        return
    summary = item.config.pluginmanager.getplugin("kata-summary")
    specs = summary.verdicts.get(exercise_of(item), [])
    if sum(spec.outcome is Outcome.TIMED_OUT for spec in specs) >= MAX_TIMEOUTS:
        from grader.transport.student import TimedOut

        raise TimedOut(
            english("not run: {number} specs before it have taken too long", number=MAX_TIMEOUTS)
        )


def is_timeout(error: BaseException) -> bool:
    """Return whether pytest-timeout ended a spec."""
    return isinstance(error, pytest.fail.Exception) and "pytest-timeout" in str(error)


def tell_timeout(item: pytest.Item, frames: list[FrameType]) -> str:
    """Describe what timed out, and at which line of the learner.

    Parameters
    ----------
    item : pytest.Item
        The spec that timed out.
    frames : list of FrameType
        Frames of the main thread, outermost first.
    """
    from grader.mistakes.reasons.slow_way import (  # here, since it is rare
        slow_calls,
        tell_slow_call,
    )

    seconds = budget_of(item) or IN_PROCESS_TIMEOUT
    running = {frame.f_code.co_name for frame in frames}
    for function, place in slow_calls(read_module(exercise_of(item).stub)).items():
        if function in running:
            told = say("stopped   after {seconds:g} s", seconds=seconds)
            slow = tell(tell_slow_call(function, place))
            return "\n".join([told, *wrap(slow, WIDTH, say("perhaps   "), INDENT)])
    lines = [
        say("stopped   after {seconds:g} s: is there a loop that never ends?", seconds=seconds)
    ]
    tree = item.path.parents[1]
    for frame in frames:
        path = Path(frame.f_code.co_filename)
        if tree in path.parents:
            lines[1:] = [say("at        ") + f"{path.name}:{frame.f_lineno}"]
    if hint := item.stash.get(HINT, ""):
        lines.append(tell(explain(("perhaps", hint))))
    return "\n".join(lines)


# Without SIGALRM (Windows), pytest-timeout ends the whole run from another thread. These two hooks
# do the same, but first print which promise was being checked.

_TIMER = pytest.StashKey[threading.Timer]()


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:
    """Start the timer thread of a spec where signals are not available."""
    if settings.method != "thread" or not isinstance(item, SpecItem):
        return None
    timer = threading.Timer(settings.timeout, _end_run, [item, threading.get_ident()])
    item.stash[_TIMER] = timer
    timer.daemon = True
    timer.start()
    return True


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_timeout_cancel_timer(item: pytest.Item) -> bool | None:
    """Stop the timer thread of a spec."""
    timer = item.stash.get(_TIMER, None)
    if timer is None:
        return None
    timer.cancel()
    return True


def _end_run(item: SpecItem, thread: int) -> None:
    frames: list[FrameType] = []
    frame = sys._current_frames().get(thread)
    while frame is not None:
        frames.insert(0, frame)
        frame = frame.f_back
    stop_capturing(item.config)
    print(f"\n{promise_of(item)}\n{tell_timeout(item, frames)}", file=sys.__stderr__, flush=True)
    os._exit(1)
