"""Judges submissions: one, a class on all cores, or a class on many machines.

Submissions come in; verdicts go out, the same for the same submission and conditions.
"""

__all__ = [
    "batch",
    "cluster",
    "follow_through",
    "judge",
    "judgement",
    "known_runs",
    "pool",
    "pytest_session",
    "replay",
]
