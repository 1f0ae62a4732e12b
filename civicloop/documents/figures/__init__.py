"""Readers of the figures papers are written from: narrow questions to the tables below, each with its number of statements."""
