"""Files that are handed out to learners.

Contains the learners' bundle, pristine stubs, new courses, variants, and the search for leaked
solutions. Turns a course into files.
"""

__all__ = ["bundle", "files", "leak_scan", "new_course", "pristine", "variants"]
