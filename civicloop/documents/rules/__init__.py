"""What a paper is made of, how it is numbered and dated, and how an official page is laid out: plain data and plain functions."""
