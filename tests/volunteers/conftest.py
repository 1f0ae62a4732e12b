from tests.volunteers.cast import corps

__all__ = ["corps"]
