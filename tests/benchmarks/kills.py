"""100 kills at random times, with the same gradebook 100 times.

A class is graded once undisturbed. Then it is graded again and again, each time with a journal of
its own, and each time the grader is killed at a random moment, once or several times: mostly itself
by SIGKILL, now and then by SIGTERM, by Ctrl-C, or one of its judges or of the zygotes that start
their workers. Then the same command is run to its end. The gradebook must be the same byte for
byte, no line of the journal may be lost, and a second after a kill no process and no file of that
run may be left. Linux only, since it looks into /proc.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from grading import MISTAKES, REFERENCE, ROOT

PATIENCE = 1.0
"""Seconds until nothing of a killed run may be left. A busy machine may need more: --patience."""
FOR_GOOD = 10.0
"""Seconds after which what is left is taken to stay."""
AT_MOST = 120.0
"""Seconds for a run that is let finish; it has hung if it takes more."""
LIMITS = (
    "call_cpu_seconds=0.1",
    "total_cpu_seconds=0.2",
    "call_seconds=20",  # by the wall there is time enough, however busy the machine is
    "total_seconds=60",
)
MAIN, TERM, INTERRUPT, JUDGE, ZYGOTE = (
    "SIGKILL to the grader",
    "SIGTERM to the grader",
    "SIGINT to its group",
    "SIGKILL to a judge",
    "SIGKILL to a zygote",
)
WEIGHTS = {MAIN: 60, TERM: 10, INTERRUPT: 10, JUDGE: 10, ZYGOTE: 10}


class Different(Exception):
    """A requirement is not met after a kill."""


def make_class(folder: Path, size: int) -> None:
    """Write right and wrong submissions, and each kind of failure, in turn."""
    right = REFERENCE.read_text("utf-8")
    line = "        self.x = x\n"
    assert right.count(line) == 1

    def first(statement: str) -> str:
        """The reference, with a statement at the start of forward."""
        return right.replace(line, f"        {statement}\n{line}")

    wrong = [right.replace(old, new) for old, new in MISTAKES]
    trouble = [
        first("import os; os._exit(3)"),
        first("while True: pass"),
        first("print(self)"),
        first("raise ValueError('no')"),
        right.replace("class Affine:", "class Affine(:"),
        "",
    ]
    kinds = [kind for trio in zip(cycle([right]), cycle(wrong), trouble) for kind in trio]
    for number, text in enumerate(islice(cycle(kinds), size)):
        file = folder / f"learner{number:04}" / "affine.py"
        file.parent.mkdir(parents=True)
        if number == size - 1:
            file.write_bytes(b"# \xff\xfe\x81\n" + text.encode())
        else:
            file.write_text(f"# {number}\n{text}", "utf-8")


@dataclass
class Run:
    """A running grader, in its own process group, with its own folder for files.

    All of its processes have that folder in their environment.
    """

    folder: Path
    class_folder: Path
    secret: Path

    def __post_init__(self) -> None:
        self.scratch.mkdir(parents=True, exist_ok=True)
        own = ["--secret-file", self.secret, "--journal", self.journal, "--json", self.book]
        limits = [word for limit in LIMITS for word in ("--limit", limit)]
        command = ["grade", self.class_folder, "--exercise", "03_affine", "--jobs", 2, *own]
        self._told = (self.folder / "told").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grader", *map(str, command), *limits],
            cwd=ROOT,
            # The second is one of the few variables that zygotes and workers get.
            env={**os.environ, "TMPDIR": str(self.scratch), "LD_LIBRARY_PATH": str(self.scratch)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._told,
            start_new_session=True,
        )

    @property
    def scratch(self) -> Path:
        """Its folder for temporary files."""
        return self.folder / "tmp"

    @property
    def journal(self) -> Path:
        """The file of its journal."""
        return self.folder / "journal"

    @property
    def book(self) -> Path:
        """Its gradebook."""
        return self.folder / "book.json"

    def ends_within(self, seconds: float) -> bool:
        """Whether it ends within a time."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self._told.close()
        return True

    def was_starting(self) -> bool:
        """Whether Python ended before the grader had started."""
        return b"Fatal Python error: init" in (self.folder / "told").read_bytes()

    def processes(self) -> list[int]:
        """Its running processes."""
        found, mark = [], os.fsencode(self.scratch)
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
        return found

    def strike(self, way: str, moments: random.Random) -> bool:
        """Kill it, or one of its processes of a kind, if there is one."""
        if way in (MAIN, TERM):
            self.process.send_signal(signal.SIGKILL if way == MAIN else signal.SIGTERM)
            return True
        if way == INTERRUPT:
            os.killpg(self.process.pid, signal.SIGINT)
            return True
        chosen = is_judge if way == JUDGE else is_zygote
        victims = sorted(pid for pid in self.processes() if chosen(pid))
        if not victims:
            return False
        try:
            os.kill(moments.choice(victims), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def check_clean(self, patience: float) -> float:
        """Return how long its processes and files remained after its end."""
        ended = time.monotonic()
        late: list[str] = []
        while True:
            left = [*self.processes(), *self.scratch.iterdir()]
            seconds = time.monotonic() - ended
            if not left or seconds > FOR_GOOD:
                break
            if seconds > patience and not late:
                late = [one.name if isinstance(one, Path) else told_of(one) for one in left]
            time.sleep(0.01)
        if late:
            until = f"{seconds:.1f} s" if not left else "for good"
            raise Different(f"left after its end, {until}: {', '.join(late)}")
        return seconds


def command_line(pid: int) -> bytes:
    """The command line of a process; empty if it does not exist."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def told_of(pid: int) -> str:
    """Describe a process by its number and command line."""
    kinds = {"judge": is_judge(pid), "zygote": is_zygote(pid)}
    return f"{pid} ({next((name for name, fits in kinds.items() if fits), 'another process')})"


def is_judge(pid: int) -> bool:
    """Whether a process is one of the pool."""
    return b"spawn_main" in command_line(pid)


def is_zygote(pid: int) -> bool:
    """Whether a process starts workers, which differ from it only by their parent."""
    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return False
    return b"\0zygote\0" in command_line(pid) and b"\0zygote\0" not in command_line(parent)


def whole_lines(journal: Path) -> list[bytes]:
    """The whole lines of a journal; its last line may be torn."""
    content = journal.read_bytes() if journal.exists() else b""
    return content[: content.rfind(b"\n") + 1].splitlines()


def check_same(book: Path, undisturbed: bytes) -> None:
    """Compare gradebooks."""
    if book.read_bytes() != undisturbed:
        raise Different(f"{book} is not the gradebook of the undisturbed run")


@dataclass
class Tally:
    """Counts of kills so far, for a class of a given size and duration."""

    size: int
    seconds: float
    kills: Counter[str] = field(default_factory=Counter)
    reached: list[int] = field(default_factory=list)
    rounds: int = 0
    too_late: int = 0
    faults: int = 0
    slowest: float = 0

    def count(self) -> int:
        """The number of kills."""
        return len(self.reached)

    def __str__(self) -> str:
        found = "".join(f"\n  {count:>4}  {way}" for way, count in self.kills.most_common())
        third = max(1, self.size // 3)
        steps: Sequence[tuple[str, Callable[[int], bool]]] = [
            ("before the first verdict", lambda n: n == 0),
            (f"after 1 to {third} verdicts", lambda n: 0 < n <= third),
            (f"after {third + 1} to {2 * third}", lambda n: third < n <= 2 * third),
            (f"after {2 * third + 1} to {self.size - 1}", lambda n: 2 * third < n < self.size),
            (f"after all {self.size}", lambda n: n >= self.size),
        ]
        moments = "".join(f"\n  {sum(map(test, self.reached)):>4}  {name}" for name, test in steps)
        return (
            f"{self.count()} kills in {self.rounds} rounds{found}"
            f"\nverdicts in the journal at that moment:{moments}"
            f"\n{self.too_late} more came too late, when the run had ended; "
            f"what a killed run left was gone after {self.slowest:.2f} s at most"
        )


def disturb(
    start: Callable[[], Run],
    undisturbed: bytes,
    times: int,
    patience: float,
    moments: random.Random,
    tally: Tally,
) -> None:
    """Kill a grader a few times, then let it finish, and compare."""
    judged_again = False
    left_over: Different | None = None  # to be told once the gradebooks have been compared
    for _ in range(times):
        run = start()
        before = whole_lines(run.journal)
        left = 1 - 0.6 * max(0, len(before) - 1) / tally.size  # the run takes less each time
        way = moments.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        ended = run.ends_within(moments.uniform(0, tally.seconds * left))
        while not ended and not run.strike(way, moments):
            ended = run.ends_within(0.01)  # there is no judge yet
        reached = max(0, len(whole_lines(run.journal)) - 1)
        if ended:
            tally.too_late += 1
            tally.seconds *= 0.95  # the machine is less busy than it was
        else:
            tally.kills[way] += 1
            tally.reached.append(reached)
        if not run.ends_within(AT_MOST):
            run.process.kill()
            raise Different(f"still at work {AT_MOST:g} s after a {way}")
        code = run.process.returncode
        # A grader that survives the loss of a judge or a zygote ends by itself. What cannot be
        # judged then, such as the first try of the sandbox, gives exit code 2.
        expected = {MAIN: (-9, 0), TERM: (-15, 0), INTERRUPT: (2, -2, 0)}.get(way, (0, 2))
        if code not in expected and not (way == INTERRUPT and run.was_starting()):
            raise Different(f"exit code {code} after a {way}")
        judged_again = judged_again or code == 2
        try:
            if left_over is None:
                tally.slowest = max(tally.slowest, run.check_clean(patience))
        except Different as difference:
            moment = "when it had ended" if ended else f"{way} after {reached} verdicts"
            left_over = Different(f"{moment}: {difference}")
        if whole_lines(run.journal)[: len(before)] != before:
            raise Different("lines of the journal are gone")
        if code == 0:
            check_same(run.book, undisturbed)
    run = start()
    if not run.ends_within(AT_MOST) or run.process.returncode != 0:
        raise Different(f"the last run ended with {run.process.returncode}")
    check_same(run.book, undisturbed)
    names = [json.loads(line)["verdict"]["name"] for line in whole_lines(run.journal)[1:]]
    if len(names) != len(set(names)) and not judged_again:
        raise Different("somebody was judged twice, though there was a verdict")
    if left_over is not None:
        raise left_over
    run.check_clean(patience)


def kill_often(options: argparse.Namespace, place: Path) -> Tally:
    """Grade once undisturbed, then repeatedly with kills."""
    make_class(place / "class", options.size)

    def starter(name: str) -> Callable[[], Run]:
        (place / name).mkdir()
        return lambda: Run(place / name, place / "class", place / "secret")

    started = time.monotonic()
    first = starter("undisturbed")()
    if not first.ends_within(AT_MOST) or first.process.returncode != 0:
        raise SystemExit((first.folder / "told").read_text("utf-8", "replace"))
    first.check_clean(options.patience)
    tally = Tally(options.size, time.monotonic() - started)
    undisturbed = first.book.read_bytes()
    told = Counter(
        spec["outcome"]
        for row in json.loads(undisturbed)["submissions"]
        for exercise in row["exercises"]
        for spec in exercise["specs"]
    )
    print(
        f"{options.size} submissions in {tally.seconds:.1f} s: {dict(told.most_common())}",
        flush=True,
    )

    moments = random.Random(options.seed)
    said = 0
    while tally.count() < options.kills and tally.rounds < 4 * options.kills:
        tally.rounds += 1
        name = f"round{tally.rounds:03}"
        times = moments.choice((1, 1, 1, 1, 2, 3, 4))
        times = min(times, options.kills - tally.count())
        try:
            disturb(starter(name), undisturbed, times, options.patience, moments, tally)
        except Different as difference:
            tally.faults += 1
            print(f"{name}: {difference}", flush=True)
        else:
            shutil.rmtree(place / name)
        if tally.count() - said >= 10:
            said = tally.count()
            minutes = (time.monotonic() - started) / 60
            print(f"{said} kills, {tally.faults} differences, {minutes:.1f} min", flush=True)
    return tally


def main() -> None:
    """Parse the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--size", type=int, default=30, help="submissions in the class")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds to be gone in")
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="kills-"))
    tally = kill_often(options, place)
    print(tally)
    if tally.faults or tally.count() < options.kills:
        print(f"NOT the same in {tally.faults} of {tally.rounds} rounds; all is kept in {place}")
        sys.exit(1)
    print(f"the same gradebook in all {tally.rounds} rounds")
    shutil.rmtree(place)


if __name__ == "__main__":
    main()
