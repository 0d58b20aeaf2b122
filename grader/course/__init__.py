"""The course on disk: exercises, settings, modules, lessons, and spec files as text.

Settings and exercises are read from a folder into frozen dataclasses.
"""

__all__ = [
    "course",
    "dependencies",
    "late_policy",
    "limits",
    "modules",
    "secret",
    "settings",
    "spec_source",
    "stub_translation",
]
