"""Report formats: one independent module of pure functions of the gradebook for each."""

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
