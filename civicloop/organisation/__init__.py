"""Who answers for what (组织与责任).

Owns: units (条 lines and 块 blocks), people, appointments, grids, areas, points, working calendars, tokens.
Asks: the ledger, to keep every change.
Tells: CalendarChanged, GridsChanged, UnitMoved (see `facts`).
"""
