"""Speed of grading a class on a Dask cluster: 03_affine, with half of the submissions wrong.

Three ways take turns: ``grader grade`` with its own processes; the same through a Dask
scheduler with as many workers, all on this machine; and one session of plain pytest, which has no
sandbox and gives no marks. Both gradebooks have to be the same, byte for byte. Memory is that of
the grader's own process, on a tenth of the class and on all of it: it should grow only by
the verdicts themselves.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from grading import ROOT, make_class, pytest_options, run, write_session
from interleave import interleave

LOCAL, CLUSTER, SESSION = "grader grade", "grader grade --scheduler", "one pytest session"


@contextmanager
def running(module: str, *options: str) -> Iterator[None]:
    """One of Dask's processes, until the end of the block."""
    command = [sys.executable, "-m", f"distributed.cli.{module}", "--no-dashboard", *options]
    silent = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, stdout=silent, stderr=silent)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """A scheduler with workers: its address."""
    from distributed import Client

    file = folder / "scheduler.json"
    with ExitStack() as stack:
        place = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        stack.enter_context(running("dask_scheduler", *place))
        while not file.exists():
            time.sleep(0.1)
        own = ("--scheduler-file", str(file), "--nthreads", "1", "--no-nanny")
        for _ in range(workers):
            scratch = ("--local-directory", str(folder / "scratch"))
            stack.enter_context(running("dask_worker", *own, *scratch))
        address = json.loads(file.read_text())["address"]
        with Client(address) as client:
            client.wait_for_workers(workers, timeout=60)
        yield address


def grade(classroom: Path, folder: Path, name: str, *more: str) -> int:
    """Grade a class with a new journal, and return the memory used, in MiB."""
    journal, gradebook = folder / f"{name}.journal", folder / f"{name}.json"
    journal.unlink(missing_ok=True)
    command = ["grade", str(classroom), "--exercise", "03_affine", "--json", str(gradebook)]
    command += ["--journal", str(journal), "--secret-file", str(folder / "secret"), *more]
    with (folder / "told").open("w+") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "grader", *command], cwd=ROOT, stdout=told, stderr=told
        )
        _, status, used = os.wait4(process.pid, 0)
        if status:
            raise SystemExit((folder / "told").read_text()[-2000:])
    return used.ru_maxrss // 1024


def compare(size: int, rounds: int, workers: int) -> None:
    """Run all of them in turns and print the table."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = make_class(folder / "class", size)
        make_class(folder / "few", size // 10)
        session = str(write_session(files, folder))
        with cluster(folder, workers) as address:
            ways = {LOCAL: ("--jobs", str(workers)), CLUSTER: ("--scheduler", address)}
            few = {way: grade(folder / "few", folder, "few", *more) for way, more in ways.items()}
            peaks: dict[str, int] = {}

            def turn(name: str, way: str) -> None:
                peaks[way] = grade(folder / "class", folder, name, *ways[way])

            times = interleave(
                {
                    LOCAL: lambda: turn("local", LOCAL),
                    CLUSTER: lambda: turn("cluster", CLUSTER),
                    SESSION: lambda: run(pytest_options(session), folder),
                },
                rounds,
            )
        books = [(folder / f"{name}.json").read_bytes() for name in ("local", "cluster")]
        lost = size - len(json.loads(books[1])["submissions"])
    print(f"{size} submissions, {workers} workers, {rounds} rounds; submissions per second")
    for name, seconds in times.items():
        memory = f"  {few[name]} to {peaks[name]} MiB" if name in peaks else ""
        low, high = size / max(seconds), size / min(seconds)
        print(f"{name:<{len(CLUSTER)}}  {low:6.1f} to {high:6.1f}{memory}")
    print(f"the same gradebook, byte for byte: {books[0] == books[1]}; lost: {lost}")


def main() -> None:
    """Parse the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    compare(options.size, options.rounds, options.workers)


if __name__ == "__main__":
    main()
