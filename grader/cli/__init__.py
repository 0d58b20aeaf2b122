"""The command `grader`: one module for each group of commands."""

__all__ = ["main"]
