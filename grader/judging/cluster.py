"""A class on many machines: the judges are the workers of a Dask cluster.

The scheduling is Dask's own. What travels is bytes of JSON, to the judges a submission and the
settings, the secret among them, and back a verdict; none of our objects is pickled. A worker that
would judge otherwise than this machine is refused.
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

PATIENCE = 10  # seconds, until a scheduler answers


class ClusterError(CommandError):
    """The cluster cannot judge. What was judged before is in the journal."""


class Cluster(Pool):
    """The workers of a Dask cluster, as a pool of judges.

    Dask gives what a lost worker was at to another one; a submission at which several were lost
    is judged once more, alone, as with processes of this machine.

    Parameters
    ----------
    address : str
        Of its scheduler: ``tcp://HOST:PORT``, or ``tls://HOST:PORT`` with the certificates that
        Dask's own configuration names.

    Raises
    ------
    ClusterError
        If it cannot be reached, or has no workers.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError(
                '--scheduler needs Dask: install it with `python -m pip install -e ".[cluster]"`'
            ) from None
        try:
            connect: Any = Client  # which has no types
            self.client = connect(address, timeout=PATIENCE)
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
        # Not pure: who is judged again is judged anew.
        executor: Executor = self.client.get_executor(pure=False)
        return executor

    def warm_up(self) -> Future[tuple[str, ...]]:
        """Find out which sandbox there is.

        Returns
        -------
        Future
            The layers that the first worker has; the others have to have the same.
        """
        answer: Future[tuple[str, ...]] = Future()
        worker, found = next(iter(self._describe(True).items()))
        if found["sandbox"]:
            answer.set_result(tuple(found["sandbox"]))
        else:
            answer.set_exception(WorkerFailed(f"{worker}: {found['problem']}"))
        return answer

    def submit(self, settings: JudgeConfig, submission: Submission) -> Future[Judgement]:
        """Have a submission judged, by workers that judge as this machine would."""
        if not self._checked:
            self._check(settings)
            self._checked.add(settings)
        sent = self.executor.submit(judge_there, pack(settings, submission))
        answer: Future[Judgement] = Future()
        sent.add_done_callback(partial(_pass_on, answer))
        return answer

    def restart(self) -> None:
        """Do nothing: Dask sees to its workers itself."""

    def _check(self, settings: JudgeConfig) -> None:
        expected = expected_of(settings)
        found = self._describe(bool(settings.sandbox))
        told = [_tell(worker, differences(expected, one)) for worker, one in found.items()]
        if any(told):
            raise ClusterError("\n".join(filter(None, told)))

    def _describe(self, confined: bool) -> dict[str, dict[str, Any]]:
        """What each worker would judge with."""
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


def _pass_on(answer: Future[Judgement], done: Future[bytes]) -> None:
    """Make a judgement of what a worker answered."""
    from distributed import KilledWorker

    try:
        answer.set_result(unpack_judgement(done.result()))
    except CancelledError:
        told = "the scheduler was lost; once it is back, the same command goes on from here"
        answer.set_exception(ClusterError(told))
    except KilledWorker as error:
        answer.set_exception(BrokenExecutor(str(error)))
    except BaseException as error:
        answer.set_exception(error)


# What has to be the same on all machines


def describe(confined: bool, dask_worker: Any = None) -> dict[str, Any]:
    """Tell, on a worker, what it would judge with.

    Parameters
    ----------
    confined : bool
        Whether in the sandbox.
    dask_worker : distributed.Worker, optional
        The worker; Dask fills it in, but for a task, which can find it out.

    Returns
    -------
    dict
        As `expected_of`, and how many threads there are.
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
    """What a worker has to judge with.

    Parameters
    ----------
    settings : JudgeConfig
        What is to be judged with here.

    Returns
    -------
    dict
        Versions of the course, its solutions (by which mistakes are known), Python and NumPy, and
        the layers of the sandbox.
    """
    return _conditions(settings, settings.course())


def _conditions(settings: JudgeConfig, course: Course) -> dict[str, Any]:
    found = conditions_of(course, "", settings.limits, settings.sandbox)
    return {
        "course": found.course,
        "solutions": solutions_version(course),
        "Python": found.python,
        "NumPy": found.numpy,
        "sandbox": list(found.sandbox),
    }


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Tell in what a worker differs from what is expected.

    Parameters
    ----------
    expected : dict
        What `expected_of` answers.
    found : dict
        What `describe` answers on that worker.

    Returns
    -------
    list of str
        One sentence for each difference.
    """
    told = [
        f"{name}: expected {_shown(expected[name])}, found {_shown(found[name])}"
        for name in expected
        if expected[name] != found[name]
    ]
    if found["problem"]:
        told.append(found["problem"])
    if found["threads"] > 1:
        told.append(
            f"it has {found['threads']} threads, and a judge needs its process to itself: "
            "start it with --nthreads 1, one worker for each core"
        )
    return told


def _shown(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value) or "none"


def _tell(worker: str, differs: list[str]) -> str:
    return (
        f"{worker} would judge otherwise, and is refused: {'; '.join(differs)}" if differs else ""
    )


# What travels


def pack(settings: JudgeConfig, submission: Submission) -> bytes:
    """Everything that a worker needs to judge a submission.

    Parameters
    ----------
    settings : JudgeConfig
        What it judges with. The course's folder stays here: each worker has its own.
    submission : Submission
        What was handed in.

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
    }
    return json.dumps(content).encode()


def unpack(packed: bytes, course: Course) -> tuple[JudgeConfig, Submission]:
    """JudgeConfig and submission, for the course of this machine.

    Parameters
    ----------
    packed : bytes
        What `pack` made.
    course : Course
        The course here.

    Returns
    -------
    JudgeConfig, Submission
        The same but for the folder of the course.
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
    return settings, Submission(content["name"], sources, exercises, notes, problem)


def unpack_judgement(packed: bytes) -> Judgement:
    """The judgement that `judge_there` answered with.

    Parameters
    ----------
    packed : bytes
        JSON.

    Raises
    ------
    ClusterError
        If the worker did not judge. The message says why.
    """
    content = json.loads(packed)
    if "refused" in content:
        raise ClusterError(content["refused"])
    return Judgement(verdict_from(content["verdict"]), content["seconds"])


# On a worker


def judge_there(packed: bytes) -> bytes:
    """Judge, on a worker, what `pack` made.

    Parameters
    ----------
    packed : bytes
        JudgeConfig and submission.

    Returns
    -------
    bytes
        JSON. Also what fails is answered so: of an exception Dask would write the arguments, and so
        the secret, to the worker's log.
    """
    from distributed import get_worker

    address = get_worker().address
    try:
        settings, submission = unpack(packed, current_course())
        if told := _tell(address, differences(json.loads(packed)["expected"], _found(settings))):
            return json.dumps({"refused": told}).encode()
        judgement = judge_one(settings, submission)
    except Exception:
        told = f"{address} cannot judge: {traceback.format_exc(limit=-3)}"
        return json.dumps({"refused": told}).encode()
    answer = {"verdict": plain_of(judgement.verdict), "seconds": judgement.seconds}
    return json.dumps(answer).encode()


@cache
def _found(settings: JudgeConfig) -> dict[str, Any]:
    return describe(bool(settings.sandbox))
