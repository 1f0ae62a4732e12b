"""What residents have sent in the demo city: reports that wait, a closing that is doubted, plates, a complaint. All invented."""

from __future__ import annotations

from datetime import datetime, timedelta

from civicloop.cases.models import Case
from civicloop.jobs.port import no_jobs
from civicloop.organisation.models import Person, Point
from civicloop.residents.actions import Problem, ask_reopen, block, make_plate, receive
from civicloop.residents.actions.complaints import accept, submit
from civicloop.standards import reference

# What waits for a moderator: category, words, place in words, what the device did.
WAITING = (
    ("06010", "公交站后面的绿化带里堆了好几袋垃圾，两天没人清。", "银湖中路公交站", False),
    ("09009", "小区门口每天早上都停满车，婴儿车过不去。", "凤祥一里东门", False),
    ("06010", "全网最低价 http://a.example http://b.example", "不详", True),
)
DOUBT = "昨天去看还是老样子，垃圾只清了一半。"
PLATES = 6


def tell_residents(*, until: datetime) -> None:
    """Write it all, as of the last moment that the city's story tells of."""
    ref = reference.now()
    filer = Person.objects.get(username="filer")
    with no_jobs():
        for number, (code, words, address, proved) in enumerate(WAITING):
            category = ref.categories.by_code(code)
            if category is None:
                continue
            receive(
                Problem(category.id, words, address), sent_key=f"demo-form-of-a-resident-{number}", proved=proved,
                at=until - timedelta(hours=5 - number), ref=ref,
            )  # fmt: skip
        _doubt(until)
        for point in Point.objects.order_by("code")[:PLATES]:
            make_plate(point=point.uid, by=filer, at=until, ref=ref)
        block(kind="word", word="最低价", reason="广告", days=30, by=filer, at=until, ref=ref)
        submit(
            kind="suggestion",
            text="希望能看到附近正在施工的路段。",
            sent_key="demo-suggestion-of-a-resident",
            at=until - timedelta(days=1),
        )
        complaint, _code = submit(
            kind="complaint",
            text="查询页面的字太小，老人看不清。",
            sent_key="demo-complaint-of-a-resident",
            at=until - timedelta(days=2),
        )
        supervisor = Person.objects.filter(username="supervisor").first()
        if supervisor is not None:
            accept(complaint.uid, nobody=True, by=supervisor, at=until - timedelta(days=1))


def _doubt(until: datetime) -> None:
    """The newest case closed for a resident is said not to be put right."""
    closed = Case.objects.filter(
        state="closed", source="resident", closed_at__gt=until - timedelta(days=10), closed_at__lt=until
    )
    case = closed.order_by("-closed_at", "pk").first()
    if case is not None:
        ask_reopen(case.uid, reason=DOUBT, at=until - timedelta(minutes=30))
