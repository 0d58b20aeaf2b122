"""Watches a folder for saved Python files."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import watch


@contextmanager
def saves(folder: Path, report: Callable[[], None]) -> Iterator[None]:
    """Call a function from another thread whenever a Python file in a folder is saved.

    Parameters
    ----------
    folder : Path
        The folder, which is watched with all its subfolders.
    report : callable
        Called right after each save, and also every half second: some file systems report no
        saves, and a save before the watch has started would be missed.
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
