"""Verdicts, their conditions and serialization, and the labels of outcomes."""

__all__ = ["codec", "conditions", "finding", "learner_view", "outcome_labels", "verdict"]
