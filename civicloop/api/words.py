"""The sentences this door says by itself; all others come from civicloop.sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

TITLES = {
    400: _("The request cannot be read"),
    401: _("Who is asking?"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Not this way"),
    409: _("Done already, or not possible now"),
    411: _("The length is missing"),
    412: _("Changed in the meantime"),
    413: _("Too large"),
    415: _("Not this kind of content"),
    422: _("Something in it cannot be taken"),
    429: _("Too many requests"),
    500: _("Something went wrong here"),
    503: _("Busy"),
}

SENTENCES = {
    "token_missing": _("Send a token: Authorization: Bearer <token>."),
    "token_not_valid": _("This token is unknown, has expired, or was revoked."),
    "no_such_address": _("There is nothing at this address."),
    "method_not_allowed": _("This address does not answer to %(method)s."),
    "json_not_readable": _("The body is not readable JSON in UTF-8."),
    "body_missing": _("A JSON object is expected in the body."),
    "length_missing": _("Say the length of the body: Content-Length."),
    "body_too_large": _("The body has more than %(limit)s bytes. Nothing was kept."),
    "not_json": _("Send the body as application/json."),
    "control_characters": _("The text contains control characters."),
    "unknown_parameter": _("There is no parameter of this name."),
    "unknown_field": _("There is no field of this name here."),
    "no_such_value": _("There is no “%(value)s”."),
    "bad_cursor": _("This cursor cannot be read. Start again without it."),
    "bad_bbox": _("Write four numbers: west,south,east,north, in degrees."),
    "bad_etag": _("Send the ETag that came with the case."),
    "bad_key": _("A key has 1 to 100 visible ASCII characters."),
    "key_used_for_other_content": _("This key was used before for a request with other content. Nothing was done."),
    "xml_not_readable": _("The form is not readable XML in UTF-8, or holds entities."),
    "instance_id_missing": _("The form has no instanceID made by a device."),
    "form_id_missing": _("The form does not say which form it is."),
    "form_of_another_visit": _("This visit is answered with another form. Get the forms of today again."),
    "field_twice": _("The field %(field)s stands twice in the form."),
    "form_part_missing": _("A part named xml_submission_file with the form is expected."),
    "conflict": _("Somebody else did the same at the same moment. Look again."),
    "busy": _("The database is busy. Nothing was done; try again in a moment."),
    "failed": _("A fault of ours. Nothing was done; the operator has been told."),
    "invalid": _("%(count)s field(s) cannot be taken as they are."),
}

# What pydantic finds, told briefly. Types that are not listed are told by the last sentence.
FOUND = {
    "missing": _("This is needed."),
    "extra_forbidden": _("There is no field of this name here."),
    "string_type": _("A text is expected."),
    "string_too_long": _("At most %(max_length)s characters."),
    "string_too_short": _("At least %(min_length)s characters."),
    "string_pattern_mismatch": _("This does not have the right form."),
    "literal_error": _("One of these is expected: %(expected)s."),
    "enum": _("One of these is expected: %(expected)s."),
    "int_type": _("A whole number is expected."),
    "int_parsing": _("A whole number is expected."),
    "int_from_float": _("A whole number is expected."),
    "float_type": _("A number is expected."),
    "float_parsing": _("A number is expected."),
    "finite_number": _("A finite number is expected."),
    "bool_type": _("true or false is expected."),
    "bool_parsing": _("true or false is expected."),
    "greater_than_equal": _("At least %(ge)s."),
    "greater_than": _("More than %(gt)s."),
    "less_than_equal": _("At most %(le)s."),
    "less_than": _("Less than %(lt)s."),
    "list_type": _("A list is expected."),
    "dict_type": _("An object is expected."),
    "model_type": _("An object is expected."),
    "model_attributes_type": _("An object is expected."),
    "too_long": _("At most %(max_length)s."),
    "too_short": _("At least %(min_length)s."),
    "uuid_parsing": _("A UUID is expected."),
    "uuid_type": _("A UUID is expected."),
    "datetime_type": _("A moment with its offset is expected, like 2026-11-23T09:00:00+08:00."),
    "datetime_parsing": _("A moment with its offset is expected, like 2026-11-23T09:00:00+08:00."),
    "datetime_from_date_parsing": _("A moment with its offset is expected, like 2026-11-23T09:00:00+08:00."),
    "datetime_object_invalid": _("A moment with its offset is expected, like 2026-11-23T09:00:00+08:00."),
    "timezone_aware": _("A moment with its offset is expected, like 2026-11-23T09:00:00+08:00."),
    "date_parsing": _("A date is expected, like 2026-11-23."),
}
OTHERWISE = _("This cannot be taken as it is.")


def found(kind: str, context: Mapping[str, Any]) -> str:
    """What is wrong with one field, in the active language."""
    return _filled(str(FOUND.get(kind, OTHERWISE)), context)


def said(code: str, params: Mapping[str, Any]) -> str | None:
    """The door's own sentence for a code, in the active language; None where the sentence is not the door's."""
    known = SENTENCES.get(code)
    return None if known is None else _filled(str(known), params)


def _filled(text: str, params: Mapping[str, Any]) -> str:
    try:
        return text % params if "%(" in text else text
    except (KeyError, TypeError, ValueError):
        return str(OTHERWISE)
