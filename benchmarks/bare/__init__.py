"""The peer of intake: a Django project with one endpoint, which inserts one row per request in one transaction."""
