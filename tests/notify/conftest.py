from tests.residents.conftest import send
from tests.volunteers.cast import corps

__all__ = ["corps", "send"]
