"""The limit of what a judge may add to its memory.

It belongs to a process, so each test starts one.
"""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such limit")

SCRIPT = """
import resource
from grader.transport import own_memory

def fits(mib):
    try:
        return bool(bytearray(mib << 20))
    except MemoryError:
        return False

memory = own_memory.OwnMemory(64)
kept = bytearray(200 << 20)
with memory.limited_until_end():
    memory.limit()
    print("not enforced:", fits(100))
own_memory.enforce()
for _ in range(2):
    with memory.limited_until_end():
        print("before:", fits(100))
        memory.limit()
        memory.limit()
        print("limited:", fits(100), fits(20))
    print("after:", fits(100), resource.getrlimit(resource.RLIMIT_AS) == START)
"""


def run(before):
    """Run the script after setting a limit of its process."""
    start = "import resource\n" + before + "\nSTART = resource.getrlimit(resource.RLIMIT_AS)\n"
    done = subprocess.run(
        [sys.executable, "-c", start + SCRIPT], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    "before",
    ["", "resource.setrlimit(resource.RLIMIT_AS, (1 << 34, 1 << 34))"],
    ids=["no limit", "a hard limit"],
)
def test_memory_is_limited_from_the_first_answer_to_the_end_of_a_spec(before):
    """On top of what the judge has anyway, and only where it is enforced."""
    spec = ["before: True", "limited: False True", "after: True True"]
    assert run(before) == ["not enforced: True", *spec, *spec]
