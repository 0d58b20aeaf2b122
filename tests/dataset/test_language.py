"""Messages of the dataset, in the language of the person at the keyboard."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dataset.language import CATALOGUE, say
from dataset.mnist import load_mnist

ROOT = Path(__file__).parents[2]


def test_it_has_a_catalogue_of_its_own(monkeypatch):
    """The catalogue is part of the package."""
    assert say("did you mean {name}?", name="flatten") == "did you mean flatten?"
    monkeypatch.setenv("KATA_LANG", "zh-CN")
    assert say("did you mean {name}?", name="flatten") == "是不是想写flatten？"
    assert len(tomllib.loads(CATALOGUE.read_text("utf-8"))) > 30
    assert '"dataset" = ["*.toml"]' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_a_misspelt_argument_is_reported_in_that_language(monkeypatch):
    """So are all other messages of load_mnist."""
    monkeypatch.setenv("KATA_LANG", "zh-CN")
    with pytest.raises(TypeError, match="是不是想写flatten？"):
        load_mnist(flaten=True)


def test_an_unknown_language_does_not_hide_a_message(monkeypatch):
    """The message is in English; `python -m dataset` reports the language."""
    monkeypatch.setenv("KATA_LANG", "tlh")
    assert say("no files") == "no files"


def test_the_dataset_knows_nothing_of_the_grader():
    """Neither at import nor when it has a message."""
    code = (
        "import sys; from dataset import language, mnist, pictures, sources, __main__\n"
        "print(language.say('no files')); print([n for n in sys.modules if 'grader' in n])"
    )
    command = [sys.executable, "-X", "utf8", "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, check=True, env={**os.environ, "KATA_LANG": "zh-CN"}
    )
    told, loaded = done.stdout.decode("utf-8").split()
    assert "文件" in told
    assert loaded == "[]"
