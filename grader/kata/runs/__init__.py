"""Running an exercise's specs and remembering the result.

Interpreters, records, progress, and the words for them. An exercise comes in; verdicts and the
learner's status go out.
"""

__all__ = ["interpreter", "progress", "status", "wording", "work"]
