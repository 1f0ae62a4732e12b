"""Inspection: points are drawn so that anybody can check the draw, visited item by item, and every fault becomes a case.

Owns: rounds, draws with their frames, visits, submissions and observations.
Asks: standards (editions and checklists), organisation (points, people), photos, cases (what is open near a point).
Tells: DrawPublished, VisitJudged; a failed item opens a case through `cases.actions` in the same transaction.
"""
