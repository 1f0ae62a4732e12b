"""Pure rules of text intake."""
