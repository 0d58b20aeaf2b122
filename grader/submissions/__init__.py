"""Reading submissions, without running them.

The input is a folder, a file, a notebook or an archive; the output is the modules of a submission,
with notes on what was left out.
"""

__all__ = ["class_folder", "layouts", "submission"]
