"""`kata` itself.

Watches the files and the keyboard, runs the exercise on each save, and draws the screen.
"""

__all__ = ["frame", "screen", "watch"]
