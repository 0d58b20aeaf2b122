"""What leaves the instructor's hands.

The learners' bundle, pristine stubs, new courses, variants, and the search for leaks. A course
comes in; files go out.
"""

__all__ = ["bundle", "files", "leak_scan", "new_course", "pristine", "variants"]
