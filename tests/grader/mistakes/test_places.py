"""Where a known mistake is, and what it changes there."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.settings import find_course
from grader.mistakes.catalogue import Mistake, make, read_mistakes
from grader.mistakes.places import place_of, traces_of_mistake

COURSE = find_course(Path(__file__))

AFFINE = COURSE.named("affine")


def mistake(before, after):
    return Mistake("wrong", "it is wrong", before, after, "Look.")


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("np.sum(dout, axis=0)", "np.sum(dout)", "Affine.backward"),
        ("        self.W = W\n", "", "Affine.__init__"),
        ("class Affine:", "class Affine(dict):", "Affine"),
        ("import numpy as np\n", "import numpy as np\nnp.seterr()\n", "affine.py"),
    ],
)
def test_a_mistake_is_placed_in_the_method_that_it_changes(before, after, place):
    """Or else in the class, or the file."""
    assert place_of(mistake(before, after), AFFINE) == place


def test_every_mistake_of_the_catalogue_has_a_place_with_a_name():
    """A learner is led to a method or a function, never to a line number of the reference."""
    for exercise in COURSE.exercises:
        for one in read_mistakes(exercise):
            assert place_of(one, exercise).replace(".", "").replace("_", "").isalnum()


def test_a_mistake_whose_place_is_told_elsewhere_is_found_where_it_is():
    """Seen in 12: the stride is ignored in a private function; learners do so in forward.

    Code that is right there may be wrong at the place that is told.
    """
    elsewhere = replace(mistake("np.sum(dout, axis=0)", "np.sum(dout)"), place="Affine.forward")
    right, wrong = AFFINE.solution.read_text("utf-8"), make(elsewhere, AFFINE).text
    traces = traces_of_mistake(elsewhere, AFFINE)
    assert [traces.evidence(code) for code in (right, wrong)] == [0, 1]
    here = traces_of_mistake(replace(elsewhere, place=""), AFFINE)
    assert [here.evidence(code) for code in (right, wrong)] == [-1, 1]
