"""All writes of surveys."""

from civicloop.surveys.actions.answering import answer, interview
from civicloop.surveys.actions.inviting import Invited, invite, revoke_invitation
from civicloop.surveys.actions.opinions import answer_opinion, note_opinion, open_case, pass_on, set_aside
from civicloop.surveys.actions.planning import (
    StratumRow,
    cancel_survey,
    close_survey,
    open_survey,
    plan_survey,
)
from civicloop.surveys.actions.questionnaires import load_questionnaire

__all__ = [
    "Invited", "StratumRow", "answer", "answer_opinion", "cancel_survey", "close_survey", "interview", "invite",
    "load_questionnaire", "note_opinion", "open_case", "open_survey", "pass_on", "plan_survey", "revoke_invitation", "set_aside",
]  # fmt: skip
