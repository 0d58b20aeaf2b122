"""What an outcome is called, and by which sign it is known."""

import pytest

from grader.messages.escaping import printable
from grader.messages.language import CHINESE, ENGLISH, use
from grader.messages.wrapping import columns
from grader.verdicts.outcome_labels import OUTCOME_LABELS, stars, word
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier


def test_each_outcome_has_a_sign_and_a_word_of_its_own():
    """They are told apart without colour, and one character is one column."""
    assert set(OUTCOME_LABELS) == set(Outcome)
    signs = [label.symbol for label in OUTCOME_LABELS.values()]
    words = [label.word for label in OUTCOME_LABELS.values()]
    assert len(set(signs)) == len(set(words)) == len(Outcome)
    assert all(columns(sign) == 1 and printable(sign) == sign for sign in signs)


@pytest.mark.parametrize("outcome", Outcome, ids=lambda outcome: outcome.value)
def test_it_is_called_by_a_word_of_the_language_that_is_spoken(outcome):
    """In English as in the label; in Chinese there is another word for it."""
    assert word(outcome) == str(OUTCOME_LABELS[outcome].word)
    use(CHINESE)
    try:
        assert word(outcome) not in ("", str(OUTCOME_LABELS[outcome].word))
    finally:
        use(ENGLISH)


def test_a_star_is_filled_for_each_stretch_spec_that_passed():
    """In the order of the spec file; core specs have none."""

    def spec(tier, outcome):
        return SpecVerdict("test_f", "It holds.", tier, outcome, 1)

    specs = (
        spec(Tier.STRETCH, Outcome.FAILED),
        spec(Tier.CORE, Outcome.PASSED),
        spec(Tier.STRETCH, Outcome.PASSED),
        spec(Tier.STRETCH, Outcome.NOT_STARTED),
    )
    assert stars(ExerciseVerdict("01_f", specs)) == "☆★☆"
    assert stars(ExerciseVerdict("01_f", specs[1:2])) == ""
