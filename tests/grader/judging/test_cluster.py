"""Tests of judging on a Dask cluster, with real schedulers and workers in processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import BrokenExecutor, CancelledError, Future
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from processes import wait_until

from grader.course.limits import Limits
from grader.course.settings import find_course
from grader.judging.cluster import (
    ClusterError,
    _forward_result,
    differences,
    expected_of,
    pack,
    unpack,
    unpack_judgement,
)
from grader.judging.judgement import JudgeConfig
from grader.submissions.submission import Submission
from grader.transport.worker_process import can_confine
from grader.worker.source import Source

distributed = pytest.importorskip("distributed")

ROOT = Path(__file__).parents[3]
COURSE = find_course(ROOT)
REFERENCE = ROOT / "solutions" / "03_affine" / "affine.py"
SECRET = "5ec7e7" * 10 + "5ec7"
SIZE = 14
SLOW = "import time\ntime.sleep(0.1)\n"
SETTINGS = JudgeConfig(ROOT, ("03_affine",), SECRET, Limits(), ())

needs_sandbox = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")


@contextmanager
def running(folder, module, *options, course=ROOT, **environment):
    """Run a Dask process until the end of the block."""
    command = [sys.executable, "-P", "-m", f"distributed.cli.{module}", "--no-dashboard", *options]
    with (folder / f"{module}.log").open("a") as log:
        process = subprocess.Popen(
            command, cwd=course, stdout=log, stderr=log, env={**os.environ, **environment}
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def cluster(folder, *courses, protocol="tcp", threads=1, **environment):
    """Run a scheduler and a worker for each course; yield the address and the processes."""
    file = folder / "scheduler.json"
    place = ("--host", "127.0.0.1", "--port", "0", "--protocol", protocol)
    with ExitStack() as stack:
        started = running(folder, "dask_scheduler", *place, "--scheduler-file", file, **environment)
        stack.enter_context(started)
        assert wait_until(file.is_file)
        own = ("--scheduler-file", file, "--nthreads", str(threads), "--no-nanny")
        own += ("--host", "127.0.0.1", "--local-directory", folder / "scratch")
        workers = [
            stack.enter_context(
                running(
                    folder,
                    "dask_worker",
                    *own,
                    "--protocol",
                    protocol,
                    course=course,
                    **environment,
                )
            )
            for course in courses
        ]
        log = folder / "dask_worker.log"
        assert wait_until(lambda: log.read_text().count("Registered to:") == len(courses))
        yield json.loads(file.read_text())["address"], workers


@pytest.fixture
def everybody(tmp_path):
    """Return the command that grades a class of slow submissions, half of them wrong."""
    right = SLOW + REFERENCE.read_text("utf-8")
    for number in range(SIZE):
        file = tmp_path / "class" / f"learner{number:02}" / "affine.py"
        file.parent.mkdir(parents=True)
        file.write_text(right if number % 2 else right.replace("dout, axis=0", "dout"), "utf-8")
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)

    def command(name):
        return (
            *("-m", "grader", "grade", tmp_path / "class", "--exercise", "03_affine"),
            *("--secret-file", secret, "--journal", tmp_path / f"{name}.journal"),
            *("--json", tmp_path / f"{name}.json"),
        )

    return command


def lines(file):
    return file.read_bytes().count(b"\n") if file.exists() else 0


@needs_sandbox
@pytest.mark.thorough
def test_a_worker_killed_half_way_leaves_the_gradebook_as_one_machine_makes_it(
    tmp_path, everybody, process
):
    """Byte for byte; each submission is in the journal exactly once."""
    with cluster(tmp_path, ROOT, ROOT) as (address, workers):
        command = [sys.executable, "-P", *map(str, everybody("there")), "--scheduler", address]
        grader = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        journal = tmp_path / "there.journal"
        assert wait_until(lambda: lines(journal) > 4 or grader.poll() is not None)
        workers[0].send_signal(signal.SIGKILL)
        killed_after = lines(journal) - 1
        told = grader.communicate(timeout=100)
        assert grader.returncode == 0, told
    assert killed_after < SIZE
    assert lines(journal) == SIZE + 1
    here = process(*everybody("here"), cwd=ROOT)
    assert here.returncode == 0, here.err
    found = (tmp_path / "there.json").read_bytes()
    assert found == (tmp_path / "here.json").read_bytes()
    assert b"GRADER_ERROR" not in found
    log = (tmp_path / "dask_worker.log").read_text() + (tmp_path / "dask_scheduler.log").read_text()
    assert SECRET not in log


@needs_sandbox
@pytest.mark.thorough
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificates")
def test_a_cluster_with_tls_judges_with_the_certificates_of_dasks_configuration(
    tmp_path, everybody, process
):
    """Over tls:// with a generated certificate; without one, there is an error."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ("-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1")
    files = ("-keyout", key, "-out", certificate)
    subprocess.run(["openssl", "req", *made, *files], check=True, capture_output=True)
    tls = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(certificate)}
    tls["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] = "True"
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        tls[f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT"] = str(certificate)
        tls[f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY"] = str(key)
    with cluster(tmp_path, ROOT, protocol="tls", **tls) as (address, _):
        assert address.startswith("tls://")
        done = process(*everybody("tls"), "--scheduler", address, cwd=ROOT, **tls)
        without = process(*everybody("none"), "--scheduler", address, cwd=ROOT)
    assert done.returncode == 0, done.err
    assert lines(tmp_path / "tls.journal") == SIZE + 1
    assert without.returncode == 2
    assert address in without.err.replace("\n", "")


@needs_sandbox
@pytest.mark.thorough
def test_a_worker_with_another_course_is_refused_by_name(tmp_path, everybody, process, course_copy):
    """Exit code 2; the worker and the difference are reported, and nothing is judged."""
    spec = course_copy / "tests" / "specs" / "test_03_affine.py"
    spec.write_text(spec.read_text("utf-8") + "\n# easier\n", "utf-8")
    with cluster(tmp_path, course_copy) as (address, _):
        done = process(*everybody("other"), "--scheduler", address, cwd=ROOT, COLUMNS="1000")
    assert done.returncode == 2
    assert "tcp://127.0.0.1:" in done.err
    assert "is refused: course: expected" in done.err
    assert lines(tmp_path / "other.journal") == 1  # its header


@pytest.mark.thorough
def test_where_no_scheduler_answers_that_is_told(everybody, process):
    """For an invalid address, the exit code is 2 and the expected form is reported."""
    done = process(*everybody("none"), "--scheduler", "nonsense://here", cwd=ROOT)
    assert done.returncode == 2
    assert "no scheduler answers at 'nonsense://here'" in done.err.replace("\n", " ")


def test_what_travels_comes_out_as_it_went_in():
    """Settings and submission are equal, including notebooks, notes and unpaired surrogates."""
    sources = {
        "affine": Source("a.ipynb", "", "", ("x = '\udc80'", "y")),
        "activations": Source("b.py", "", "it cannot be read"),
    }
    exercises = (COURSE.named("03_affine"),)
    submission = Submission("Zoë", sources, exercises, ("late",), "")
    settings = replace(SETTINGS, limits=Limits(call_seconds=0.5), sandbox=("seccomp",))
    assert unpack(pack(settings, submission), COURSE) == (settings, submission)
    assert unpack(pack(settings, submission), COURSE)[1].hash == submission.hash


@pytest.mark.parametrize("name", ["course", "solutions", "Python", "NumPy", "sandbox"])
def test_whatever_a_verdict_depends_on_has_to_be_the_same(name):
    """A difference in any of these is reported with the expected and the found value."""
    expected = expected_of(SETTINGS)
    same = {**expected, "problem": "", "threads": 1}
    assert differences(expected, same) == []
    (told,) = differences(expected, {**same, name: "other"})
    assert told.startswith(f"{name}: expected ")
    assert told.endswith("found other")


def test_a_worker_of_several_threads_is_refused():
    """The judge runs pytest, which needs a process of its own."""
    expected = expected_of(SETTINGS)
    (told,) = differences(expected, {**expected, "problem": "", "threads": 4})
    assert "--nthreads 1" in told


def test_a_worker_that_refuses_ends_the_run_with_its_reason():
    """Its answer is not mistaken for a verdict."""
    with pytest.raises(ClusterError, match="NumPy"):
        unpack_judgement(b'{"refused": "NumPy: expected 2, found 1"}')


def test_a_submission_that_workers_were_lost_at_counts_as_one_that_ended_its_judge():
    """It is judged again on its own, as in a pool of local processes."""
    sent, answer = Future(), Future()
    sent.set_exception(
        distributed.KilledWorker("judge_there", SimpleNamespace(address="tcp://a"), 3)
    )
    _forward_result(answer, sent)
    with pytest.raises(BrokenExecutor):
        answer.result()


def test_a_lost_scheduler_is_told():
    """Pending tasks are cancelled; earlier verdicts remain in the journal."""
    sent, answer = Future(), Future()
    sent.cancel()
    _forward_result(answer, sent)
    with pytest.raises(ClusterError, match="scheduler was lost"):
        answer.result()
    with pytest.raises(CancelledError):
        sent.result()
