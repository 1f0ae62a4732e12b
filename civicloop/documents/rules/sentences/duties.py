"""Sentences about who answers for what, and about the places that are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from civicloop.documents.rules.figures import Duties, Found, PlaceCount
from civicloop.documents.rules.sentences.numerals import joined, over, percent

ROAD_CLASSES = {"A": "一级", "B": "二级", "C": "三级"}


def units(numbers: Duties) -> str:
    """Which units the responsibility reaches."""
    told = [
        f"工作专班{numbers.task_forces}个" if numbers.task_forces else "",
        f"责任部门{numbers.departments}个" if numbers.departments else "",
        f"镇街{numbers.towns}个" if numbers.towns else "",
        f"村（社区）{numbers.communities}个" if numbers.communities else "",
        f"作业企业{numbers.companies}家" if numbers.companies else "",
        f"工作队伍{numbers.teams}支" if numbers.teams else "",
    ]
    listed = "、".join(word for word in told if word)
    people = f"落实各级责任人{numbers.people}名" if numbers.people else ""
    lead = f"其中包联领导{numbers.sponsors}名" if numbers.sponsors else ""
    return joined(f"纳入责任体系的有{listed}", people, lead) if listed else joined(people, lead)


def ground(numbers: Duties) -> str:
    """Grids, areas and points, and how many of them have a person; gaps are said."""
    grids = ""
    if numbers.grids:
        workers = f"，网格员{numbers.grid_workers}名" if numbers.grid_workers else ""
        duty = f"、责任网格{numbers.duty_grids}个" if numbers.duty_grids else ""
        grids = (
            f"划分单元网格{numbers.grids}个{duty}{workers}，{_manned(numbers.grids_manned, numbers.grids, '网格')}。"
        )
    areas = (
        f"责任区域{numbers.areas}处，{_manned(numbers.areas_manned, numbers.areas, '区域')}。" if numbers.areas else ""
    )
    points = (
        f"检查点位{numbers.points}个，{_manned(numbers.points_manned, numbers.points, '点位')}。"
        if numbers.points
        else ""
    )
    return grids + areas + points


def _manned(held: int, all_: int, what: str) -> str:
    if held == all_:
        return "均已明确责任人"
    return f"已明确责任人的{what}占{percent(held / all_)}（{held}/{all_}），尚有{all_ - held}个待落实"


def counted(places: Sequence[PlaceCount], verb: str) -> str:
    """建有新时代文明实践中心1个、实践所8个 …"""
    return f"{verb}{'、'.join(f'{one.name}{one.many}{one.measure}' for one in places)}。" if places else ""


def roads(classes: Mapping[str, int]) -> str:
    """Roads by class of cleaning."""
    told = [f"{name}{classes[key]}条" for key, name in ROAD_CLASSES.items() if classes.get(key)]
    return f"其中{'、'.join(told)}。" if len(told) > 1 else ""


def corrected(numbers: Found) -> str:
    """What was found at shop fronts and put right: the exact number, and the round one people say."""
    if not numbers.found:
        return "本期没有商户责任区问题记录。"
    rough = over(numbers.closed)
    aside = f"（{rough}处）" if rough != str(numbers.closed) else ""
    left = f"，尚有{numbers.found - numbers.closed}处正在整改" if numbers.found > numbers.closed else "，全部整改到位"
    return f"检查发现责任区问题{numbers.found}处，已督促纠正{numbers.closed}处{aside}{left}。"
