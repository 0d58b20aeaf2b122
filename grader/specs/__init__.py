"""What pytest knows of a spec, and what a spec calls.

A spec file comes in; collected items, their promises and points, and mismatches in words go out.
"""

__all__ = [
    "assertions",
    "collection",
    "display",
    "fixtures",
    "lookup",
    "markers",
    "pytest_internals",
]
