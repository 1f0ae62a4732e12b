"""The residents' desk: what waits for a moderator, requests to reopen, complaints, plates, and what is kept how long."""
