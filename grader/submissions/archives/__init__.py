"""Reading zip and tar archives in memory, within limits, without unpacking them to the disk."""

__all__ = ["archive"]
