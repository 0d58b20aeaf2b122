"""Tests of what a course offers to submissions."""

import subprocess
import sys

import pytest

from grader.worker.loading.offer import Offer

OFFER = Offer({"affine": ("Affine",), "two_layer_net": ("TwoLayerNet",)})


def test_a_name_of_the_course_has_a_home():
    """Nothing else has one."""
    assert (OFFER.home_of("Affine"), OFFER.home_of("Tensor")) == ("affine", "")


@pytest.mark.parametrize(
    ("module", "names", "importer", "told"),
    [
        ("common.layers", ("Affine",), "two_layer_net", "write `from affine import Affine`"),
        ("common.layers", ("Affine",), "affine", "Affine is yours to write, in this file"),
        ("nunpy", (), "affine", "did you mean numpy?"),
        ("torch", ("nn",), "affine", "the standard library of Python and NumPy"),
    ],
)
def test_what_cannot_be_had_is_answered_with_what_to_write(module, names, importer, told):
    """Where it is in the course, and otherwise what the course offers."""
    assert told in str(OFFER.tell_absent(module, names, importer))


def test_more_that_is_allowed_is_listed():
    """From ``[tool.kata] modules``."""
    offer = Offer({}, ("scipy", "pandas"))
    assert str(offer.tell_absent("torch", (), "affine")).endswith("NumPy and scipy, pandas")


def test_the_command_starts_without_numpy():
    """Its judges load NumPy, on other processors, while it reads what was handed in."""
    code = "import sys, grader.cli.main; print({'numpy', 'jinja2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"set()"
