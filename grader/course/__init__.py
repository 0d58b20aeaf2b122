"""The course on disk.

Its exercises and settings, the modules and lessons of an exercise, and spec files as text. A folder
comes in; frozen values go out.
"""

__all__ = [
    "course",
    "late_policy",
    "limits",
    "modules",
    "secret",
    "settings",
    "spec_source",
    "stub_translation",
]
