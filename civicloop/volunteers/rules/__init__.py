"""Pure rules of volunteers."""
