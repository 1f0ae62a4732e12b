"""A checklist as an XLSForm: the same rows for the workbook an office opens and for pyxform, which makes the XForm of them.

`workbook` gives plain lists and dicts (sheets survey, choices and settings), so that `pyxform.xls2xform.convert` takes it
as it is. The names of fields are part of the agreement with whoever reads submissions: `field_of` and `item_of`.

=================  =============================================================================================
`point`            the place, chosen from `points.csv` (columns name and label), which the server serves beside it
`length_m`         metres walked; asked where an item counts per so many metres
ITEM               met, not_met, not_applicable or cannot_tell
ITEM_count         the number counted; it must fit the answer
ITEM_note          words to the answer, where it is not met or cannot be told
ITEM_photo         the picture, where the item's rule asks for one
`commended`        items that are done especially well
`extra`            repeated: other problems seen, with description, category, place and photo
=================  =============================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator

from civicloop.standards.rules.book import StandardBook
from civicloop.standards.rules.shapes import Checklist, ChecklistItem, Count
from civicloop.standards.rules.words import Text

Row = dict[str, str]
ZH, EN = "中文 (zh)", "English (en)"
POINTS_FILE = "points.csv"
ANSWERS = (
    ("met", Text("符合", "Met")),
    ("not_met", Text("不符合", "Not met")),
    ("not_applicable", Text("不适用", "Not applicable")),
    ("cannot_tell", Text("无法判断", "Cannot tell")),
)
# Counted in parts as well as in whole numbers.
MEASURED = ("percent", "metre")
# Enough to read a plate or a notice; larger pictures only fill phones and lines.
IMAGE = {"type": "image", "parameters": "max-pixels=2560"}
COMPARE = {"at_least": (">=", "<"), "at_most": ("<=", ">")}


def field_of(code: str) -> str:
    """The name of an item's answer in the form. Codes have hyphens, which an expression would read as minus."""
    return code.replace("-", "_")


def item_of(field: str) -> str:
    """The code of the item that a field answers: the inverse of `field_of`."""
    return field.replace("_", "-")


def form_id(book: StandardBook, checklist: Checklist) -> str:
    """The id of a checklist's form: the same over the editions, which differ in their version."""
    return f"{book.pack}_{field_of(checklist.code)}"


def workbook(book: StandardBook, checklist: Checklist) -> dict[str, list[Row]]:
    """The form of a checklist in pyxform's plain form: rows of `survey`, `choices` and `settings`."""
    return {
        "survey": list(_survey(checklist)),
        "choices": list(_choices(checklist)),
        "settings": [
            {
                "form_title": f"{checklist.name.zh_Hans}（{book.name}）",
                "form_id": form_id(book, checklist),
                "version": f"{book.name}-{book.digest[:12]}",
                "default_language": ZH,
                "instance_name": f"concat('{checklist.code} ', ${{point}}, ' ', ${{today}})",
                "style": "pages",
            }
        ],
    }


def columns(rows: list[Row]) -> list[str]:
    """The headings of a sheet, in the order in which they first appear."""
    return list(dict.fromkeys(heading for row in rows for heading in row))


def _label(text: Text, name: str = "label") -> Row:
    return {f"{name}::{ZH}": text.zh_Hans, f"{name}::{EN}": text.en or text.zh_Hans}


def _survey(checklist: Checklist) -> Iterator[Row]:
    for kind in ("start", "end", "today"):
        yield {"type": kind, "name": kind}
    yield {
        "type": f"select_one_from_file {POINTS_FILE}", "name": "point", "required": "yes", "appearance": "autocomplete",
    } | _label(Text("点位", "Place"))  # fmt: skip
    yield {"type": "geopoint", "name": "place"} | _label(Text("现场位置", "Where you stand"))
    if any(item.counts and item.counts.per_m for item in checklist.items):
        yield {"type": "decimal", "name": "length_m", "required": "yes", "constraint": ". > 0 and . <= 50000"} | _label(
            Text("步行路段长度（米）", "Length walked (m)")
        )
    for item in checklist.items:
        yield from _item(item)
    yield {"type": "select_multiple items", "name": "commended"} | _label(Text("做得好的项目", "Especially well done"))
    yield from _extra()
    yield {"type": "text", "name": "note", "appearance": "multiline"} | _label(Text("备注", "Notes"))


def _item(item: ChecklistItem) -> Iterator[Row]:
    name = field_of(item.code)
    answer = f"${{{name}}}"
    yield {"type": "begin_group", "name": f"{name}_group", "appearance": "field-list"} | _label(
        Text(item.code, item.code)
    )
    yield {"type": "select_one answer", "name": name, "required": "yes"} | _label(item.text) | _hint(item)
    if item.counts is not None:
        yield _count(name, answer, item.counts)
    yield {
        "type": "text", "name": f"{name}_note", "relevant": f"{answer} = 'not_met' or {answer} = 'cannot_tell'",
    } | _label(Text("情况说明", "What you saw"))  # fmt: skip
    if item.photo != "never":
        judged = f"{answer} = 'not_met'" + (f" or {answer} = 'met'" if item.photo == "always" else "")
        yield IMAGE | {"name": f"{name}_photo", "relevant": judged, "required": "yes"} | _label(Text("照片", "Photo"))
    yield {"type": "end_group"}


def _hint(item: ChecklistItem) -> Row:
    except_zh = "；".join(one.zh_Hans for one in item.exceptions)
    except_en = "; ".join(one.en or one.zh_Hans for one in item.exceptions)
    chinese = [item.observe.zh_Hans] if item.observe else []
    english = [item.observe.en or item.observe.zh_Hans] if item.observe else []
    chinese += [f"不算问题：{except_zh}"] if except_zh else []
    english += [f"No fault: {except_en}"] if except_en else []
    return _label(Text("。".join(chinese), ". ".join(english)), "hint") if chinese else {}


def _count(name: str, answer: str, count: Count) -> Row:
    reached, missed = COMPARE[count.compare]
    asked = f"{count.value:g}"
    if count.per_m:
        asked = f"({asked} * ${{length_m}} div {count.per_m})"
    fits = f"({answer} = 'met' and . {reached} {asked}) or ({answer} = 'not_met' and . {missed} {asked})"
    return (
        {
            "type": "decimal" if count.unit in MEASURED else "integer",
            "name": f"{name}_count",
            "relevant": f"{answer} = 'met' or {answer} = 'not_met'",
            "required": "yes",
            "constraint": f". >= 0 and ({fits})",
        }
        | _label(count.what)
        | _label(Text("数值与答案不一致", "The number does not fit the answer"), "constraint_message")
    )


def _extra() -> Iterator[Row]:
    yield {"type": "begin_repeat", "name": "extra"} | _label(Text("其他问题", "Other problems"))
    yield {"type": "text", "name": "extra_description", "required": "yes"} | _label(Text("问题描述", "Description"))
    yield {"type": "text", "name": "extra_category", "constraint": "regex(., '^[0-9]{5}$')"} | _label(
        Text("事项编码", "Code of the matter")
    )
    yield {"type": "geopoint", "name": "extra_place"} | _label(Text("位置", "Place"))
    yield IMAGE | {"name": "extra_photo"} | _label(Text("照片", "Photo"))
    yield {"type": "end_repeat"}


def _choices(checklist: Checklist) -> Iterator[Row]:
    for name, words in ANSWERS:
        yield {"list_name": "answer", "name": name} | _label(words)
    for item in checklist.items:
        yield {"list_name": "items", "name": field_of(item.code)} | _label(item.text)
