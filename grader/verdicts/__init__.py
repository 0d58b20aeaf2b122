"""Verdicts, their conditions and serialization, and the labels of outcomes."""

__all__ = ["codec", "conditions", "finding", "outcome_labels", "verdict"]
