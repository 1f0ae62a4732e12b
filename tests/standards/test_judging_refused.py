"""What judges a city is refused when it does not hang together: with the file, the line and the reason."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from civicloop.standards.rules.lines import line_of
from civicloop.standards.rules.pack import load_pack
from civicloop.standards.rules.problem import PackError
from tests.standards.test_packs_refused import GOOD, checklist, item, refused, text, write

Change = Callable[[dict[str, Any]], object]


def project(code: str, weight: float, *items: str) -> dict[str, Any]:
    criterion = {"code": f"{code}-1-1", "text": text("路面干净"), "method": "site", "weight": 1, "sure": "low"}
    criteria = [{**criterion, "items": list(items)}]
    contents = [{"code": f"{code}-1", "name": text("环境"), "criteria": criteria}]
    return {"code": code, "name": text("生活环境"), "weight": weight, "sure": "low", "contents": contents}


def deduction(key: str, *ladder: tuple[int, float], **more: Any) -> dict[str, Any]:
    steps = [{"from_count": count, "points": points} for count, points in ladder]
    return {"key": key, "name": text("发现问题"), "event": "found", "ladder": steps, "sure": "low", **more}


JUDGING: dict[str, Any] = {
    **copy.deepcopy(GOOD),
    "checklists": [checklist(item("L-1"), item("L-2", disorder="wall_ads"))],
    "questions": [{"key": "environment", "name": text("环境"), "aspects": ["environment", "order"]}],
    "disorders": [{"key": "wall_ads", "name": text("广告乱贴")}],
    "projects": [project("P1", 0.4, "L-1"), project("P2", 0.6, "L-2")],
    "sample": {
        "rows": [{"point_type": "P1", "points": 3, "weight": 1, "sure": "low"}],
        "source": text("推测"),
        "sure": "low",
    },
    "scoring": {
        "methods": {"site": 0.7, "survey": 0.3},
        "sure": "low",
        "vetoes": [{"item": "L-1", "cap": 60}],
        "deductions": [deduction("found", (1, 0.3), (3, 1), at_most=10)],
    },
    "negative_list": [
        {"code": "N1", "text": text("重大事故"), "consequence": "suspend", "window_months": 12, "sure": "low"}
    ],
}


def criterion(pack: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = pack["projects"][0]["contents"][0]["criteria"][0]
    return found


def clause(**more: Any) -> dict[str, Any]:
    return {"code": "N2", "text": text("扣分"), "consequence": "deduct", "window_months": 6, "sure": "low", **more}


BROKEN: list[tuple[str, Change, str, str]] = [
    ("key nobody knows", lambda p: p["scoring"].update(bonus=3), "/scoring", "'bonus'"),
    (
        "key of a criterion nobody knows",
        lambda p: criterion(p).update(colour="red"),
        "/projects/0/contents/0/criteria/0",
        "'colour'",
    ),
    (
        "projects that make less than one",
        lambda p: p["projects"][1].update(weight=0.5),
        "/projects/1/weight",
        "make 0.9, not 1",
    ),
    (
        "methods that make more than one",
        lambda p: p["scoring"]["methods"].update(survey=0.4),
        "/scoring/methods",
        "make 1.1, not 1",
    ),
    ("sample that makes half", lambda p: p["sample"]["rows"][0].update(weight=0.5), "/sample/rows", "make 0.5, not 1"),
    ("method unknown", lambda p: p["scoring"]["methods"].update(rumour=0.1), "/scoring/methods", "'rumour'"),
    ("project twice", lambda p: p["projects"][1].update(code="P1"), "/projects/1/code", "already stands"),
    (
        "criterion with the code of a content",
        lambda p: criterion(p).update(code="P1-1"),
        "/projects/0/contents/0/criteria/0/code",
        "already stands",
    ),
    (
        "criterion names an item that is not there",
        lambda p: criterion(p).update(items=["L-9"]),
        "/projects/0/contents/0/criteria/0/items/0",
        "no checklist item 'L-9'",
    ),
    (
        "criterion on site without items",
        lambda p: criterion(p).pop("items"),
        "/projects/0/contents/0/criteria/0",
        "names its checklist items",
    ),
    (
        "document judged by items",
        lambda p: criterion(p).update(method="document"),
        "/projects/0/contents/0/criteria/0/items",
        "on site only",
    ),
    (
        "line of a criterion unknown",
        lambda p: criterion(p).update(line="navy"),
        "/projects/0/contents/0/criteria/0/line",
        "no line 'navy'",
    ),
    (
        "aspect in two questions",
        lambda p: p["questions"].append({"key": "order", "name": text("秩序"), "aspects": ["order"]}),
        "/questions/1/aspects/0",
        "already answers 'environment'",
    ),
    (
        "aspect in no question",
        lambda p: p["checklists"][0]["items"][0].update(aspect="service"),
        "/checklists/0/items/0/aspect",
        "no question has",
    ),
    ("question twice", lambda p: p["questions"].append(p["questions"][0]), "/questions/1/key", "already stands"),
    ("disorder unknown", lambda p: p["disorders"].clear(), "/checklists/0/items/1/disorder", "no disorder 'wall_ads'"),
    ("disorder twice", lambda p: p["disorders"].append(p["disorders"][0]), "/disorders/1/key", "already stands"),
    (
        "sample of a type unknown",
        lambda p: p["sample"]["rows"][0].update(point_type="P7"),
        "/sample/rows/0/point_type",
        "no point type",
    ),
    (
        "type drawn twice",
        lambda p: p["sample"]["rows"].append({**p["sample"]["rows"][0]}),
        "/sample/rows/1/point_type",
        "stands twice",
    ),
    (
        "veto of an item unknown",
        lambda p: p["scoring"]["vetoes"][0].update(item="L-9"),
        "/scoring/vetoes/0/item",
        "no checklist item",
    ),
    (
        "veto twice",
        lambda p: p["scoring"]["vetoes"].append({"item": "L-1", "cap": 50}),
        "/scoring/vetoes/1/item",
        "stands twice",
    ),
    (
        "ladder that falls",
        lambda p: p["scoring"]["deductions"].append(deduction("late", (1, 2), (2, 1))),
        "/scoring/deductions/1/ladder/1",
        "must rise",
    ),
    (
        "ladder that stands",
        lambda p: p["scoring"]["deductions"].append(deduction("late", (1, 2), (1, 3))),
        "/scoring/deductions/1/ladder/1",
        "must rise",
    ),
    (
        "most below the first step",
        lambda p: p["scoring"]["deductions"].append(deduction("late", (1, 2), at_most=1)),
        "/scoring/deductions/1/at_most",
        "less than the first step",
    ),
    (
        "deduction twice",
        lambda p: p["scoring"]["deductions"].append(deduction("found", (1, 2))),
        "/scoring/deductions/1/key",
        "stands twice",
    ),
    (
        "event unknown",
        lambda p: p["scoring"]["deductions"][0].update(event="rumour"),
        "/scoring/deductions/0/event",
        "'rumour' is none of",
    ),
    ("floor above the cap", lambda p: p["scoring"].update(floor=90, cap=80), "/scoring/floor", "not below the cap"),
    ("target above the cap", lambda p: p["scoring"].update(cap=80), "/scoring/target", "not between"),
    (
        "clause twice",
        lambda p: p["negative_list"].append(p["negative_list"][0]),
        "/negative_list/1/code",
        "already stands",
    ),
    (
        "deduction without points",
        lambda p: p["negative_list"].append(clause()),
        "/negative_list/1",
        "'points' is missing",
    ),
    (
        "points with another consequence",
        lambda p: p["negative_list"].append(clause(consequence="revoke", points=3)),
        "/negative_list/1",
        "3 does not go with",
    ),
    (
        "item that weighs nothing",
        lambda p: p["checklists"][0]["items"][0].update(weight=0),
        "/checklists/0/items/0/weight",
        "minimum",
    ),
    (
        "photo rule unknown",
        lambda p: p["checklists"][0]["items"][0].update(photo="sometimes"),
        "/checklists/0/items/0/photo",
        "'sometimes' is none of",
    ),
]


def changed(change: Change) -> dict[str, Any]:
    content = copy.deepcopy(JUDGING)
    change(content)
    return content


def test_the_small_pack_that_judges_is_taken(tmp_path: Path) -> None:
    pack = load_pack(write(tmp_path / "small", JUDGING))
    assert [one.weight for one in pack.projects] == [0.4, 0.6]
    assert pack.scoring is not None
    assert pack.scoring.deductions[0].ladder[1].points == 1


@pytest.mark.parametrize(("change", "pointer", "reason"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_what_does_not_hang_together_is_refused_with_its_place(
    tmp_path: Path, change: Change, pointer: str, reason: str
) -> None:
    error = refused(write(tmp_path / "small", changed(change)))
    assert (error.file, error.pointer) == ("pack.yaml", pointer)
    assert reason in error.reason
    assert error.line > 1
    assert f"pack.yaml:{error.line}" in str(error)
    assert error.params["line"] == error.line


def test_types_that_are_like_each_other_in_a_ring_are_refused(tmp_path: Path) -> None:
    def ring(pack: dict[str, Any]) -> None:
        first = pack["point_types"][0]
        pack["point_types"] = [
            {**first, "like": "P2"},
            {**first, "code": "P2", "like": "P3"},
            {**first, "code": "P3", "like": "P1"},
        ]

    error = refused(write(tmp_path / "small", changed(ring)))
    assert error.problems[0].code == "circle"
    assert error.reason == "P1 is like P2 is like P3 is like P1"
    assert len(error.problems) == 3


def test_a_type_that_is_like_one_in_a_ring_is_not_blamed_for_it(tmp_path: Path) -> None:
    def ring(pack: dict[str, Any]) -> None:
        first = pack["point_types"][0]
        pack["point_types"] = [{**first, "like": "P2"}, {**first, "code": "P2", "like": "P2"}]

    error = refused(write(tmp_path / "small", changed(ring)))
    assert [(one.pointer, one.code) for one in error.problems] == [("/point_types/1/like", "circle")]


HAND = """# a pack written by hand
pack:
  name: small
  edition: "2026"
  title: {zh_Hans: 小标准}
  source: {zh_Hans: 试验用}
point_types:
  - {code: P1, name: {zh_Hans: 街道}, list: handbook_29, sure: low}

  - code: P2
    name: {zh_Hans: 小巷}
    list: handbook_29
    like: P9
    sure: low
"""


def test_the_line_is_that_of_the_file_as_written(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "pack.yaml").write_text(HAND, encoding="utf-8")
    error = refused(folder)
    assert (error.file, error.line, error.pointer) == ("pack.yaml", 13, "/point_types/1/like")
    assert str(error) == "pack small: pack.yaml:13 #/point_types/1/like: no point type 'P9'"


def test_an_unknown_key_is_told_with_its_own_line(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "pack.yaml").write_text(HAND.replace("like: P9", "colour: red"), encoding="utf-8")
    error = refused(folder)
    assert (error.line, error.pointer) == (13, "/point_types/1")


def test_a_part_that_is_missing_is_told_with_the_line_of_what_lacks_it(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "pack.yaml").write_text(
        HAND.replace("    sure: low\n", "").replace("like: P9", "like: P1"), encoding="utf-8"
    )
    error = refused(folder)
    assert (error.line, error.reason) == (10, "'sure' is missing")


def test_yaml_that_cannot_be_read_is_told_with_the_line_where_reading_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "pack.yaml").write_text(HAND + "    like: P1\n    like: P1\n", encoding="utf-8")
    error = refused(folder)
    assert error.line == 15
    assert "stands twice" in error.reason


def test_a_row_of_a_table_is_told_by_its_line(tmp_path: Path) -> None:
    def table(pack: dict[str, Any]) -> None:
        pack["codes_from"] = [{"file": "data/matters.tsv", "kind": "matter"}]

    folder = write(tmp_path / "small", changed(table))
    (folder / "data").mkdir()
    (folder / "data" / "matters.tsv").write_text(
        "code\tmajor_name\tminor_name\n06010\t市容环境类\t暴露垃圾\n06042\t街面秩序类\t垃圾满溢\n", encoding="utf-8"
    )
    error = refused(folder)
    assert (error.file, error.line) == ("data/matters.tsv", 3)


def test_a_fault_in_a_pack_that_is_used_is_told_with_that_pack(tmp_path: Path) -> None:
    write(
        tmp_path / "other",
        changed(lambda p: (p["pack"].update(name="other"), p["sample"]["rows"][0].update(weight=0.1))),
    )
    error = refused(write(tmp_path / "small", changed(lambda p: p["pack"].update(uses=["other"]))))
    assert error.pack == "other"
    assert error.line > 1


def test_a_folder_that_names_an_edition_holds_that_edition(tmp_path: Path) -> None:
    assert load_pack(write(tmp_path / "small@2026", JUDGING)).name == "small"
    error = refused(write(tmp_path / "small@2018", JUDGING))
    assert (error.pointer, error.problems[0].code) == ("/pack/edition", "name")
    error = refused(write(tmp_path / "tall@2026", JUDGING))
    assert error.pointer == "/pack/name"


def test_a_pack_may_use_those_that_are_shipped(tmp_path: Path) -> None:
    pack = load_pack(write(tmp_path / "small", changed(lambda p: p["pack"].update(uses=["city-default"]))))
    assert pack.uses == ("city-default",)


def test_a_pointer_that_leads_nowhere_ends_at_the_last_part_that_is_there() -> None:
    import yaml

    tree = yaml.compose("a:\n  - b: 1\n", Loader=yaml.CSafeLoader)
    assert line_of(tree, "/a/0/b/c/d") == 2
    assert line_of(tree, "/a/7") == 1
    assert line_of(tree, "") == 1


def test_problems_keep_their_order_and_number(tmp_path: Path) -> None:
    def many(pack: dict[str, Any]) -> None:
        pack["sample"]["rows"][0]["weight"] = 0.5
        pack["scoring"]["methods"]["site"] = 0.1

    with pytest.raises(PackError) as caught:
        load_pack(write(tmp_path / "small", changed(many)))
    assert [one.pointer for one in caught.value.problems] == ["/sample/rows", "/scoring/methods"]
    assert "(and 1 more)" in str(caught.value)
