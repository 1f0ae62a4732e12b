"""Pure rules of importing: what a mapping says, and what a row says under it."""
