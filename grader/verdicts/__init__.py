"""Verdicts, what learners read of them, conditions, serialization, and labels of outcomes."""

__all__ = [
    "causes",
    "codec",
    "conditions",
    "feedback",
    "finding",
    "learner_view",
    "origin",
    "outcome_labels",
    "verdict",
]
