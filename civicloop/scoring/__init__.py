"""Scores that explain themselves down to the photo, ranks as intervals, the forecast, appeals against a judgement.

Owns: appeals, adjustments, events of the negative list, published scores.
Asks: inspection (judged visits), standards (rules of an edition), cases (deductions), organisation.
Tells: ScorePublished, AppealDecided.
"""
