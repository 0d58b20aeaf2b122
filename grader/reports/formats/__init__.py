"""One module for each format of a report: pure functions of the gradebook.

Formats do not know each other.
"""

__all__ = [
    "canvas",
    "feedback",
    "github",
    "gradescope",
    "html_page",
    "json_file",
    "moodle",
    "terminal",
]
