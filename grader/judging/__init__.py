"""Judging of submissions: a single one, a class on all cores, or a class on several machines.

The same submission under the same conditions always gets the same verdict.
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
