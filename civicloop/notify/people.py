"""Sending what people of the house and robots of group chats are to hear, judged once more at the moment it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from civicloop.loops.models import Notice
from civicloop.notify import sending, words
from civicloop.notify.gate import Message, Rows
from civicloop.notify.models import Delivery
from civicloop.notify.rules.planning import Mode, Wish, quiet_ends
from civicloop.notify.sight import still_theirs
from civicloop.notify.wishes import choice_of, wish_of
from civicloop.standards.reference import Reference


class People(Rows):
    """Messages to people with an account, and to robots."""

    table = Delivery
    beside = ("person", "robot")

    def held(self, row: Delivery, *, at: datetime, ref: Reference) -> datetime | None:
        """Until the person's quiet hours end, or for a robot the city's: a second try may come at night. Caps count in planning."""
        now = timezone.localtime(at)
        ends = quiet_ends(now, self._wish(row, ref).quiet)
        return None if ends == now else ends

    def language(self, row: Delivery) -> str:
        """The person's own."""
        return row.person.language if row.person else ""

    def message(self, row: Delivery, *, at: datetime, ref: Reference) -> Message | str:
        """What is still theirs to hear, still wanted, and not read on the page meanwhile."""
        notices = still_theirs(self._unread(row), person=row.person, robot=row.robot, at=at, ref=ref)
        if not notices or self._wish(row, ref).mode is Mode.OFF:
            return "nothing_to_tell"
        if row.robot is not None:
            address = row.robot.address if row.robot.active else ""
        else:
            assert row.person is not None
            to = row.person.email if row.channel == "mail" else row.person.phone
            address = sending.address_for(row.channel, to) if row.person.is_active else ""
        if not address:
            return "no_address"
        return Message(address, words.title_of(notices), words.text_of(notices, row.channel))

    @staticmethod
    def _unread(row: Delivery) -> Sequence[Notice]:
        notices = Notice.objects.filter(pk__in=row.handed.values("notice")).order_by("pk")
        return list(notices if row.robot is not None else notices.filter(seen_at=None))

    @staticmethod
    def _wish(row: Delivery, ref: Reference) -> Wish:
        if row.person is not None:
            return wish_of(choice_of(row.person), row.channel, ref.parameters)
        city = wish_of(None, "mail", ref.parameters)
        assert row.robot is not None
        return Wish(Mode(row.robot.mode), city.quiet, city.digest_at, city.most)
