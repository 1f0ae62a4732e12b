"""Surveys, displays and honours in the demo city. The people of its towns are invented from its grids; so are all answers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml

from civicloop.demo.opinions import hear_at_doors
from civicloop.demo.pictures import picture
from civicloop.demo.points import place_in
from civicloop.demo.settle import City
from civicloop.organisation.models import Person, Unit
from civicloop.organisation.rules.roles import Role, UnitKind
from civicloop.photos.actions import store
from civicloop.publicity import actions as publicity
from civicloop.publicity.models import Display
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.standards.rules.pack import shipped_packs
from civicloop.surveys import actions
from civicloop.surveys.actions import StratumRow
from civicloop.surveys.models import Questionnaire, Survey

PEOPLE_OF_A_GRID = 640
LED_SHOPS, BOARDS, BROKEN = 75, 39, 4
BROKEN_THEME = "06"
AGES = {"18-34": 0.34, "35-59": 0.42, "60+": 0.24}
# How many of a hundred say yes, for each question, two years running; and how far a town may lie from it.
YES = {
    "know": (84, 90), "support": (90, 93), "takepart": (38, 47), "satisfied": (79, 85), "clean": (74, 80), "traffic": (61, 63),
    "market": (68, 76), "estate": (64, 67), "service": (82, 83), "noise": (58, 60),
}  # fmt: skip
APART = 7
# Answers from one drawn building, how far its people lie from their town, and how many answer at a poster.
OF_A_BUILDING, MOOD, AT_A_POSTER = 5, 22, 24
SLOGANS = ("讲文明 树新风", "垃圾分类 从我做起", "文明出行 礼让斑马线", "移风易俗 勤俭节约")


def hold_surveys(city: City, *, seed: int, until: datetime) -> None:
    """Two surveys with answers and one that is open; 75 LED shops, 39 boards; honours and door-step opinions in every state."""
    rng, ref = Random(f"{seed}:surveys"), reference.now()
    _surveys(city, rng, until)
    _displays(city, rng, until, ref)
    _honours(city, until, ref)
    hear_at_doors(city, dict(handlers(city, ref, until)), seed=seed, until=until, ref=ref)


def _surveys(city: City, rng: Random, until: datetime) -> None:
    content = yaml.safe_load(
        (Path(str(shipped_packs())) / "questionnaires" / "residents.yaml").read_text(encoding="utf-8")
    )
    questionnaire = actions.load_questionnaire(content=content, by=None, at=until)
    towns = sorted((one for one in city.units.values() if one.kind == UnitKind.TOWN), key=lambda one: one.code)
    minds = {town.name: rng.uniform(-APART, APART) for town in towns}
    for number, (title, days, margin) in enumerate((("三季度居民问卷", 80, 0.055), ("四季度居民问卷", 20, 0.05))):
        survey = _planned(city, questionnaire, title, until - timedelta(days=days), margin, towns)
        _answered(city, survey, number, minds, rng, until - timedelta(days=days - 3), 1.0)
        actions.close_survey(
            survey_uid=survey.uid, by=city.persons["supervisor3"], at=until - timedelta(days=days - 10)
        )
    survey = _planned(city, questionnaire, "年末居民问卷", until - timedelta(days=2), 0.07, towns)
    _answered(city, survey, 1, minds, rng, until - timedelta(days=1), 0.3)


def _planned(
    city: City, questionnaire: Questionnaire, title: str, at: datetime, margin: float, towns: Iterable[Unit]
) -> Survey:
    plots: dict[str, int] = {}
    for plot in city.land.plots:
        plots[plot.village.town] = plots.get(plot.village.town, 0) + 1
    strata = [_stratum(town, PEOPLE_OF_A_GRID * plots[town.code]) for town in towns if town.code in plots]
    day, by = at.date(), city.persons["supervisor3"]
    survey = actions.plan_survey(
        title=title, questionnaire=questionnaire, starts_on=day, ends_on=day + timedelta(days=12), strata=strata, margin=margin,
        response=0.6, group="age", by=by, at=at,
    )  # fmt: skip
    return actions.open_survey(survey_uid=survey.uid, by=by, at=at)


def _stratum(town: Unit, people: int) -> StratumRow:
    young, middle = round(people * AGES["18-34"]), round(people * AGES["35-59"])
    groups = {"18-34": young, "35-59": middle, "60+": people - young - middle}
    return StratumRow(town.name, people, town.pk, groups)


def _answered(
    city: City, survey: Survey, number: int, minds: dict[str, float], rng: Random, at: datetime, share: float
) -> None:
    """Every second answer is from one of the buildings drawn in the town, whose people think alike; others are drawn one by one."""
    interviewer = city.persons["reporter"]
    for stratum in survey.strata.all():
        moods: dict[int, float] = {}
        for place in range(max(3, round(stratum.wanted * share))):
            building = place // (2 * OF_A_BUILDING) + 1 if place % 2 else None
            mood = moods.setdefault(building, rng.uniform(-MOOD, MOOD)) if building else 0.0
            actions.interview(
                survey_uid=survey.uid, channel="household" if building else ("street", "phone")[place // 2 % 2],
                answers=_opinion(number, minds[stratum.name] + mood, rng), by=interviewer,
                at=at + timedelta(minutes=place), stratum_id=stratum.pk, cluster=building,
            )  # fmt: skip
    _at_a_poster(city, survey, number, rng, at)


def _at_a_poster(city: City, survey: Survey, number: int, rng: Random, at: datetime) -> None:
    """Who stops at a poster has something to say: less content than those who were drawn."""
    first = survey.strata.all()[0]
    (poster,) = actions.invite(
        survey_uid=survey.uid, stratum_id=first.pk, channel="qr", many=1, by=city.persons["supervisor3"], at=at
    )
    for minute in range(AT_A_POSTER):
        told = _opinion(number, -3 * APART, rng)
        actions.answer(token=poster.token, answers=told, at=at + timedelta(minutes=minute))


def _opinion(number: int, mind: float, rng: Random) -> dict[str, str]:
    """One person's answers: the old answer more often than they are many, as everywhere."""
    answers = {code: _choice(code, rng.uniform(0, 100) < shares[number] + mind, rng) for code, shares in YES.items()}
    age = rng.choices(["18-34", "35-59", "60+", "none"], [22, 40, 34, 4])[0]
    return {**answers, "age": age, **({"sex": rng.choice("fm")} if rng.random() < 0.9 else {})}


def _choice(code: str, yes: bool, rng: Random) -> str:
    if yes:
        return rng.choice("ab")
    return "c" if code in ("know", "support", "takepart") else rng.choice("ccd")


def _displays(city: City, rng: Random, until: datetime, ref: Reference) -> None:
    keepers = dict(handlers(city, ref, until))
    grounds = [plot for plot in city.land.plots if plot.village.town in keepers]
    made: list[tuple[Display, Person]] = []
    for kind, prefix, many, period in (("led", "LED", LED_SHOPS, 7), ("public_notice", "GGP", BOARDS, 30)):
        for number in range(1, many + 1):
            plot = rng.choice(grounds)
            lon, lat = place_in(plot, rng)
            at, by = until - timedelta(hours=rng.randint(4, 24 * period + 20)), keepers[plot.village.town]
            what = "商铺LED屏" if kind == "led" else "公益广告牌"
            display = publicity.plan_display(
                kind=kind, code=f"{prefix}-{number:03d}", name=f"{plot.village.short}{what}{number}号（演示）",
                unit_id=city.units[plot.village.town].pk, content=rng.choice(SLOGANS), lon=lon, lat=lat, by=by,
                at=at - timedelta(days=1), ref=ref,
            )  # fmt: skip
            made.append((publicity.put_up(uid=display.uid, by=by, at=at), by))
    at = until - timedelta(hours=3)
    for display, by in rng.sample(made, BROKEN):
        data = picture(display.code, BROKEN_THEME, after=False)
        photo = store(io.BytesIO(data), sha256=None, by=by, at=at)
        publicity.find_broken(
            uid=display.uid, note="画面破损", photos=[{"sha256": photo.sha256}], by=by, at=at, ref=ref
        )


def handlers(city: City, ref: Reference, until: datetime) -> Iterator[tuple[str, Person]]:
    """One handler of each town, by the town's code: who acts for it in the demo city's smaller affairs."""
    numbers = {person.pk: person for person in city.persons.values()}
    for unit in city.units.values():
        if unit.kind == UnitKind.TOWN:
            held = ref.org.holders(Role.UNIT_HANDLER, {unit.pk}, until.date())
            if held:
                yield unit.code, numbers[held[0]]


def _honours(city: City, until: datetime, ref: Reference) -> None:
    """Towns apply; some of their applications have gone all the way, one was revoked."""
    first, second = city.persons["supervisor"], city.persons["supervisor3"]
    whole = ("recommend", "examine", "award")
    stories: list[tuple[str, str, int, tuple[str, ...]]] = [
        ("village", "{town}", 60, whole),
        ("family", "陈一二家庭", 55, whole),
        ("campus", "{town}中心小学（演示）", 50, (*whole, "revoke")),
        ("unit", "{town}卫生院（演示）", 3, ("recommend", "examine")),
        ("family", "林三四家庭", 2, ("recommend", "examine")),
        ("window", "{town}便民服务中心（演示）", 4, ("recommend",)),
        ("community", "{town}某社区（演示）", 1, ()),
        ("unit", "{town}供销社（演示）", 20, ("turn_down",)),
    ]
    for (code, by), (kind, holder, days, steps) in zip(handlers(city, ref, until), stories, strict=False):
        town, at = city.units[code], until - timedelta(days=days)
        name = holder.format(town=town.short_name or town.name)
        honour = publicity.apply_for(
            kind=kind,
            holder=name,
            unit_id=town.pk,
            year=at.year,
            grounds="全年无重复投诉，环境整洁，邻里互助。",
            by=by,
            at=at,
            ref=ref,
        )
        for number, step in enumerate(steps):
            _step(
                step,
                honour.uid,
                first if step == "recommend" else second,
                at + timedelta(hours=2 + number, days=24 * (number > 1)),
            )


def _step(step: str, uid: Any, by: Person, at: datetime) -> None:
    words = {
        "recommend": "同意推荐",
        "examine": "符合条件，予以公示",
        "award": "公示无异议",
        "turn_down": "材料不全",
        "revoke": "复查发现弄虚作假",
    }
    name = "reason" if step in ("turn_down", "revoke") else "note"
    getattr(publicity, step)(uid=uid, by=by, at=at, **{name: words[step]})
