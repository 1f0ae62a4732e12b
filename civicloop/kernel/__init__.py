"""The kernel.

Owns: pure rules without Django, database or clock: lifecycle, working time, place, text, fingerprints, refusals.
Asks: nothing of the rest of the house.
Tells: nothing; it answers.
"""
