"""Reads what was handed in, and runs none of it.

A folder, a file, a notebook or an archive comes in; the modules of a submission, with notes on what
was left out, go out.
"""

__all__ = ["class_folder", "submission"]
