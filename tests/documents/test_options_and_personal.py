"""What else a paper may be asked for; papers with personal data, read by who asked for them alone, each reading written down."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from civicloop.documents import actions, queries
from civicloop.documents.commands import paper as command
from civicloop.documents.models import Paper
from civicloop.documents.papers import KINDS
from civicloop.documents.rules.options import Option, checked
from civicloop.kernel.refusal import Invalid, NotAllowed, NotFound, Refused
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City, hours

LATER = MONDAY_NINE + hours(2)
YEAR = {"start": date(2026, 1, 1), "end": date(2026, 11, 23)}


def handbook(city: City, **options: Any) -> Paper:
    made = actions.prepare(
        kind="handbook", unit_id=city.lotus.pk, by=city.supervisor, at=MONDAY_NINE, options=options, **YEAR
    )
    made.refresh_from_db()
    assert made.state == "ready", made.failure
    return made


def seen_by(city: City, name: str, made: Paper) -> Paper:
    return queries.get(made.uid, reference.now().actor(getattr(city, name), day_of(MONDAY_NINE)))


def readings(made: Paper) -> list[tuple[str, str]]:
    lines = LedgerLine.objects.filter(kind="paper", uid=made.uid, verb="personal_data.read").order_by("pk")
    return [(line.data["how"], line.data["purpose"]) for line in lines]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("foto", "6", "unknown_option"), ("photos", "six", "not_a_number"), ("photos", "-1", "not_a_number"),
        ("photos", "61", "number_out_of_bounds"), ("photos", True, "not_a_number"), ("photos", "9" * 40, "number_out_of_bounds"),
    ],
)  # fmt: skip
def test_an_option_that_a_kind_does_not_have_or_take_is_refused(city: City, name: str, value: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.prepare(kind="bulletin", by=city.supervisor, at=LATER, options={name: value}, **YEAR)

    assert refused.value.code == code
    assert not Paper.objects.exists()


def test_options_are_read_from_typed_words() -> None:
    known = KINDS["ledger"].options

    assert checked(known, {"states": "closed， accepted,closed", "photos": "yes", "area": " "}) == {
        "states": ["closed", "accepted"], "photos": True,
    }  # fmt: skip
    assert checked(known, {"states": ["closed"], "photos": False}) == {"states": ["closed"], "photos": False}
    assert checked({"n": Option("number", least=1, most=9)}, {"n": 9}) == {"n": 9}
    for wrong in ({"states": "gone"}, {"photos": "perhaps"}, {"area": "x" * 201}):
        with pytest.raises(Refused):
            checked(known, wrong)


def test_the_command_takes_options_and_refuses_what_it_does_not_know(city: City, tmp_path: Path) -> None:
    def run(*more: str) -> Any:
        return CliRunner().invoke(command, ["ledger", "--out", str(tmp_path), "--as", "supervisor", *more])

    done = run("--option", "states=closed", "--option", "photos=no")

    assert done.exit_code == 0, done.output
    assert Paper.objects.get().options == {"states": ["closed"], "photos": False}
    for wrong, code in (
        ("nonsense=1", "unknown_option"),
        ("photos", "option_needs_value"),
        ("=1", "option_needs_value"),
    ):
        refused = run("--option", wrong).exception
        assert isinstance(refused, Invalid)
        assert refused.code == code


def test_a_whistle_record_may_be_about_a_period_or_about_one_case(city: City) -> None:
    made = actions.prepare(kind="whistle", by=city.supervisor, at=LATER, **YEAR)
    made.refresh_from_db()

    assert made.state == "ready"
    assert "未发起联合会商" in str(made.data)
    assert KINDS["whistle"].about == "city_or_case"


def test_a_handbook_with_whole_numbers_is_for_who_asked_for_it_alone(city: City) -> None:
    open_, whole = handbook(city), handbook(city, purpose="防汛值守通知")

    assert seen_by(city, "auditor", open_).pk == open_.pk
    assert seen_by(city, "leader", open_).pk == open_.pk
    assert seen_by(city, "supervisor", whole).pk == whole.pk
    for name in ("auditor", "leader", "dispatcher"):
        with pytest.raises(NotFound):
            seen_by(city, name, whole)
        assert whole not in queries.papers(reference.now().actor(getattr(city, name), day_of(MONDAY_NINE)))
    actions.issue(paper=whole, by=city.supervisor, at=LATER)
    with pytest.raises(NotFound):
        seen_by(city, "leader", whole)


def test_nothing_of_it_is_given_before_the_reading_is_written_down(city: City) -> None:
    whole = handbook(city, purpose="防汛值守通知")
    found = seen_by(city, "supervisor", whole)
    file = queries.files_of(found)[0]

    for read in (
        lambda: queries.preview_html(found, address=lambda one: ""), lambda: queries.page_image(found, 1),
        lambda: queries.page_images(found), lambda: queries.picture_of(found, "0" * 64), lambda: queries.open_file(file),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            read()
    assert readings(whole) == []

    actions.look(paper=found, how="preview", by=city.supervisor, at=LATER)
    assert "创建工作手册" in queries.preview_html(found, address=lambda one: "")
    actions.look(paper=found, how="docx", by=city.supervisor, at=LATER)
    assert queries.open_file(queries.file_of(found, "docx")).read(2) == b"PK"

    assert readings(whole) == [("preview", "防汛值守通知"), ("docx", "防汛值守通知")]


def test_only_who_asked_may_look(city: City) -> None:
    whole = handbook(city, purpose="防汛值守通知")

    for person in (city.dispatcher, city.auditor, None):
        with pytest.raises(NotAllowed):
            actions.look(paper=whole, how="preview", by=person, at=LATER)
    assert readings(whole) == []


def test_looking_at_any_other_paper_is_not_written_down(city: City) -> None:
    open_ = handbook(city, purpose="  ")

    assert actions.look(paper=open_, how="preview", by=city.auditor, at=LATER) is open_
    assert queries.preview_html(open_, address=lambda one: "")
    assert readings(open_) == []


def test_the_command_writes_down_each_file_it_gives(city: City, tmp_path: Path) -> None:
    username = Person.objects.get(pk=city.supervisor.pk).username
    told = CliRunner().invoke(
        command,
        ["handbook", "--unit", city.lotus.code, "--out", str(tmp_path), "--as", username, "--option", "purpose=防汛"],
    )

    assert told.exit_code == 0, told.output
    assert readings(Paper.objects.get()) == [("docx", "防汛"), ("pdf", "防汛")]
