"""Tables of surveys."""

from civicloop.surveys.models.opinions import DoorOpinion
from civicloop.surveys.models.surveys import Invitation, Questionnaire, Response, Stratum, Survey

__all__ = ["DoorOpinion", "Invitation", "Questionnaire", "Response", "Stratum", "Survey"]
