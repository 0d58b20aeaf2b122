"""What the data says, in the language of whoever reads it."""

import subprocess
import sys
from pathlib import Path

import pytest

from dataset.language import CATALOGUES, say
from dataset.mnist import load_mnist
from kata_language import CHINESE, catalogue, speaking

ROOT = Path(__file__).parents[2]


def test_it_has_a_catalogue_of_its_own():
    """Which is part of the package."""
    assert say("did you mean {name}?", name="flatten") == "did you mean flatten?"
    with speaking(CHINESE):
        assert say("did you mean {name}?", name="flatten") == "是不是想写flatten？"
    assert len(catalogue(CATALOGUES, CHINESE)) > 30
    assert '"dataset" = ["*.toml"]' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_what_is_misspelt_is_told_in_that_language():
    """As all that load_mnist says."""
    with speaking(CHINESE), pytest.raises(TypeError, match="是不是想写flatten？"):
        load_mnist(flaten=True)


def test_the_data_knows_nothing_of_the_grader():
    """Neither at once nor when it has something to say."""
    code = (
        "import sys; from dataset import mnist, pictures, sources, __main__\n"
        "from kata_language import use; use('zh-CN')\n"
        "print(pictures.say('no files')); print([n for n in sys.modules if 'grader' in n])"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], cwd=ROOT, capture_output=True, check=True
    )
    told, loaded = done.stdout.decode("utf-8").split()
    assert "文件" in told
    assert loaded == "[]"
