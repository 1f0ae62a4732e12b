"""`civicloop set`: what a city may set of its standards, each change in somebody's name."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from civicloop.kernel.refusal import Refused
from civicloop.ledger.queries import history
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.standards.commands import set_group
from civicloop.standards.models import Category, LimitRow, Pack, Question, StandardText
from tests.cast import City

pytestmark = pytest.mark.django_db
BY = ("--by", "supervisor")
LITTER = "06010"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(set_group, list(arguments))


def done(*arguments: str) -> str:
    result = run(*arguments, *BY)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def code_of(*arguments: str) -> str:
    fault = run(*arguments).exception
    assert isinstance(fault, Refused), fault
    assert sentence(fault) != f"This cannot be done: {fault.code}."
    return fault.code


def test_a_question_is_asked_and_replaced_as_a_whole(city: City) -> None:
    done(
        "question",
        LITTER,
        "side",
        "哪一侧?",
        "--datatype",
        "singlevaluelist",
        "--required",
        "--value",
        "l=左侧",
        "--value",
        "r=右侧",
    )
    asked = reference.now().categories.by_id(city.litter.pk).questions
    assert [(one.code, one.text, one.datatype, one.required) for one in asked] == [
        ("side", "哪一侧?", "singlevaluelist", True)
    ]
    assert asked[0].values == ({"key": "l", "name": "左侧"}, {"key": "r", "name": "右侧"})
    line = history("category", city.litter.uid).last()
    assert line is not None
    assert (line.verb, line.by, line.data["code"]) == ("question.set", city.supervisor.uid, "side")

    done("question", LITTER, "side", "在哪里?")
    row = Question.objects.get()
    assert (row.text, row.datatype, row.required, row.values) == ("在哪里?", "string", False, [])


@pytest.mark.parametrize(
    "given",
    [
        ["--datatype", "singlevaluelist"], ["--value", "a=b"], ["--datatype", "multivaluelist", "--value", "ab"],
        ["--datatype", "multivaluelist", "--value", "=b"], ["--datatype", "singlevaluelist", "--value", "a=b", "--value", "a=c"],
        ["--datatype", "poem"], ["--order", "0"],
    ],
    ids=str,
)  # fmt: skip
def test_a_question_nobody_could_answer_is_not_asked(city: City, given: list[str]) -> None:
    assert run("question", LITTER, "q", "问?", *given, *BY).exit_code == 2
    assert not Question.objects.exists()


def test_a_category_is_set_and_given_back_to_the_citys_parameters(city: City) -> None:
    done(
        "category",
        LITTER,
        "--line",
        "urban_management",
        "--report-photo",
        "--no-rectify-photo",
        "--radius-m",
        "80",
        "--duplicate-days",
        "3",
    )
    seen = reference.now().categories.by_id(city.litter.pk)
    assert (seen.line, seen.needs_report_photo, seen.needs_rectify_photo) == ("urban_management", True, False)
    assert (seen.radius_m, seen.duplicate_days, seen.recurrence_days) == (80, 3, 30)
    line = history("category", city.litter.uid).last()
    assert line is not None
    assert (line.data["before"]["line"], line.data["after"]["line"]) == ("sanitation", "urban_management")

    done("category", LITTER, "--radius-m", "city", "--inactive")
    seen = reference.now().categories.by_id(city.litter.pk)
    assert (seen.radius_m, seen.duplicate_days, seen.active) == (50, 3, False)


def test_a_line_that_nobody_carries_is_said_aloud(city: City) -> None:
    assert "no active unit carries the line sanitatoin" in done("category", LITTER, "--line", "sanitatoin")
    assert "no active unit" not in done("category", LITTER, "--line", "sanitation")


@pytest.mark.parametrize(
    "given",
    [["--radius-m", "-1"], ["--radius-m", "9" * 12], ["--radius-m", "near"], ["--duplicate-days", "1.5"], []],
    ids=str,
)
def test_a_category_takes_only_whole_numbers_and_something_to_change(city: City, given: list[str]) -> None:
    assert run("category", LITTER, *given, *BY).exit_code == 2


def test_what_is_unknown_or_not_allowed_is_refused_and_changes_nothing(city: City) -> None:
    before = Category.objects.filter(code=LITTER).values().get()
    assert code_of("category", "00000", "--inactive", *BY) == "unknown_category"
    assert code_of("category", LITTER, "--inactive", "--pack", "other", *BY) == "unknown_category"
    assert code_of("category", LITTER, "--inactive", "--by", "handler") == "not_allowed"
    assert code_of("category", LITTER, "--line", "x" * 41, *BY) == "bad_value"
    assert code_of("question", "00000", "q", "问?", *BY) == "unknown_category"
    assert code_of("question", LITTER, "q", "问" * 201, *BY) == "bad_value"
    assert code_of("limit", LITTER, "A", "4", "work_hour", "--condition", "9", *BY) == "condition_unknown"
    assert code_of("limit", LITTER, "A", "0", "work_hour", *BY) != "not_allowed"
    assert code_of("text", "closed", "q", "好", "--category", "00000", *BY) == "unknown_category"
    assert code_of("text", "closed", "q" * 41, "好", *BY) == "bad_value"
    assert code_of("parameter", "place.snap_m", "{", *BY) == "wrong_shape"
    assert run("category", LITTER, "--inactive").exit_code == 2
    assert Category.objects.filter(code=LITTER).values().get() == before
    assert not Question.objects.exists()


def test_of_two_packs_with_the_same_code_the_first_counts_unless_one_is_named(city: City) -> None:
    later = Pack.objects.create(code="later", edition="1", title="晚", digest="1" * 64, loaded_at=timezone.now())
    other = Category.objects.create(pack=later, code=LITTER, name="别的", kind="matter")
    done("category", LITTER, "--radius-m", "7")
    done("category", LITTER, "--radius-m", "8", "--pack", "later")
    assert Category.objects.get(pk=city.litter.pk).radius_m == 7
    assert Category.objects.get(pk=other.pk).radius_m == 8


def test_limits_parameters_and_texts_are_set(city: City) -> None:
    done("limit", LITTER, "A", "6", "work_hour")
    assert LimitRow.objects.get(condition__category=city.litter, area_class="A").amount == 6
    assert done("parameter", "place.snap_m", "40") == "place.snap_m = 40\n"
    assert reference.now().parameters["place.snap_m"] == 40
    done("text", "closed", "thanks", "谢谢", "--category", LITTER)
    assert StandardText.objects.get().category == city.litter
