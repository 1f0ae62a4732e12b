"""Lists taken home as workbooks: one way for every list of the desk, as a job with progress and a link."""
