"""Files that are handed out to learners and instructors.

Contains the learners' bundle, pristine stubs, new courses, updates, variants, and the search for
leaked solutions. Turns a course into files, and into the archive in a wheel.
"""

__all__ = [
    "bundle",
    "files",
    "leak_scan",
    "new_course",
    "pristine",
    "shipped",
    "update",
    "variants",
]
