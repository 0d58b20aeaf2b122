"""Report formats: one independent module of pure functions of the gradebook for each."""

__all__ = [
    "canvas",
    "csv_file",
    "feedback",
    "feedback_zips",
    "github",
    "gradescope",
    "html_page",
    "json_file",
    "moodle",
    "terminal",
]
