"""The learner's pytest.

Collects the hidden spec of an exercise, says why a promise is broken, and what to do next.
"""

__all__ = ["summary"]
