"""Layouts of classes: how each platform names the files of its learners, one module for each."""

__all__ = [
    "blackboard",
    "brightspace",
    "canvas",
    "github_classroom",
    "gradescope",
    "layout",
    "moodle",
    "pattern",
]
