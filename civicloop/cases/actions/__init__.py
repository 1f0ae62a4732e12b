"""All writes of the problem loop."""

from civicloop.cases.actions.flow import (
    accept,
    close,
    dispatch,
    file,
    recall,
    rectify,
    reopen,
    return_,
    send_back,
    verify,
)
from civicloop.cases.actions.forwarding import (
    answer_by_link,
    answer_forward,
    forward_out,
    open_forward,
    remind_forward,
    take_back_forward,
)
from civicloop.cases.actions.intake import Reported, report
from civicloop.cases.actions.more_time import extend, grant_extension, refuse_extension, resume, review, suspend
from civicloop.cases.actions.pressure import (
    answer_supervision,
    appeal,
    comment,
    correct,
    decide_appeal,
    follow,
    remind,
    supervise,
    void,
)
from civicloop.cases.actions.rules import add_dispatch_rule, end_dispatch_rule
from civicloop.cases.actions.take import take
from civicloop.cases.actions.together import end_whistle, merge, plan_jointly, report_in, score_whistle, split, whistle

__all__ = [
    "Reported", "accept", "add_dispatch_rule", "answer_by_link", "answer_forward", "answer_supervision", "appeal",
    "close", "comment", "correct", "decide_appeal", "dispatch", "end_dispatch_rule", "end_whistle", "extend",
    "file", "follow", "forward_out", "grant_extension", "merge", "open_forward", "plan_jointly", "recall",
    "rectify", "refuse_extension", "remind", "remind_forward", "reopen", "report", "report_in", "resume", "return_", "review",
    "score_whistle", "send_back", "split", "supervise", "suspend", "take", "take_back_forward", "verify", "void",
    "whistle",
]  # fmt: skip
