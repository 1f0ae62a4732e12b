from civicloop.cases.models.case import Case, CaseReach
from civicloop.cases.models.history import CaseAlarm, CaseEvidence, CaseStep
from civicloop.cases.models.map import MapChange, MapCount
from civicloop.cases.models.rules import DispatchRule
from civicloop.cases.models.side import (
    Appeal,
    Extension,
    Follower,
    Forward,
    Supervision,
    Suspension,
    Whistle,
    WhistleCall,
)

__all__ = [
    "Appeal", "Case", "CaseAlarm", "CaseEvidence", "CaseReach", "CaseStep", "DispatchRule", "Extension", "Follower", "Forward",
    "MapChange", "MapCount", "Supervision", "Suspension", "Whistle", "WhistleCall",
]  # fmt: skip
