"""Questions about residents' affairs."""
