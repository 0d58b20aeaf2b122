"""Proofs that the course itself is sound: specs, solutions, mistakes, translations, and the bundle.

A course comes in; claims, each kept or broken, go out.
"""

__all__ = ["bundle_check", "course_check"]
