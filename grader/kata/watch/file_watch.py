"""Saves: when she has written a file."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import watch


@contextmanager
def saves(folder: Path, report: Callable[[], None]) -> Iterator[None]:
    """Call a function, from another thread, whenever a Python file in a folder was written.

    Parameters
    ----------
    folder : Path
        The folder; those in it are watched, too.
    report : callable
        Is called at once after each save; and now and then all the same, since not every file
        system tells of a save, and none does before it is asked to.
    """
    ended = threading.Event()

    def is_python(_: object, path: str) -> bool:
        return path.endswith(".py")

    def look() -> None:
        for _ in watch(
            folder,
            watch_filter=is_python,
            step=10,
            debounce=200,
            stop_event=ended,
            rust_timeout=500,
            yield_on_timeout=True,
        ):
            report()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
