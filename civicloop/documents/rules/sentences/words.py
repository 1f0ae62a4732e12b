"""The words papers use for what the house keeps as identifiers. Papers are Chinese, whatever language the reader works in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

STATES: Mapping[str, str] = MappingProxyType(
    {
        "reported": "待立案", "filed": "待派遣", "dispatched": "待签收", "accepted": "整改中", "rectified": "待核查",
        "verified": "待销号", "closed": "已销号", "suspended": "挂账", "voided": "作废", "merged": "并案",
    }
)  # fmt: skip
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "patrol": "日常巡查", "inspection": "督查检查", "resident": "群众反映", "hotline": "12345热线", "meeting": "会议交办",
        "import": "平台转入", "other": "其他途径",
    }
)  # fmt: skip
WHISTLES: Mapping[str, str] = MappingProxyType(
    {"emergency": "应急处置哨", "enforcement": "综合执法哨", "key_work": "重点工作哨", "ordinary": "一般会商哨"}
)
STEPS: Mapping[str, str] = MappingProxyType(
    {
        "report": "上报", "file": "立案", "dispatch": "派遣", "accept": "签收", "rectify": "处置反馈", "verify": "核查",
        "close": "结案", "return": "退回", "recall": "收回", "send_back": "返工", "suspend": "挂账",
        "resume": "恢复办理", "void": "作废", "merge": "并案", "reopen": "重新办理", "extend": "申请延期",
        "grant_extension": "同意延期", "refuse_extension": "不同意延期", "review": "挂账复核", "whistle": "吹哨",
        "report_in": "报到", "plan_jointly": "联合方案", "score_whistle": "评价部门", "end_whistle": "结束吹哨",
        "supervise": "督办", "answer_supervision": "答复督办", "split": "拆分", "correct": "更正", "comment": "留言",
        "appeal": "申诉", "decide_appeal": "裁定申诉", "forward_out": "征询外单位", "remind_forward": "催复",
        "answer_forward": "外单位答复", "take_back_forward": "撤回征询", "merged_in": "并入", "split_off": "拆出",
    }
)  # fmt: skip
PHOTOS: Mapping[str, str] = MappingProxyType(
    {"near": "近景", "far": "远景", "reference": "参照物", "before": "整改前", "after": "整改后"}
)
VERDICTS: Mapping[str, str] = MappingProxyType({"granted": "同意", "refused": "不同意"})
LEVELS: Mapping[str, str] = MappingProxyType({"supervisor": "督办", "leader": "领导督办", "key": "重点督办"})
ROUNDS: Mapping[str, str] = MappingProxyType(
    {
        "weekly_visit": "周暗访", "monthly_review": "月点评", "carpet_search": "拉网式排查", "look_back": "回头看",
        "mock": "模拟测评", "special": "专项检查",
    }
)  # fmt: skip
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "sponsor": "包联领导", "unit_leader": "责任领导", "unit_handler": "经办人", "grid_worker": "网格员", "filer": "立案员",
        "dispatcher": "派遣员", "verifier": "核查员", "supervisor": "督查员", "inspector": "暗访员", "auditor": "审计员",
        "reporter": "信息员",
    }
)  # fmt: skip
RATES: Mapping[str, str] = MappingProxyType(
    {
        "rectified_rate": "整改率", "rectified_on_time_rate": "按期整改率", "closing_rate": "办结率", "on_time_rate": "按期办结率",
        "sent_back_rate": "返工率", "recurrence_rate": "反复率", "returned_rate": "退回率", "supervised_rate": "督办率",
    }
)  # fmt: skip
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "districts": "区（县）",
        "towns": "镇街",
        "departments": "市直部门",
        "communities": "村（社区）",
        "companies": "作业企业",
    }
)


def pressure(level: str, demand: str) -> tuple[str, str]:
    """A supervision's level and demand as papers say them. What the ladder took up carries codes and was written by nobody."""
    if level == "ladder":
        return LEVELS["supervisor"], "逾期，由系统自动列入督办"
    return word(LEVELS, level), demand


def word(table: Mapping[str, str], key: str) -> str:
    """The word for a key; a key without a word stands as it is, so that it is seen and mended."""
    return table.get(key, key)
