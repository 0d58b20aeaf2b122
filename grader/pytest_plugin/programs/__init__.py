"""What a failed spec has called, as a Python program to paste and try.

The requests of the spec enter; a program leaves, or nothing if they cannot be written down.
"""

__all__ = ["tries"]
