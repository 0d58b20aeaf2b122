"""Zips of feedback that a platform hands out to learners."""

__all__ = ["canvas", "moodle"]
