"""From a pasted order, message or briefing to suggested cases: category, place, unit, urgency; never files by itself.

Owns: TextModel (a trained classifier with its measured accuracy), Suggestion (a text and what was made of it).
Asks: cases (closed cases to learn from), organisation (places), standards (categories).
Tells: nothing.
"""
