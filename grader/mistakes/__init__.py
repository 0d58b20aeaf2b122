"""From a failure to the name of the mistake.

An exception that ended a spec comes in; an outcome, a message and hints go out.
"""

__all__ = ["catalogue", "diagnosis", "fingerprint", "known_failures", "recognise"]
