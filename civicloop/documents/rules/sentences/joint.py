"""Sentences about whistles and supervision."""

from __future__ import annotations

from collections.abc import Sequence

from civicloop.documents.rules.figures import Called, Demand, Joint
from civicloop.documents.rules.sentences.numerals import joined, listed, moment


def blown(joint: Joint) -> str:
    """Who whistled, when, for which problem, who was called where."""
    called = listed([call.unit for call in joint.calls])
    return (
        f"{moment(joint.blown_at)}，{joint.by}就“{joint.problem.category}”（{joint.problem.number}）发出{joint.kind}，"
        f"请{called}于{moment(joint.meet_at)}到{joint.place}会商。"
    )


def arrived(calls: Sequence[Called]) -> str:
    """Who came in time, late, not at all."""
    came = [call.unit for call in calls if call.late is False]
    late = [call.unit for call in calls if call.late]
    missing = [call.unit for call in calls if call.arrived_at is None]
    if not calls:
        return ""
    if len(came) == len(calls):
        return f"应到{len(calls)}家单位，均按时报到。"
    told = [
        f"按时报到{len(came)}家" if came else "",
        f"迟到{len(late)}家（{listed(late)}）" if late else "",
        f"未报到{len(missing)}家（{listed(missing)}）" if missing else "",
    ]
    return joined(f"应到{len(calls)}家单位", *told)


def supervised(demand: Demand) -> str:
    """One supervision: when, what, by when to be answered, and whether it was."""
    until = f"要求{moment(demand.answer_by)}前回复" if demand.answer_by else ""
    answered = demand.answered_at
    answer = f"已于{moment(answered)}回复：{demand.answer.rstrip('。')}" if answered is not None else "尚未回复"
    return joined(f"{moment(demand.at)}{demand.level}：{demand.demand.rstrip('。')}", until, answer)
