"""Rules of field work in plain Python: how an entry is written, and in which order entries are applied."""
