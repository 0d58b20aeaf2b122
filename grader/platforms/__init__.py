"""Packages of the course for Gradescope and GitHub Classroom, and the autograder they run."""

__all__ = ["github_classroom", "gradescope_package"]
