"""Jobs: work done after the answer.

Owns: one thin port, shaped like Django's tasks API, over the job library that runs the work.
Asks: nothing of the rest of the house.
Tells: nothing. A job is queued in the caller's transaction and runs at least once, so every job must be safe to run twice.
"""

from civicloop.jobs.port import Task, enqueue, no_jobs, task

__all__ = ["Task", "enqueue", "no_jobs", "task"]
