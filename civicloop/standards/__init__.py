"""The standards, taken apart.

Owns: packs in force, categories with filing conditions, limits and questions, standard texts, parameters, point types.
Asks: organisation (people who edit), the ledger.
Tells: nothing; limits are read when a clock starts, and every change of them is a ledger line.
"""
