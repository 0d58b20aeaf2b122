"""Judging on several machines, with the workers of a Dask cluster as judges.

Dask does the scheduling. A task takes a submission and the settings, including the secret, as
JSON, and returns a verdict as JSON; no object of the grader is pickled. A worker that would
produce different verdicts from this machine is refused.
"""

import json
import traceback
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from dataclasses import asdict
from functools import cache, partial
from typing import Any

from grader.course.course import Course
from grader.course.limits import Limits
from grader.course.settings import current_course
from grader.errors import CommandError
from grader.judging.judgement import JudgeConfig, Judgement, judge_one
from grader.judging.pool import Pool
from grader.messages.message import pack as pack_text
from grader.messages.message import unpack as unpack_text
from grader.submissions.submission import Submission
from grader.transport.worker_process import WorkerFailed, sandbox_layers
from grader.verdicts.codec import plain_of, verdict_from
from grader.verdicts.conditions import conditions_of, solutions_version, version_of
from grader.worker.source import plain_source, source_from

CONNECT_TIMEOUT = 10  # seconds


class ClusterError(CommandError):
    """An error that prevents a cluster from judging. Earlier verdicts remain in the journal."""


class Cluster(Pool):
    """A pool of judges that run on the workers of a Dask cluster.

    When a worker is lost, Dask reschedules its task on another one. A submission whose workers
    are lost repeatedly is judged again on its own, as in a pool of local processes.

    Parameters
    ----------
    address : str
        Address of the scheduler: ``tcp://HOST:PORT``, or ``tls://HOST:PORT`` with the certificates
        named in Dask's configuration.

    Raises
    ------
    ClusterError
        If the scheduler cannot be reached or has no workers.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError(
                '--scheduler needs Dask: install it with `python -m pip install -e ".[cluster]"`'
            ) from None
        try:
            connect: Any = Client  # Dask is not typed
            self.client = connect(address, timeout=CONNECT_TIMEOUT)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            raise ClusterError(
                f"no scheduler answers at {address!r} ({error}); expected the address that "
                "`dask scheduler` printed, as tcp://HOST:8786"
            ) from None
        self._checked: set[JudgeConfig] = set()
        threads = self.client.nthreads()
        if not threads:
            self.client.close()
            raise ClusterError(
                f"the scheduler at {address} has no workers; start one for each core, in the "
                f"course's folder, with `dask worker {address} --nthreads 1`"
            )
        super().__init__(sum(threads.values()))

    def _start(self) -> Executor:
        # Dask returns the cached result of a pure task that is submitted again.
        executor: Executor = self.client.get_executor(pure=False)
        return executor

    def warm_up(self) -> Future[tuple[str, ...]]:
        """Find the sandbox of the workers.

        Returns
        -------
        Future
            Sandbox layers of the first worker, which the other workers must have too.
        """
        answer: Future[tuple[str, ...]] = Future()
        worker, found = next(iter(self._describe(True).items()))
        if found["sandbox"]:
            answer.set_result(tuple(found["sandbox"]))
        else:
            answer.set_exception(WorkerFailed(f"{worker}: {found['problem']}"))
        return answer

    def submit(self, settings: JudgeConfig, submission: Submission) -> Future[Judgement]:
        """Judge a submission on a worker, after checking all workers before the first one."""
        if not self._checked:
            self._check(settings)
            self._checked.add(settings)
        sent = self.executor.submit(judge_there, pack(settings, submission))
        answer: Future[Judgement] = Future()
        sent.add_done_callback(partial(_forward_result, answer))
        return answer

    def restart(self) -> None:
        """Do nothing: Dask manages its workers itself."""

    def _check(self, settings: JudgeConfig) -> None:
        expected = expected_of(settings)
        found = self._describe(bool(settings.sandbox))
        refusals = [_refusal(worker, differences(expected, one)) for worker, one in found.items()]
        if any(refusals):
            raise ClusterError("\n".join(filter(None, refusals)))

    def _describe(self, confined: bool) -> dict[str, dict[str, Any]]:
        """Return the result of `describe` for each worker, by address."""
        found = self.client.run(describe, confined, on_error="return")
        for worker, one in sorted(found.items()):
            if isinstance(one, Exception):
                raise ClusterError(
                    f"{worker} cannot judge ({type(one).__name__}: {one}); install the course "
                    "there, and start the worker in the course's folder"
                )
        return dict(sorted(found.items()))

    def __exit__(self, *_: object) -> None:
        self.client.close()


def _forward_result(answer: Future[Judgement], done: Future[bytes]) -> None:
    """Set the result or exception of `answer` from the completed Dask task `done`."""
    from distributed import KilledWorker

    try:
        answer.set_result(unpack_judgement(done.result()))
    except CancelledError:
        reason = "the scheduler was lost; when it is back, run the same command again to continue"
        answer.set_exception(ClusterError(reason))
    except KilledWorker as error:
        answer.set_exception(BrokenExecutor(str(error)))
    except BaseException as error:
        answer.set_exception(error)


# Comparison of the workers with this machine


def describe(confined: bool, dask_worker: Any = None) -> dict[str, Any]:
    """Return the versions and the sandbox of the worker on which this is called.

    Parameters
    ----------
    confined : bool
        Whether submissions run in the sandbox.
    dask_worker : distributed.Worker, optional
        The worker. ``Client.run`` passes it; in a task, it is looked up.

    Returns
    -------
    dict
        The items of `expected_of`; ``"problem"``, why the sandbox is unavailable or an empty
        string; and ``"threads"``, the number of threads.
    """
    from distributed import get_worker

    layers: tuple[str, ...] = ()
    problem = ""
    try:
        layers = sandbox_layers() if confined else ()
    except WorkerFailed as error:
        problem = str(error)
    course = current_course()
    now = version_of.__wrapped__(course.root)
    stale = "" if now == version_of(course.root) else " (changed since this worker was started)"
    found = _conditions(JudgeConfig(course.root, (), "", course.limits, layers), course)
    threads = (dask_worker or get_worker()).state.nthreads
    return {**found, "course": now + stale, "problem": problem, "threads": threads}


def expected_of(settings: JudgeConfig) -> dict[str, Any]:
    """Return the versions and the sandbox that every worker must have.

    Parameters
    ----------
    settings : JudgeConfig
        Configuration of the judge on this machine.

    Returns
    -------
    dict
        Versions of the course, its solutions (which identify known mistakes), Python and NumPy,
        and the layers of the sandbox.
    """
    return _conditions(settings, settings.course())


def _conditions(settings: JudgeConfig, course: Course) -> dict[str, Any]:
    found = conditions_of(course, "", settings.limits, settings.sandbox)
    return {
        "course": found.course,
        "solutions": solutions_version(course.exercises),
        "Python": found.python,
        "NumPy": found.numpy,
        "sandbox": list(found.sandbox),
    }


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """List the differences between a worker and what is expected.

    Parameters
    ----------
    expected : dict
        Result of `expected_of`.
    found : dict
        Result of `describe` on the worker.

    Returns
    -------
    list of str
        One sentence for each difference.
    """
    problems = [
        f"{name}: expected {_format(expected[name])}, found {_format(found[name])}"
        for name in expected
        if expected[name] != found[name]
    ]
    if found["problem"]:
        problems.append(found["problem"])
    if found["threads"] > 1:
        problems.append(
            f"it has {found['threads']} threads, but a judge needs a process of its own: "
            "start it with --nthreads 1, one worker for each core"
        )
    return problems


def _format(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value) or "none"


def _refusal(worker: str, problems: list[str]) -> str:
    if not problems:
        return ""
    return f"{worker} would produce different verdicts and is refused: {'; '.join(problems)}"


# Serialization


def pack(settings: JudgeConfig, submission: Submission) -> bytes:
    """Serialize everything that a worker needs to judge a submission.

    Parameters
    ----------
    settings : JudgeConfig
        Configuration of the judge. The folder of the course is left out, as each worker has its
        own.
    submission : Submission
        Submission to judge.

    Returns
    -------
    bytes
        JSON.
    """
    content = {
        "expected": expected_of(settings),
        "exercises": settings.exercises,
        "secret": settings.secret,
        "limits": asdict(settings.limits),
        "sandbox": settings.sandbox,
        "follow_through": settings.follow_through,
        "name": submission.name,
        "sources": {name: plain_source(source) for name, source in submission.sources.items()},
        "judged": [exercise.name for exercise in submission.exercises],
        "notes": [pack_text(note) for note in submission.notes],
        "problem": pack_text(submission.problem),
        "fault": submission.fault,
    }
    return json.dumps(content).encode()


def unpack(packed: bytes, course: Course) -> tuple[JudgeConfig, Submission]:
    """Deserialize the arguments of `pack`.

    Parameters
    ----------
    packed : bytes
        Result of `pack`.
    course : Course
        The course on this machine.

    Returns
    -------
    JudgeConfig, Submission
        Equal to the arguments of `pack`, except for the folder of the course.
    """
    content = json.loads(packed)
    settings = JudgeConfig(
        course.root,
        tuple(content["exercises"]),
        content["secret"],
        Limits(**content["limits"]),
        tuple(content["sandbox"]),
        content["follow_through"],
    )
    sources = {name: source_from(source) for name, source in content["sources"].items()}
    exercises = tuple(course.named(name) for name in content["judged"])
    notes, problem = tuple(map(unpack_text, content["notes"])), unpack_text(content["problem"])
    fault = content["fault"]
    return settings, Submission(content["name"], sources, exercises, notes, problem, fault)


def unpack_judgement(packed: bytes) -> Judgement:
    """Deserialize a judgement.

    Parameters
    ----------
    packed : bytes
        Result of `judge_there`.

    Raises
    ------
    ClusterError
        If the worker could not judge the submission. The message says why.
    """
    content = json.loads(packed)
    if "refused" in content:
        raise ClusterError(content["refused"])
    verdict, contended = verdict_from(content["verdict"]), tuple(content["contended"])
    return Judgement(verdict, content["seconds"], contended)


# On a worker


def judge_there(packed: bytes) -> bytes:
    """Judge a submission on the worker that runs this task.

    Parameters
    ----------
    packed : bytes
        Result of `pack`.

    Returns
    -------
    bytes
        JSON, to be read by `unpack_judgement`. Failures are returned, not raised: when a task
        raises, Dask logs its arguments, which contain the secret.
    """
    from distributed import get_worker

    address = get_worker().address
    try:
        settings, submission = unpack(packed, current_course())
        problems = differences(json.loads(packed)["expected"], _describe_once(settings))
        if refusal := _refusal(address, problems):
            return json.dumps({"refused": refusal}).encode()
        judgement = judge_one(settings, submission)
    except Exception:
        refusal = f"{address} cannot judge: {traceback.format_exc(limit=-3)}"
        return json.dumps({"refused": refusal}).encode()
    answer = {
        "verdict": plain_of(judgement.verdict),
        "seconds": judgement.seconds,
        "contended": judgement.contended,
    }
    return json.dumps(answer).encode()


@cache
def _describe_once(settings: JudgeConfig) -> dict[str, Any]:
    return describe(bool(settings.sandbox))
