"""Packs that are broken are refused, with the file, the pointer and the reason."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from civicloop.kernel.refusal import Invalid
from civicloop.standards.rules.difference import diff, pack_digest
from civicloop.standards.rules.pack import find_packs, load_pack
from civicloop.standards.rules.problem import PackError

LIMIT = {"amount": 4, "unit": "work_hour"}
Change = Callable[[dict[str, Any]], object]


def text(words: str) -> dict[str, str]:
    return {"zh_Hans": words}


def condition(code: str = "1") -> dict[str, Any]:
    limits = {area: dict(LIMIT) for area in "ABC"}
    return {"code": code, "when": text("有垃圾"), "closing": text("清理"), "limits": limits, "sure": "low"}


def category(code: str, name: str) -> dict[str, Any]:
    photos = {"report": True, "rectify": True}
    about = {"kind": "matter", "major": "06", "line": "sanitation", "conditions": [condition()], "photos": photos}
    return {"code": code, "name": text(name), **about}


GOOD: dict[str, Any] = {
    "pack": {
        "name": "small",
        "edition": "2026",
        "title": text("小标准"),
        "source": text("试验用"),
        "code_pattern": "[0-9]{5}",
    },
    "lines": [{"key": "sanitation", "name": text("环卫")}],
    "majors": [{"code": "06", "kind": "matter", "name": text("市容环境类")}],
    "categories": [category("06010", "暴露垃圾"), category("06042", "垃圾满溢")],
    "point_types": [{"code": "P1", "name": text("街道"), "list": "handbook_29", "sure": "low"}],
}


class Plain(yaml.SafeDumper):
    """Writes a value out each time, since packs take no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(folder: Path, content: dict[str, Any], file: str = "pack.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(yaml.dump(content, Dumper=Plain, allow_unicode=True), encoding="utf-8")
    return folder


def changed(change: Change) -> dict[str, Any]:
    content = copy.deepcopy(GOOD)
    change(content)
    return content


def refused(folder: Path) -> PackError:
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    return caught.value


def question(**more: Any) -> dict[str, Any]:
    return {"code": "side", "question": text("哪一侧"), "datatype": "singlevaluelist", "required": False, **more}


def choice(key: str) -> dict[str, Any]:
    return {"key": key, "name": text("东侧")}


def item(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "text": text("干净"), "how": "look", "aspect": "environment", "sure": "low", **more}


def crossing(code: str) -> dict[str, Any]:
    to = [{"pack": "small", "kind": "matter", "code": code}]
    return {"kind": "matter", "name": "旧名", "match": "renamed", "sure": "low", "to": to}


def checklist(*items: dict[str, Any], of: str = "P1") -> dict[str, Any]:
    return {"code": "L", "name": text("街道表"), "applies_to": [of], "items": list(items)}


BROKEN: list[tuple[str, Change, str, str]] = [
    ("no title", lambda p: p["pack"].pop("title"), "/pack", "'title' is missing"),
    ("unknown section", lambda p: p.update(extra=[]), "", "'extra'"),
    ("unknown key", lambda p: p["categories"][1].update(colour="red"), "/categories/1", "'colour'"),
    ("code as number", lambda p: p["categories"][0].update(code=4104), "/categories/0/code", "quotes"),
    (
        "no Chinese",
        lambda p: p["categories"][0]["name"].update(zh_Hans="Refuse"),
        "/categories/0/name/zh_Hans",
        "no Chinese",
    ),
    (
        "limit for B missing",
        lambda p: p["categories"][0]["conditions"][0]["limits"].pop("B"),
        "/categories/0/conditions/0/limits",
        "'B' is missing",
    ),
    (
        "unit unknown",
        lambda p: p["categories"][0]["conditions"][0]["limits"]["A"].update(unit="minute"),
        "/categories/0/conditions/0/limits/A/unit",
        "'minute' is none of",
    ),
    (
        "no time at all",
        lambda p: p["categories"][0]["conditions"][0]["limits"]["A"].update(amount=0),
        "/categories/0/conditions/0/limits/A/amount",
        "minimum",
    ),
    (
        "half a day",
        lambda p: p["categories"][0]["conditions"][0]["limits"]["A"].update(amount=1.5, unit="work_day"),
        "/categories/0/conditions/0/limits/A/amount",
        "integer",
    ),
    ("no condition", lambda p: p["categories"][0].update(conditions=[]), "/categories/0/conditions", "non-empty"),
    ("condition absent", lambda p: p["categories"][0].pop("conditions"), "/categories/0", "no 'conditions'"),
    ("code twice", lambda p: p["categories"][1].update(code="06010"), "/categories/1/code", "stands twice"),
    (
        "condition twice",
        lambda p: p["categories"][0]["conditions"].append(condition()),
        "/categories/0/conditions/1/code",
        "already stands",
    ),
    (
        "code of other form",
        lambda p: p["categories"][1].update(code="0604"),
        "/categories/1/code",
        "does not look like",
    ),
    ("line unknown", lambda p: p["categories"][0].update(line="navy"), "/categories/0/line", "no line 'navy'"),
    ("major unknown", lambda p: p["categories"][0].update(major="07"), "/categories/0/major", "no major class '07'"),
    (
        "hint unknown",
        lambda p: p["categories"][0].update(hints=[{"code": "06999", "text": text("另报")}]),
        "/categories/0/hints/0/code",
        "no matter '06999'",
    ),
    (
        "list question without values",
        lambda p: p["categories"][0].update(questions=[question()]),
        "/categories/0/questions/0",
        "'values' is missing",
    ),
    (
        "choice twice",
        lambda p: p["categories"][0].update(questions=[question(values=[choice("east"), choice("east")])]),
        "/categories/0/questions/0/values/1/key",
        "already stands",
    ),
    (
        "group of unknown code",
        lambda p: p.update(groups=[{"key": "g", "kinds": ["matter"], "codes": ["06777"], "line": "sanitation"}]),
        "/groups/0/codes",
        "no matter 06777",
    ),
    ("group of all and some", lambda p: p.update(groups=[{"key": "g", "kinds": ["matter"]}]), "/groups/0", "not valid"),
    ("line twice", lambda p: p["lines"].append(p["lines"][0]), "/lines/1/key", "already stands"),
    ("like unknown", lambda p: p["point_types"][0].update(like="P9"), "/point_types/0/like", "no point type 'P9'"),
    (
        "checklist for unknown type",
        lambda p: p.update(checklists=[checklist(item("L-1"), of="P9")]),
        "/checklists/0/applies_to/0",
        "no point type 'P9'",
    ),
    (
        "item becomes unknown",
        lambda p: p.update(checklists=[checklist(item("L-1", becomes="06999"))]),
        "/checklists/0/items/0/becomes",
        "no matter '06999'",
    ),
    (
        "item twice",
        lambda p: p.update(checklists=[checklist(item("L-1"), item("L-1"))]),
        "/checklists/0/items/1/code",
        "already stands",
    ),
    (
        "crosswalk to nowhere",
        lambda p: p.update(crosswalk=[crossing("06999")]),
        "/crosswalk/0/to/0/code",
        "no matter '06999'",
    ),
    (
        "other name than the folder",
        lambda p: p["pack"].update(name="large"),
        "/pack/name",
        "not the name of the folder",
    ),
    ("uses a pack that is not there", lambda p: p["pack"].update(uses=["absent"]), "/pack/uses/0", "no pack 'absent'"),
    ("uses itself", lambda p: p["pack"].update(uses=["small"]), "/pack/uses/0", "in turn"),
    ("no pattern of codes", lambda p: p["pack"].update(code_pattern="[0-9"), "/pack/code_pattern", "regex"),
    (
        "table that is not there",
        lambda p: p.update(codes_from=[{"file": "data/none.tsv", "kind": "matter"}]),
        "/codes_from/0/file",
        "cannot be read",
    ),
    (
        "table outside the pack",
        lambda p: p.update(codes_from=[{"file": "data/../../x.tsv", "kind": "matter"}]),
        "/codes_from/0/file",
        "does not match",
    ),
]


def test_the_small_pack_itself_is_taken(tmp_path: Path) -> None:
    pack = load_pack(write(tmp_path / "small", GOOD))
    assert [one.code for one in pack.categories] == ["06010", "06042"]


@pytest.mark.parametrize(("change", "pointer", "reason"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_pack_is_refused_with_its_place(tmp_path: Path, change: Change, pointer: str, reason: str) -> None:
    error = refused(write(tmp_path / "small", changed(change)))
    assert (error.file, error.pointer) == ("pack.yaml", pointer)
    assert reason in error.reason
    assert isinstance(error, Invalid)
    assert error.params["file"] == "pack.yaml"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("pack: [", "line 2"),
        ("pack: {name: a, name: b}", "stands twice"),
        ("a: &x [1]\nb: [*x, *x]", "aliases"),
        ("- 1", "mapping"),
        ("", "mapping"),
        ("pack: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
        ("pack: .nan", "no number"),
        ("? [a, b]\n: 1", "plain text"),
        ("[" * 20000 + "]" * 20000, "mapping"),
        ("pack: \x07", "no YAML"),
    ],
)
def test_a_file_that_is_no_plain_yaml_is_refused(tmp_path: Path, written: str, reason: str) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "pack.yaml").write_text(written, encoding="utf-8")
    error = refused(folder)
    assert error.file == "pack.yaml"
    assert reason.lower() in error.reason.lower()


def test_bytes_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "pack.yaml").write_bytes("pack: 城".encode("gb18030"))
    assert "not UTF-8" in refused(folder).reason


def test_a_folder_without_header_file_is_refused_and_not_found(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    assert "no such file" in refused(tmp_path / "small").reason
    assert find_packs(tmp_path) == ()


def test_an_unquoted_code_is_refused_since_yaml_reads_it_as_octal(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", GOOD)
    more = 'categories:\n  - {code: 06011, kind: matter, major: "06", line: sanitation}\n'
    (folder / "more.yaml").write_text(more, encoding="utf-8")
    error = refused(folder)
    assert (error.file, error.pointer) == ("more.yaml", "/categories/0/code")
    assert "quotes" in error.reason


def test_all_faults_are_listed_not_only_the_first(tmp_path: Path) -> None:
    def change(pack: dict[str, Any]) -> None:
        pack["categories"][0]["line"] = "navy"
        pack["categories"][1]["major"] = "09"

    error = refused(write(tmp_path / "small", changed(change)))
    assert {problem.pointer for problem in error.problems} == {"/categories/0/line", "/categories/1/major"}


def test_the_second_file_with_the_same_category_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", GOOD)
    write(folder, {"categories": [category("06010", "暴露垃圾")]}, "zz.yaml")
    error = refused(folder)
    assert (error.file, error.pointer) == ("zz.yaml", "/categories/0/code")


def test_two_packs_that_use_each_other_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "small", changed(lambda p: p["pack"].update(uses=["other"])))
    write(tmp_path / "other", changed(lambda p: p["pack"].update(name="other", uses=["small"])))
    assert refused(tmp_path / "small").pack == "other"


def table_pack(folder: Path, *rows: str) -> Path:
    def change(pack: dict[str, Any]) -> None:
        defaults = {key: pack["categories"][0][key] for key in ("line", "conditions", "photos")}
        pack.pop("categories")
        pack["groups"] = [{"key": "all", "kinds": ["matter"], "majors": ["06"], **defaults}]
        pack["codes_from"] = [{"file": "data/matters.tsv", "kind": "matter"}]

    write(folder, changed(change))
    (folder / "data").mkdir()
    lines = "\n".join(("code\tmajor_name\tminor_name", *rows))
    (folder / "data" / "matters.tsv").write_text(lines + "\n", encoding="utf-8")
    return folder


def test_a_table_gives_categories_their_codes_and_a_group_their_defaults(tmp_path: Path) -> None:
    pack = load_pack(table_pack(tmp_path / "small", "06010\t市容环境类\t暴露垃圾"))
    assert pack.category("06010").name.zh_Hans == "暴露垃圾"
    assert pack.category("06010").line == "sanitation"


@pytest.mark.parametrize(
    ("rows", "pointer"),
    [
        (["06010\t市容环境类\t暴露垃圾", "06010\t市容环境类\t暴露垃圾"], "/1/code"),
        (["06010\t街面秩序类\t暴露垃圾"], "/0/major_name"),
        (["06010\t市容环境类"], "/0"),
        (["6010\t市容环境类\t暴露垃圾"], "/0/major"),
        ([], ""),
    ],
)
def test_a_broken_table_is_refused_with_its_row(tmp_path: Path, rows: list[str], pointer: str) -> None:
    error = refused(table_pack(tmp_path / "small", *rows))
    assert error.file == "data/matters.tsv"
    assert pointer in [problem.pointer for problem in error.problems]


def test_what_is_written_for_a_category_wins_over_its_group(tmp_path: Path) -> None:
    folder = table_pack(tmp_path / "small", "06010\t市容环境类\t暴露垃圾", "06042\t市容环境类\t垃圾满溢")
    write(folder, {"categories": [{"code": "06042", "kind": "matter", "radius_m": 30}]}, "own.yaml")
    pack = load_pack(folder)
    assert pack.category("06042").radius_m == 30
    assert pack.category("06042").conditions == pack.category("06010").conditions
    assert pack.category("06010").radius_m is None


def test_an_escalation_ladder_that_falls_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", GOOD)
    rungs = [
        {"key": "late", "name": text("超期"), "after_due": {"amount": 24, "unit": "urgent_hour"}, "tell": "supervisor"},
        {"key": "soon", "name": text("将到期"), "fraction": 0.75, "tell": "handler"},
    ]
    stages = dict.fromkeys(("file", "dispatch", "verify", "close"), LIMIT)
    policy = {
        "stages": stages,
        "escalation": rungs,
        "return": {"within": LIMIT, "at_most": 1},
        "duplicate": {"radius_m": 50, "days": 14},
        "recurrence": {"radius_m": 50, "window_days": 30, "limit_factor": 0.5},
        "whistles": [{"kind": "emergency", "name": text("应急哨"), "arrive": LIMIT, "sure": "low"}],
        "appeal": {"within": LIMIT},
        "extend": {"at_most": 1, "limit_factor": 1},
        "suspend": {"review_days": 90},
    }
    error = refused(write(folder, {"policy": policy}, "policy.yaml"))
    assert (error.file, error.pointer) == ("policy.yaml", "/policy/escalation/1")


def test_comments_and_layout_leave_the_digest_and_meaning_changes_it(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", GOOD)
    before = load_pack(folder)
    content = copy.deepcopy(GOOD)
    second = content["categories"].pop(0)
    write(folder, content)
    write(folder, {"categories": [second]}, "aa.yaml")
    moved = load_pack(folder)
    assert pack_digest(moved) == pack_digest(before)
    second["conditions"][0]["limits"]["A"]["amount"] = 5
    write(folder, {"categories": [second]}, "aa.yaml")
    assert pack_digest(load_pack(folder)) != pack_digest(before)


def test_a_difference_lists_added_removed_and_changed_categories(tmp_path: Path) -> None:
    def change(pack: dict[str, Any]) -> None:
        pack["categories"][0]["conditions"][0]["limits"]["A"]["amount"] = 2.5
        pack["categories"][1] = category("06017", "绿地脏乱")

    old = load_pack(write(tmp_path / "old" / "small", GOOD))
    new = load_pack(write(tmp_path / "new" / "small", changed(change)))
    found = diff(old, new)
    assert [one.code for one in found.added] == ["06017"]
    assert [one.code for one in found.removed] == ["06042"]
    assert [(one.code, [field.name for field in one.fields]) for one in found.changed] == [("06010", ["conditions"])]
    assert found.changed[0].fields[0].new[0]["limits"]["A"] == {"amount": "2.5", "unit": "work_hour"}
