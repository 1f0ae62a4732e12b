"""The problem loop (案件): found, filed, dispatched, put right, verified by somebody else, closed, counted.

Owns: cases with their steps, evidence, extensions, suspensions, whistles, supervisions, appeals, followers.
Asks: loops (the engine), standards (limits, texts), organisation (units, grids), photos, the ledger.
Tells: CaseReported, CaseDispatched, CaseClosed and the others in `facts`.
"""
