"""Collects specs for pytest, and provides the fixtures and assertions that specs use."""

__all__ = [
    "assertions",
    "collection",
    "display",
    "fixtures",
    "lookup",
    "markers",
    "pytest_internals",
    "run",
]
