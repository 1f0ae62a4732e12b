"""The engine of every loop (闭环).

Owns: the abstract Loop with its steps, evidence and clock; policy rules; notices; receipts of outside requests; the alarm ladder.
Asks: organisation (units, posts, calendars), standards (limits, ladder), photos, the ledger.
Tells: each kind of loop announces its own facts.
"""
