"""Open311 GeoReport v2 at `/open311/v2/`, in XML and JSON, with the extensions in use: docs/reference/open311.md.

Every answer is made once, as plain lists and mappings, and written in the format its address asks for (`writing`). Which cases are
public is said in `residents.queries.open311`, what of them is shown in `showing`.
"""
