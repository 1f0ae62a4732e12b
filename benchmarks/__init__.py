"""Speed and memory of CivicLoop, each figure against a peer or a limit (`make bench`, or `python -m benchmarks NAME --quick`).

Every benchmark is a module that runs in a process of its own, against databases that are made for it and removed afterwards.
Results go to benchmarks/results.md; how they are measured, and what to do about a bar that is missed, stands in
docs/reference/benchmarks.md.
"""
