"""Pages for people without an account: the answer to a question that a unit has sent by a link."""
