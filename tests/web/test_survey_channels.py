"""A page for each way of asking; posters are answered so often and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from civicloop.residents.rules.proof import find
from civicloop.surveys.models import Survey
from civicloop.web.desk.paging import SIZE
from tests.cast import City
from tests.surveys.conftest import plan, questionnaire  # noqa: F401  (fixtures)
from tests.web.conftest import Visitor
from tests.web.reporting import fill, hidden
from tests.web.surveying import MOST_BYTES, MOST_STATEMENTS, opened, tokens, typed

CHANNELS = ("household", "street", "phone", "qr", "kiosk")


@pytest.fixture
def survey(city: City, plan: Callable[..., Survey]) -> Survey:  # noqa: F811
    """A survey that is open just now."""
    return opened(city, plan)


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_channel_has_a_page(channel: str, visitor: Callable[..., Visitor], survey: Survey, city: City) -> None:
    if channel != "street":
        tokens(survey, city, 2, channel)
    desk, page = visitor("supervisor"), f"/surveys/{survey.uid}/channels/{channel}"
    status, text = desk.get(page)

    assert status == 200
    assert desk.statements(page) <= MOST_STATEMENTS
    assert len(text.encode()) < MOST_BYTES
    assert ("/enter?channel=" in text) is (channel in ("household", "street", "phone"))
    assert f"/surveys/{survey.uid}/channels/{channel}" in desk.get(f"/surveys/{survey.uid}")[1]


def test_a_channel_nobody_knows_is_not_there(visitor: Callable[..., Visitor], survey: Survey) -> None:
    assert visitor("supervisor").get(f"/surveys/{survey.uid}/channels/fax")[0] == 404


def test_a_poster_is_taken_back_on_its_page(visitor: Callable[..., Visitor], survey: Survey, city: City) -> None:
    token = tokens(survey, city, channel="qr")[0]
    page = f"/surveys/{survey.uid}/channels/qr"
    assert visitor("grid_worker").post(page, serial="1").status_code == 403
    assert visitor("supervisor").post(page, serial="1").status_code == 302
    assert Client().get(f"/p/survey/{token}").status_code == 409
    assert "taken back" in visitor("supervisor").get(page)[1]


def test_a_letter_among_many_can_be_found_and_taken_back(
    visitor: Callable[..., Visitor], survey: Survey, city: City
) -> None:
    tokens(survey, city, SIZE + 5)
    desk, page = visitor("supervisor"), f"/surveys/{survey.uid}/channels/household"
    offered = 'name="serial" value="1"'

    assert offered not in desk.get(page)[1]
    assert offered in desk.get(f"{page}?end=1")[1]
    assert desk.statements(f"{page}?end=1") <= MOST_STATEMENTS
    assert desk.post(page, serial="1").status_code == 302
    assert offered not in desk.get(f"{page}?end=1")[1]


@pytest.fixture
def posters(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages a minute are counted elsewhere; how often a poster is answered begins anew."""
    from civicloop.web.portal import limits

    limits.forget()
    monkeypatch.setattr(limits.WINDOWS["survey"], "most", 10_000)
    yield
    limits.forget()


def test_one_address_answers_posters_so_often_in_an_hour_and_letters_as_before(
    survey: Survey, city: City, posters: None
) -> None:
    from civicloop.web.portal.survey import MOST_BY_ADDRESS

    door = f"/p/survey/{tokens(survey, city, channel='qr')[0]}"
    letter = f"/p/survey/{tokens(survey, city)[0]}"
    told = [int(fill(Client(), door, **typed()).status_code) for _ in range(MOST_BY_ADDRESS + 1)]

    assert told == [200] * MOST_BY_ADDRESS + [429]
    assert Client().post(door, typed(), REMOTE_ADDR="10.9.8.7").status_code == 200, "another address"
    assert Client().post(letter, typed()).status_code == 200, "a letter is good for one answer anyway"


def test_answers_by_posters_are_counted_over_all_web_processes(survey: Survey, city: City, posters: None) -> None:
    from civicloop.web.portal.limits import WINDOWS
    from civicloop.web.portal.survey import MOST_BY_ADDRESS, POSTERS

    door = f"/p/survey/{tokens(survey, city, channel='qr')[0]}"
    told = []
    for _ in range(2 * MOST_BY_ADDRESS):
        POSTERS.forget()  # another process knows nothing of this one but what the database says
        told.append(fill(Client(), door, **typed()).status_code)
    assert told.count(200) <= MOST_BY_ADDRESS
    assert told[-1] == 429

    text = Client().get(door, REMOTE_ADDR="10.9.8.7").content.decode()
    work = {"key": hidden(text, "key"), "proof_challenge": hidden(text, "proof_challenge")}
    work["proof_answer"] = find(work["proof_challenge"], 15)
    told = []
    for _ in range(2):
        WINDOWS["survey_work"].forget()
        told.append(Client().post(door, {**typed(), **work}, REMOTE_ADDR="10.9.8.7").status_code)
    assert told == [200, 429], "one work is good for one answer, whichever process takes it"


def test_who_has_not_worked_answers_a_poster_five_times_and_one_work_is_good_for_one_answer(
    survey: Survey, city: City
) -> None:
    from civicloop.web.portal import limits
    from civicloop.web.portal.survey import MOST_UNPROVED

    limits.forget()
    door = f"/p/survey/{tokens(survey, city, channel='qr')[0]}"
    told = [Client().post(door, typed()).status_code for _ in range(MOST_UNPROVED + 1)]
    assert told == [200] * MOST_UNPROVED + [429]

    text = Client().get(door).content.decode()
    work = {"key": hidden(text, "key"), "proof_challenge": hidden(text, "proof_challenge")}
    work["proof_answer"] = find(work["proof_challenge"], 15)
    assert [Client().post(door, {**typed(), **work}).status_code for _ in range(2)] == [200, 429]
    assert "data-proof" not in Client().get(f"/p/survey/{tokens(survey, city)[0]}").content.decode()
    limits.forget()
