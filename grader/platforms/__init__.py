"""The course made ready for other places to grade in, and what runs there."""

__all__ = ["github_classroom", "gradescope_package"]
