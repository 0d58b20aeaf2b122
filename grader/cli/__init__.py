"""The `grader` command, with one module for each group of subcommands."""

__all__ = ["main"]
