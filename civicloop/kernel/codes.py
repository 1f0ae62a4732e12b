"""Short codes for people without an account: easy to read aloud and to copy from paper, kept as a digest only.

Ten letters out of 23, so 45 bits: nobody finds one by trying at a door that counts the tries (`web.portal.limits`). I, L and O are
left out, because on paper they look like 1 and 0; there are no digits, so nothing is left to be taken for them.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10
_BETWEEN = re.compile(r"[\s\-‐-―_.·]+")
_CODE = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """A new code, as it is kept by its owner: ten letters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def digest(code: str) -> str:
    """What the house keeps of a code: its SHA-256 in hexadecimal digits."""
    return hashlib.sha256(code.encode()).hexdigest()


def shown(code: str) -> str:
    """The code as it is printed, in two halves: `ABCDE-FGHJK`."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def read_code(text: str) -> str | None:
    """The code somebody typed: any case and width, with blanks or hyphens anywhere. None for what cannot be one."""
    folded = _BETWEEN.sub("", unicodedata.normalize("NFKC", text[:60])).upper()
    return folded if _CODE.fullmatch(folded) else None


def code_of(secret: bytes) -> str:
    """The code worked out from 32 secret bytes: the same bytes give the same code, so that what is sent twice is answered alike."""
    number, letters = int.from_bytes(hashlib.sha256(secret).digest(), "big"), []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)
