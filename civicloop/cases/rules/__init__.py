"""Pure rules of the problem loop."""
