"""Pure rules of the numbers."""
