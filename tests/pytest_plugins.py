"""Exercises beside the pytest plugins that people have.

``python tests/pytest_plugins.py`` installs them into a fresh virtual environment, so it needs a
package index; a bare ``pytest`` does not run it, but CI does once a week. With all plugins loaded,
and with the options of each, a stub, a known mistake and a solution have to end as without them:
the same last line, the same exit code, and no error inside pytest.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLUGINS = (
    *("pytest-xdist", "pytest-cov", "pytest-randomly", "pytest-sugar", "pytest-asyncio", "anyio"),
    *("pytest-rerunfailures", "pytest-repeat", "pytest-html", "pytest-json-report"),
    "pytest-watcher",
)
PLAIN = "-p no:randomly -p no:sugar"
OPTIONS = (
    "",
    "-n 2",
    "-n 2 --dist loadfile",
    "mine -n 2",
    "-n 2 --cov=exercises",
    "--cov=exercises --cov-branch",
    "--force-sugar",
    "--asyncio-mode=auto",
    "--reruns 2",
    "--count 2",
    "mine --count 2 -n 2",
    "--html=report.html --self-contained-html",
    "--json-report",
    "--junitxml=report.xml",
    "-p no:xdist -p no:cov -p no:sugar -p no:asyncio -p no:anyio",
)
EXERCISE = "exercises/03_affine"
ENDS = {
    "stub": (
        1,
        "03_affine: 0 of 10 core, 0 of 10 points ☆. Nothing is wrong yet. "
        "exercises/03_affine/README.md leads to what is to do.",
    ),
    "mistake": (
        1,
        "03_affine: 5 of 10 core, 5 of 10 points ★. Next: pytest exercises/03_affine --hint --hint",
    ),
    "solution": (
        0,
        "03_affine: 10 of 10 core, 10 of 10 points ★. Done! "
        "Next: pytest exercises/04_softmax_with_loss",
    ),
}
"""For each state of the exercise: the exit code of ``pytest --hint``, and its last line."""

HINT = "The bias was added to every sample."


class Learner:
    """A course in an environment with all plugins."""

    def __init__(self, place: Path) -> None:
        venv = place / "venv"
        self.commands = venv / ("Scripts" if os.name == "nt" else "bin")
        self.root = place / "course"
        # What is set for this process, such as PYTHONPATH, belongs to another environment.
        mine = {name: value for name, value in os.environ.items() if not name.startswith("PYT")}
        path = os.pathsep.join([str(self.commands), os.environ["PATH"]])
        self.environment = {**mine, "PATH": path, "KATA_LANG": "en", "PYTHONUTF8": "1"}
        subprocess.run([sys.executable, "-m", "venv", venv], check=True, env=mine)
        pip = [self.commands / "python", "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "-e", ROOT, *PLUGINS], check=True, env=mine)
        subprocess.run([self.commands / "kata", "start", self.root], check=True, env=mine)
        (self.root / "mine").mkdir()
        (self.root / "mine" / "test_mine.py").write_text("def test_mine(): pass\n", "utf-8")
        self.stub = self.root / EXERCISE / "affine.py"
        self.codes = {"stub": self.stub.read_text("utf-8")}
        self.codes["solution"] = (ROOT / "solutions/03_affine/affine.py").read_text("utf-8")
        wrong = self.codes["solution"].replace("np.sum(dout, axis=0)", "np.sum(dout)")
        self.codes["mistake"] = wrong

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command in the course."""
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )

    def problem(self, state: str, options: str) -> str:
        """Return what differs from a run without plugins; empty if nothing does."""
        shutil.rmtree(self.root / EXERCISE / "__pycache__", ignore_errors=True)
        self.stub.write_text(self.codes[state], "utf-8")
        quiet = [] if "sugar" in options else PLAIN.split()
        arguments = [EXERCISE, "--hint", *options.split(), *quiet]
        done = self.run(self.commands / "python", "-m", "pytest", *arguments)
        code, line = ENDS[state]
        last = done.stdout.rstrip().splitlines()[-1]
        fine = "INTERNALERROR" not in done.stdout and (HINT in done.stdout) is (state == "mistake")
        if done.returncode == code and last == line and fine:
            return ""
        return f"exit code {done.returncode}\n{done.stdout[-3000:]}"

    def watch(self) -> str:
        """Return what is wrong with a run that pytest-watcher starts."""
        watcher = subprocess.Popen(
            [self.commands / "ptw", ".", "--now", EXERCISE, "--hint"],
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        seen = ""
        assert watcher.stdout is not None
        try:
            for line in watcher.stdout:
                seen += line
                if line.startswith("03_affine: "):
                    break
        finally:
            watcher.kill()
            watcher.wait()
        return "" if ENDS["solution"][1] in seen else seen[-3000:]


def main() -> None:
    """Try each combination."""
    failed = 0
    with tempfile.TemporaryDirectory() as place:
        learner = Learner(Path(place).resolve())
        print(learner.run(learner.commands / "python", "-m", "pytest", "--version").stdout)
        for options in OPTIONS:
            for state in ENDS:
                problem = learner.problem(state, options)
                print("✗" if problem else "✓", state, options, problem, flush=True)
                failed += bool(problem)
        problem = learner.watch()
        print("✗" if problem else "✓", "pytest-watcher", problem)
        failed += bool(problem)
    if failed:
        sys.exit(f"{failed} failed: see grader/pytest_plugin")


if __name__ == "__main__":
    main()
