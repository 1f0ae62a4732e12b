"""Standards as data: reading, checking, comparing packs. Pure Python, no Django, no clock, no database."""
