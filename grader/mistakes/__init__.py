"""Diagnosis of failures: the outcome, message, hints and known mistake behind an exception."""

__all__ = [
    "call_log",
    "catalogue",
    "diagnosis",
    "earlier",
    "fingerprint",
    "known_failures",
    "recognise",
    "slow_way",
    "traces",
]
