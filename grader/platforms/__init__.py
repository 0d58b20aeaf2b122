"""The course for Gradescope, GitHub Classroom and Colab, and the autograder of the first."""

__all__ = ["colab", "github_classroom", "gradescope_package"]
