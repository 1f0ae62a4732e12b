"""Bringing a city's own files in: grids, units, points and cases from CSV, XLSX and GeoJSON, row by row.

Owns: mapping files (which column means what), the readers, the report of rows that were not taken.
Asks: organisation and cases for the actions that write; standards for categories and limits.
Tells: nothing; an import is one line of the ledger beside the lines of what it brought in.
"""
