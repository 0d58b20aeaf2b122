"""Tests with the oldest pytest that pyproject.toml admits.

``python tests/pytest_versions.py`` installs it in a folder of its own, so it needs a package index;
a bare ``pytest`` does not run it, but ``.ci/run`` does. The tests cover what rests on pytest's
private names, and what a learner and an instructor see of it: a stub fails, a solution passes, a
mistake is named.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PLUGIN = "tests/grader/pytest_plugin/test_plugin.py"
SUMMARY = "tests/grader/pytest_plugin/test_summary.py"
JUDGE = "tests/grader/judging/test_judge.py"
TESTS = (
    "tests/grader/specs/test_pytest_internals.py",
    "tests/grader/judging/test_pytest_session.py",
    f"{SUMMARY}::test_an_exercise_that_is_not_begun_says_once_what_to_write",
    f"{SUMMARY}::test_an_exercise_that_is_done_names_the_next",
    f"{SUMMARY}::test_help_goes_one_step_further_each_time",
    f"{PLUGIN}::test_an_exception_shows_the_learners_own_line_once",
    f"{PLUGIN}::test_a_learner_reads_messages_in_their_language",
    "tests/grader/pytest_plugin/test_timeouts.py",
    f"{JUDGE}::test_a_solution_passes_everything",
    f"{JUDGE}::test_a_stub_is_not_started",
    "tests/grader/judging/test_known_runs.py"
    "::test_two_mistakes_are_each_named_at_the_spec_that_shows_it",
    f"{JUDGE}::test_a_spec_that_does_not_explicitly_pass_scores_nothing",
)


def admitted() -> Requirement:
    """Return the versions of pytest that the project admits."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = map(Requirement, project["dependencies"])
    return next(requirement for requirement in requirements if requirement.name == "pytest")


def oldest(requirement: Requirement) -> str:
    """Return the lower bound, as a requirement of its own."""
    (bound,) = (one.version for one in requirement.specifier if one.operator == ">=")
    return f"pytest=={bound}"


def main() -> None:
    """Install the oldest pytest in a folder that comes before all others, and run the tests."""
    wanted = oldest(admitted())
    # What is set for this process may be about another pytest.
    mine = {name: os.environ[name] for name in os.environ if not name.startswith("PYT")}
    with tempfile.TemporaryDirectory() as folder:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, wanted]
        subprocess.run(install, check=True, env=mine)
        mine["PYTHONPATH"] = folder
        pytest = [sys.executable, "-m", "pytest"]
        told = subprocess.run([*pytest, "--version"], check=True, env=mine, capture_output=True)
        if wanted.replace("==", " ") not in (told.stdout + told.stderr).decode():
            sys.exit(f"expected {wanted}, found {told.stdout.decode()}")
        # Other plugins may need a newer pytest.
        others = ("no:xdist", "no:anyio", "no:asyncio", "no:cacheprovider")
        options = [part for name in others for part in ("-p", name)]
        command = [*pytest, "-q", *options, *TESTS]
        if subprocess.run(command, cwd=ROOT, env=mine, check=False).returncode:
            sys.exit(f"failed with {wanted}: see grader/specs/pytest_internals.py")


if __name__ == "__main__":
    main()
