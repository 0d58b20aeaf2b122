"""Reasons of failures that no catalogue is needed for.

Misspelt names, calls that take too long a way, what was called, and what failures have in common.
"""

__all__ = ["call_log", "cause", "near_misses", "slow_way"]
