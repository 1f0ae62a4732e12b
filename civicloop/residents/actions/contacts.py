"""How a resident may be reached: read, agreed to, and kept in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from civicloop.kernel.refusal import Invalid
from civicloop.kernel.text import clean_text
from civicloop.residents.keys import key_of
from civicloop.residents.models import Reporter
from civicloop.residents.rules.contacts import read_mail, read_phone


@dataclass(frozen=True, slots=True)
class Contact:
    """What somebody typed of himself; all of it may be empty. Phone and mail are kept only where he agreed."""

    name: str = ""
    phone: str = ""
    email: str = ""
    agreed: bool = False


def contact_key(typed: str) -> str:
    """The key by which reports of a phone number or a mail address are found. Raises Invalid `contact`."""
    phone, mail = read_phone(typed), read_mail(typed)
    if phone:
        return key_of("phone", phone)
    if mail:
        return key_of("mail", mail)
    raise Invalid("contact", "contact_unreadable")


def check_contact(contact: Contact) -> Contact:
    """The contact in the form it is kept in. Raises Invalid `phone`, `email`, `agreed`."""
    phone, email = contact.phone.strip(), contact.email.strip()
    read = Contact(
        clean_text(contact.name, limit=60, field="name"), (read_phone(phone) or "") if phone else "",
        (read_mail(email) or "") if email else "", contact.agreed,
    )  # fmt: skip
    if phone and not read.phone:
        raise Invalid("phone", "phone_unreadable")
    if email and not read.email:
        raise Invalid("email", "mail_unreadable")
    if (read.phone or read.email or read.name) and not read.agreed:
        raise Invalid("agreed", "consent_needed")
    return read


def keep_contact(contact: Contact, *, at: datetime) -> Reporter | None:
    """A row for somebody who may be reached; None for one who said nothing. The contact has been checked."""
    if not (contact.phone or contact.email):
        return None
    return Reporter.objects.create(
        name=contact.name, phone=contact.phone, email=contact.email, consent_at=at, created_at=at,
        phone_key=key_of("phone", contact.phone) if contact.phone else "",
        email_key=key_of("mail", contact.email) if contact.email else "", language=get_language() or "",
    )  # fmt: skip


def keys_of(contact: Contact) -> list[str]:
    """The keys of a checked contact."""
    kinds = (("phone", contact.phone), ("mail", contact.email))
    return [key_of(kind, value) for kind, value in kinds if value]
