"""Says what the code of a learner most likely means, from names and source lines.

No code of the learner is called, except by `inspect.signature`.
"""

__all__ = ["error_hints", "missing", "near_names", "slips", "suspects"]
