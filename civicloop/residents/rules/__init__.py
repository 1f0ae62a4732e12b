"""Pure rules of residents."""
