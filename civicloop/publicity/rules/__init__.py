"""Pure rules of publicity."""
