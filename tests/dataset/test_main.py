"""``python -m dataset``."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dataset.files import KNOWN_FILES, find_files


def run(root, *arguments, **environment):
    """Run it as a separate process."""
    return subprocess.run(
        [sys.executable, "-m", "dataset", *arguments],
        cwd=root, env=os.environ | environment, capture_output=True, check=False,
        text=True, encoding="utf-8",
    )  # fmt: skip


@pytest.mark.usefixtures("mnist")
def test_it_says_where_the_files_are(root):
    """Four paths on stdout, one per line, and exit code 0."""
    done = run(root)
    assert (done.returncode, done.stderr) == (0, "")
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert paths == [found.path for found in find_files().values()]
    assert all(path.is_file() for path in paths)


def test_without_a_source_it_says_what_to_do_and_exits_with_2(root, cache, nobody):
    """The message on stderr, no traceback, nothing on stdout."""
    done = run(root, PIP_INDEX_URL=f"{nobody}simple", HTTPS_PROXY=nobody, https_proxy=nobody)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert all(part in done.stderr for part in [*KNOWN_FILES, str(cache), "MNIST_DIR"])
    assert not cache.exists()


def test_a_stray_argument_is_not_ignored(root):
    """It has no options, and rejects unknown ones."""
    done = run(root, "--nonsense")
    assert done.returncode == 2
    assert "--nonsense" in done.stderr


def test_it_says_so_in_the_users_language(root, cache, nobody):
    """In the language of KATA_LANG; an unknown language is an error."""
    nowhere = {"PIP_INDEX_URL": f"{nobody}simple", "HTTPS_PROXY": nobody, "https_proxy": nobody}
    done = run(root, KATA_LANG="zh-CN", PYTHONUTF8="1", **nowhere)
    assert done.returncode == 2
    assert f"放到文件夹 {cache} 中，" in done.stderr
    done = run(root, KATA_LANG="xx")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == "KATA_LANG is 'xx'; the languages are en, zh-CN"
