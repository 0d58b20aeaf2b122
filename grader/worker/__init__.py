"""The code that runs in the untrusted process, together with a submission.

It receives requests over the wire and replies with plain data; it has no spec, no expected value
and no solution.
"""

__all__ = ["exception_report", "loading", "module_loader", "sandbox", "source", "wire", "workbench"]
