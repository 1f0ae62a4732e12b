"""Ninety days of the demo city: what was reported, and how each case went on.

Every story is told to its end and then cut at the last day, so that on that day cases stand at every stage, as in life.
"""
