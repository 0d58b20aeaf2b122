"""Settings of the tests of the grader."""

from hypothesis import settings

# A slow machine is no failure, and the same tests run everywhere.
settings.register_profile("grader", deadline=None, derandomize=True, database=None)
settings.load_profile("grader")
