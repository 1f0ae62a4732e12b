"""What requests are told from, read as columns: two statements for a list, however long, three with `extensions=true`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Count, F, Func, OuterRef, QuerySet, Subquery, When, Window
from django.db.models import Case as Choice
from django.db.models.expressions import RawSQL

from civicloop.cases.models import Case, CaseStep
from civicloop.organisation.models import Point
from civicloop.residents.models import Open311Request, ReportPhoto
from civicloop.residents.rules.open311 import TOLD

Row = Mapping[str, Any]
Step = Mapping[str, Any]
Photo = tuple[str, int, int, datetime]
COLUMNS = (
    "id", "state", "category_id", "unit_id", "description", "address", "lat", "lon", "merged_into_id", "point_id", "grid_id",
)  # fmt: skip
# Besides, where more is told: `reported_at` to the microsecond, by which a long file goes on where it stopped.
FURTHER = ("answers", "source", "reported_at")
# The step whose sentence names a unit.
NAMING = "dispatch"


class Second(Func):
    """A moment as the second it lies in, counted since 1970: a whole number is read in a fraction of the time of a moment."""

    output_field = BigIntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="floor(extract(epoch from %(expressions)s))::bigint", **more)

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        # Kept as text, with fractions that SQLite would round.
        template = "CAST(strftime('%%%%s', substr(%(expressions)s, 1, 19)) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **more)


def rows_of(cases: QuerySet[Case], extended: bool) -> list[Row]:
    """The columns that are shown, moments as seconds (`reported`, `due`, `ended`, `changed`): one statement."""
    last = CaseStep.objects.filter(case=OuterRef("pk"), seq=OuterRef("version")).order_by().values(second=Second("at"))
    rows = cases.annotate(
        reported=Second("reported_at"), due=Second("due_at"), ended=Second("ended_at"), changed=Subquery(last[:1])
    )
    columns = (*COLUMNS, "reported", "due", "ended", "changed")
    if not extended:
        return list(rows.values(*columns))
    program = Open311Request.objects.filter(report__case=OuterRef("pk")).order_by("pk").values("key__client")[:1]
    rows = rows.annotate(sent_by=Subquery(program), dispatched=Second("dispatched_at"))
    return list(rows.values(*columns, *FURTHER, "sent_by", "dispatched"))


def page_of(cases: QuerySet[Case], first: int, many: int, extended: bool) -> tuple[list[Row], int]:
    """The rows of one page, and how many there are on all pages: counted while the page is looked up, by numbers alone."""
    counted = cases.annotate(total=Window(Count("pk"))).values_list("pk", "total")
    found = list(counted[first : first + many])
    if not found:  # behind the last page nothing is counted along
        return [], cases.count()
    place = {number: at for at, (number, _total) in enumerate(found)}
    rows = rows_of(Case.objects.filter(pk__in=listed(place)).order_by(), extended)
    return sorted(rows, key=lambda row: place[row["id"]]), found[0][1]


def photos_of(numbers: Iterable[int]) -> dict[int, list[Photo]]:
    """The photos a moderator has accepted, of each case, with width, height and when they came: one statement."""
    found: dict[int, list[Photo]] = defaultdict(list)
    columns = ("report__case_id", "photo_id", "photo__width", "photo__height", "report__received_at")
    for case_id, *photo in _accepted(numbers).values_list(*columns):
        found[case_id].append((photo[0], photo[1], photo[2], photo[3]))
    return found


def pictures_of(numbers: Iterable[int]) -> dict[int, list[str]]:
    """The same by their SHA-256 alone."""
    found: dict[int, list[str]] = defaultdict(list)
    for case_id, sha256 in _accepted(numbers).values_list("report__case_id", "photo_id"):
        found[case_id].append(sha256)
    return found


def _accepted(numbers: Iterable[int]) -> QuerySet[ReportPhoto]:
    return ReportPhoto.objects.filter(state="accepted", report__case__in=listed(numbers)).order_by("id")


def listed(numbers: Iterable[int]) -> RawSQL:
    """Whole numbers as they stand in a statement: a thousand parameters are slower to hand over than to look up."""
    return RawSQL(",".join(str(int(number)) for number in numbers) or "NULL", ())


def points_of(numbers: Collection[int]) -> dict[int, str]:
    """The codes of inspection points: one statement, none where there is none."""
    return dict(Point.objects.filter(pk__in=numbers).values_list("pk", "code")) if numbers else {}


def notes_of(numbers: Iterable[int]) -> dict[int, list[Step]]:
    """The steps told to the public, of each case, oldest first: one statement."""
    found: dict[int, list[Step]] = defaultdict(list)
    # The names are sorted out here: asked for by name, SQLite would walk through all steps of that name in the city.
    rows = CaseStep.objects.filter(case__in=listed(numbers)).order_by("case", "seq")
    # What stands in the steps is read of those alone that name a unit.
    rows = rows.annotate(named=Choice(When(name=NAMING, then=F("data"))), second=Second("at"))
    for row in rows.values("case_id", "name", "second", "named", "case__merged_into_id"):
        if row["name"] in TOLD:
            found[row["case_id"]].append(row)
    return found
