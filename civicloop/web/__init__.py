"""The doors for people: the desk of the command post and of the units.

Owns: pages, words and looks; nothing in the database.
Asks: cases, inspection, scoring, loops, standards, organisation, photos, insight and the ledger; every write
goes through their actions.
Tells: nobody; people read it.
"""
