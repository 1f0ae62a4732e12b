"""Numbers about the loops (统计): counts and rates, each with its numerator, denominator, moment and rule.

Owns: nothing; it only reads.
Asks: cases and organisation for their rows, standards for names.
Tells: nothing.
"""
