"""How messages are planned: pure, without clock or database."""
