"""Every form of the pack that cities load, as phones get it."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from civicloop.api.openrosa import forms
from civicloop.inspection.rules.judging import LOOK_BACK
from civicloop.standards import editions
from civicloop.standards.models import Edition, Pack
from civicloop.standards.rules.difference import plain
from civicloop.standards.rules.pack import load_packs, shipped_packs
from tests.cast import MONDAY_NINE

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
X = "{http://www.w3.org/2002/xforms}"
H = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def content() -> object:
    return plain(load_packs(shipped_packs())["wenming"])


def test_every_set_of_checklists_has_a_form_that_asks_each_item_once(content: object) -> None:
    pack = Pack.objects.create(code="wenming", edition="x", title="x", digest="w" * 64, loaded_at=MONDAY_NINE)
    edition = Edition.objects.create(pack=pack, name="x", digest="w" * 64, content=content, loaded_at=MONDAY_NINE)
    book = editions.book(edition.pk)
    keys = forms._lists(book)

    assert len(keys) > 8
    for key, checklist in keys.items():
        made = forms.form(edition.pk, key)
        primary = fromstring(made.xml).find(f"{H}head/{X}model/{X}instance/{X}data")
        assert primary is not None
        assert (primary.get("id"), primary.get("version")) == (made.id, made.version)
        asked = [one.tag.removeprefix(X) for one in primary.iter()]
        assert [asked.count(name) for name in made.items] == [1] * len(checklist.items)
        assert forms.named_form(made.id, made.version) is made
    assert LOOK_BACK in keys
