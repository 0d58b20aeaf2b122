"""The program that runs a spec file once, and its messages to `kata`."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def start(learner):
    """Starts the program on an exercise."""
    started = []

    def start(name):
        ours = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
        started.append(
            subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "grader.kata.runs.runner",
                    learner.exercise(name).stub,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=learner.root,
                env=ours,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def answers_of(process):
    """Return all messages after the order to run, and the exit code."""
    out, _ = process.communicate(b"go\n", timeout=120)
    return [json.loads(line) for line in out.splitlines()], process.returncode


def test_it_is_ready_before_it_reads_the_learners_code(learner, start):
    """It runs the version of the file at the time of the order."""
    process = start("01")
    ready = json.loads(process.stdout.readline())
    assert set(ready) == {"ready", "specs"}
    assert {spec["outcome"] for spec in ready["specs"]} == {"PASSED"}
    learner.solves("01")
    answers, code = answers_of(process)
    names = [spec["name"] for spec in ready["specs"]]
    assert code == 0
    assert [one["checking"] for one in answers if "checking" in one] == names
    assert [one["verdict"]["name"] for one in answers if "verdict" in one] == names
    (last,) = (one for one in answers if "finished" in one)
    assert last is answers[-1]
    assert {spec["outcome"] for spec in last["finished"]} == {"PASSED"}
    assert last["seconds"] > 0


def test_what_is_found_has_help_only_at_the_end(learner, start):
    """The mistake is known after all specs have run; output is reported with its spec."""
    learner.solves("01", ("dx = dout * self.y", "dx = dout * self.x; print('dx is', dx)"))
    process = start("01")
    process.stdout.readline()
    answers, code = answers_of(process)
    broken = [one["verdict"] for one in answers if one.get("verdict", {}).get("message")]
    assert code == 1
    assert broken
    assert not any(spec["hints"] for spec in broken)
    (finished,) = (one["finished"] for one in answers if "finished" in one)
    hints = {hint for spec in finished for hint in spec["hints"]}
    assert any(hint.startswith("both gradients of MulLayer use x") for hint in hints)
    assert any(spec["output"].startswith("dx is") for spec in finished)


def test_nothing_that_code_prints_is_taken_for_an_answer(learner, start):
    """Not even text written to the file descriptor: it goes to standard error."""
    learner.writes("01", 'import os\nos.write(1, b\'{"finished": []}\\n\')\nprint("forged")\n')
    process = start("01")
    process.stdout.readline()
    answers, _ = answers_of(process)
    (finished,) = (one["finished"] for one in answers if "finished" in one)
    assert len(finished) == 10


def test_it_ends_when_nobody_is_left_to_give_the_order(start):
    """No process waits forever for a `kata` that was killed."""
    process = start("01")
    process.stdout.readline()
    out, _ = process.communicate(b"", timeout=60)
    assert (out, process.returncode) == (b"", 0)
