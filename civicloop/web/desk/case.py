"""The page of one case: the sentence, what must be done now and by whom, the story, and everything else folded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from civicloop.cases import queries
from civicloop.cases.around import Around, around
from civicloop.cases.models import Case
from civicloop.cases.sides import LEAVING_ROWS, ON_FORWARD, Sides, sides_of
from civicloop.documents import queries as documents
from civicloop.kernel.refusal import NotFound
from civicloop.ledger.queries import history
from civicloop.organisation import policy
from civicloop.organisation.models import Person
from civicloop.photos import voices
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.papers import kinds_for
from civicloop.web.desk.residents.notices import said_of
from civicloop.web.ui import timewords
from civicloop.web.ui.asked import asked_outside
from civicloop.web.ui.choices import proposal_words
from civicloop.web.ui.clockwords import because
from civicloop.web.ui.ledgerwords import details
from civicloop.web.ui.story import Told, before_and_after, story_of
from civicloop.web.ui.whocan import must_act
from civicloop.web.ui.words import GRAVE, NOW_DO

# Of the steps open to a person the first of these is the main thing to do; the others are choices.
FIRST = (
    "report_in", "decide_appeal", "grant_extension", "answer_supervision", "file", "dispatch", "accept", "rectify", "verify",
    "close", "review",
)  # fmt: skip
MOST_NEARBY = 8
MOST_PAPERS = 20


@dataclass(frozen=True)
class ClockShown:
    """How a due time was counted."""

    why: str
    limit: str
    since: Any
    due_at: Any
    provisional: bool
    days: list[timewords.Counted]
    history: list[str]


@login_required
@require_GET
def case(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The whole page."""
    asking = asker(request)
    return render(request, "desk/case.html", page_of_case(queries.get(uid, asking.actor, kin=False), asking, request))


@login_required
@require_GET
def ledger(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Every line the ledger holds about a case, for auditors."""
    asking = asker(request)
    policy.require(asking.person, "ledger.read", at=timezone.localtime(asking.at))
    # Whoever may read the ledger may read it of every case, and of the case itself sees only what its lines say.
    found = Case.objects.select_related("category", "unit", "owner").filter(uid=uid).first()
    if found is None:
        raise NotFound("case", uid)
    lines = list(history("case", found.uid))
    people = dict(Person.objects.filter(uid__in={line.by for line in lines if line.by}).values_list("uid", "name"))
    told = {
        "case": found,
        "lines": [(line, people.get(line.by, "") if line.by else "", details(line.data)) for line in lines],
    }
    return render(request, "desk/ledger.html", told)


@login_required
@require_GET
def papers(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The papers about a case that the reader may see: a part of its page, read when somebody wants them, or a page of its own."""
    asking = asker(request)
    found = queries.get(uid, asking.actor)
    told = {
        "case": found,
        "papers": list(documents.papers(asking.actor).filter(case=found)[:MOST_PAPERS]),
        "may_prepare": bool(kinds_for(asking)),
    }
    return render(
        request, "ui/case_papers.html" if request.headers.get("HX-Request") else "desk/case_papers.html", told
    )


def page_of_case(found: Case, asking: Asker, request: HttpRequest) -> dict[str, Any]:
    """What the template of the page shows."""
    story = story_of(queries.story(found), asking, voices.of_loop("case", found.uid))
    sides = _sides(found, story)
    steps = queries.steps_open_to(asking.actor, found, at=asking.at, ref=asking.ref)
    main = next((step for name in FIRST for step in steps if step.name == name), None)
    unit, reasons = proposal_words(found, asking)
    return {
        "case": found,
        "category": asking.ref.categories.by_id(found.category_id),
        "condition": asking.ref.categories.by_id(found.category_id).condition(found.condition_id),
        "left": timewords.left(found, asking.at, asking.ref),
        "now_do": NOW_DO[found.state],
        "main_step": main,
        "steps": [step for step in steps if step is not main and step.name not in ON_FORWARD],
        "story": story,
        "pairs": before_and_after(story),
        "clock": clock_shown(found, asking),
        **_surroundings(found, asking, {step.name for step in steps}),
        "must_act": must_act(found, asking),
        "said_of": said_of(found, asking),
        "asked": asked_outside(sides.forwards, found, asking, request),
        "may_forward": {step.name for step in steps} & set(ON_FORWARD),
        "sides": sides,
        "proposed_unit": unit,
        "proposed_because": reasons,
        "answers": _answers(found, asking),
        "may_read_ledger": asking.actor.has(*policy.MAY["ledger.read"]),
        "grave": GRAVE,
    }


def _surroundings(found: Case, asking: Asker, steps: set[str]) -> dict[str, Any]:
    """Cases near in place and time, and what hangs together with this one."""
    near: Around = around(found, asking.actor, most=MOST_NEARBY)
    open_same = [one for one in near.neighbours if one.same and found.ended_at is None and one.case.ended_at is None]
    return {"around": near, "open_same": open_same, "may_merge": "merge" in steps}


def clock_shown(found: Case, asking: Asker) -> ClockShown | None:
    """The explanation of the clock that counts now; of the handling clock once the case has ended."""
    clock = timewords.running_clock(found)
    if clock is None:
        return None
    calendar = asking.ref.calendar_for(timewords.clock_unit(found))
    why = because(clock, calendar, asking.at, was_due=found.due_at if found.ended_at else None)
    return ClockShown(
        why, timewords.limit_words(clock.limit), clock.since, clock.due_at, clock.provisional,
        timewords.counted(clock, calendar), timewords.events(clock),
    )  # fmt: skip


def _sides(found: Case, story: list[Told]) -> Sides:
    """The side affairs: at most one statement, none where neither the story nor the ladder has left any."""
    left_some = found.supervised or not LEAVING_ROWS.isdisjoint(told.step.name for told in story)
    return sides_of(found).read() if left_some else sides_of(found).none()


def _answers(found: Case, asking: Asker) -> list[tuple[str, str]]:
    """The extra questions with their answers in words."""
    told = []
    for question in asking.ref.categories.by_id(found.category_id).questions:
        if question.code in found.answers:
            names = {str(one["key"]): str(one.get("name", one["key"])) for one in question.values}
            value = found.answers[question.code]
            values = value if isinstance(value, list) else [value]
            told.append((question.text, " · ".join(names.get(str(one), str(one)) for one in values)))
    return told
