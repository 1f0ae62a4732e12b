"""What else a kind of paper may be asked for: named options, each with the values it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from civicloop.kernel.refusal import Invalid

LONGEST = 200
_YES, _NO = frozenset({"yes", "true", "1", "是"}), frozenset({"no", "false", "0", "否"})


@dataclass(frozen=True, slots=True)
class Option:
    """The values an option takes. `number`: a whole number from `least` to `most`. `flag`: yes or no. `text`: up to 200 characters.
    `words`: one or more of `choices`, with commas between them when typed.
    """

    form: Literal["number", "flag", "text", "words"]
    least: int = 0
    most: int = 100
    choices: tuple[str, ...] = ()


NONE: Mapping[str, Option] = MappingProxyType({})


def checked(known: Mapping[str, Option], given: Mapping[str, Any]) -> dict[str, Any]:
    """The options as collectors read them; an empty one is left out. Values may be typed texts or plain values.

    Raises Invalid `unknown_option` (with the options there are), `not_a_number`, `number_out_of_bounds`, `unknown_choice`,
    `too_long`.
    """
    for name in given:
        if name not in known:
            raise Invalid("options", "unknown_option", option=str(name)[:60], known=", ".join(known) or "—")
    read = {name: _read(name, known[name], value) for name, value in given.items()}
    return {name: value for name, value in read.items() if value is not None}


def _read(name: str, option: Option, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
    if value is None or value in ("", [], ()):
        return None
    match option.form:
        case "number":
            return _number(name, option, value)
        case "flag":
            return _flag(name, value)
        case "words":
            return _words(name, option, value)
    if len(str(value)) > LONGEST:
        raise Invalid(name, "too_long", limit=LONGEST)
    return str(value)


def _number(name: str, option: Option, value: Any) -> int:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()):
        raise Invalid(name, "not_a_number", value=text[:60])
    number = int(text) if len(text) < 10 else option.most + 1
    if not option.least <= number <= option.most:
        raise Invalid(name, "number_out_of_bounds", value=text[:60], least=option.least, most=option.most)
    return number


def _flag(name: str, value: Any) -> bool:
    word = str(value).lower()
    if word not in _YES | _NO:
        raise Invalid(name, "unknown_choice", value=str(value)[:60])
    return word in _YES


def _words(name: str, option: Option, value: Any) -> list[str]:
    words = [word.strip() for word in value.replace("，", ",").split(",")] if isinstance(value, str) else list(value)
    for word in words:
        if word not in option.choices:
            raise Invalid(name, "unknown_choice", value=str(word)[:60])
    return list(dict.fromkeys(words))
