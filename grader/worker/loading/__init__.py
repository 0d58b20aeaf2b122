"""What the modules of a submission find when they are loaded.

Their imports, stand-ins for what cannot be imported, and explanations of their syntax errors.
"""

__all__ = ["imports", "offer", "syntax"]
