"""Numbers of rolled-back rows come again, and with them the books of editions that are kept in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from civicloop.standards import editions


@pytest.fixture(autouse=True)
def _no_books_of_other_tests() -> Iterator[None]:
    editions.book.cache_clear()
    yield
    editions.book.cache_clear()
