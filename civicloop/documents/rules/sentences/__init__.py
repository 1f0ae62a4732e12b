"""Figures in, Chinese sentences out: what papers say, word by word. Pure functions, so that a sentence can be tested alone."""
