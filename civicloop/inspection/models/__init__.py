from civicloop.inspection.models.draws import Draw, DrawnPoint
from civicloop.inspection.models.rounds import Round
from civicloop.inspection.models.visits import Observation, ObservationPhoto, Submission, SubmissionPhoto, Visit

__all__ = [
    "Draw", "DrawnPoint", "Observation", "ObservationPhoto", "Round", "Submission", "SubmissionPhoto", "Visit",
]  # fmt: skip
