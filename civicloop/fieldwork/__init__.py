"""What phones take along and bring back.

Owns: Parcel (what a day outside needs, read only) and Entry (what came back: stored first, applied after, in order per loop).
Asks: inspection (visits and sheets), cases (the ordinary actions), photos, organisation, standards.
Tells: nothing of its own; the actions it calls announce their facts.
"""
