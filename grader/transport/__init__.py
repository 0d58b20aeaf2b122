"""The facade that specs call, and the transports that run its requests.

A transport runs the learner's code in this process or in a worker process. Either way, a spec gets
plain data back.
"""

__all__ = ["answers", "in_process", "judged", "own_memory", "student", "worker_process"]
