"""Checks of the course itself: specs, solutions, mistakes, translations, and the bundle.

Each check of a course yields claims, and the problems that contradict them.
"""

__all__ = ["bundle_check", "course_check"]
