"""Messages to residents that wait for a better hour."""

from __future__ import annotations

from datetime import datetime

from civicloop.residents.models import ResidentMessage


def put_off_message(message: ResidentMessage, *, until: datetime) -> bool:
    """Let a message wait that nobody has taken up since it was read; False where somebody has."""
    mine = ResidentMessage.objects.filter(
        pk=message.pk, state="waiting", tries=message.tries, next_try_at=message.next_try_at
    )
    return bool(mine.update(next_try_at=until))
