"""The ledger (审计账): one append-only history of every verb.

Owns: lines chained by hash per object, and daily seals over all chain heads.
Asks: nothing of the rest of the house.
Tells: nothing; others write to it through `actions.record` inside their own transaction.
"""
