"""The pytest plugin for learners.

It collects the hidden spec of an exercise, explains failures, and suggests what to run next.
"""

__all__ = ["no_hint", "summary"]
