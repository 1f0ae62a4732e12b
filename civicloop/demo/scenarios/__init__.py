"""The places of the published reports, each built from one file of figures: `civicloop demo --scenario NAME`.

Owns: the files under `demo/data/scenarios` and how they become a city.
Asks: the same actions as every door; nothing is written past them but the cases' history (`cases.actions.historic`).
Tells: nothing.
"""
