"""The judge's end of a worker, and the facade that specs talk to.

A spec's calls come in; plain data goes out, whether the code ran in this process or in a worker.
"""

__all__ = ["answers", "in_process", "judged", "student", "worker_process"]
