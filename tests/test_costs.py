"""What one mistake costs: at most half of an exercise's points, in nine cases of ten."""

import importlib
from pathlib import Path

import pytest

from grader.course.settings import find_course

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def costs():
    """The benchmark, and what each known mistake costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "tests" / "benchmarks")
        benchmark = importlib.import_module("costs")
        yield benchmark, list(benchmark.costs_of(find_course(ROOT)))


def test_one_mistake_costs_at_most_half_in_nine_cases_of_ten(costs):
    """Unless nothing works because of it.

    Seen: a single wrong axis in 03 took 6 of 10 points, since six promises checked everything.
    """
    _, each = costs
    counted = [cost for cost in each if not cost.nothing_works]
    assert len(counted) > 150
    dear = [str(cost) for cost in counted if cost.is_more_than_half]
    assert len(dear) <= len(counted) / 10, "\n".join(dear)


def test_the_wrong_axis_of_a_sum_costs_a_few_points(costs):
    """db summed along the wrong axis, or over both."""
    _, each = costs
    points = {cost.mistake: cost.points for cost in each if cost.exercise == "03_affine"}
    assert points["affine_db_over_the_outputs"] <= 3
    assert points["affine_db_over_all_axes"] <= 5


def test_the_handbook_says_the_figure(costs):
    """What the command prints, to be written again when mistakes are added."""
    benchmark, each = costs
    assert benchmark.tell(each) in (ROOT / "tests" / "README.md").read_text("utf-8")
