"""All that runs in the untrusted process, together with a submission.

Requests come in over the wire, answers as plain data go out; nothing here knows a spec, an expected
value or a solution.
"""

__all__ = ["exception_report", "module_loader", "sandbox", "source", "wire", "workbench"]
