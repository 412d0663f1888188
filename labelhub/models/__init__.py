"""The tables. Promises are constraints here, and a constraint's name is the promise as a sentence."""

from labelhub.models.audit import Event
from labelhub.models.campaign import BatchItem, Checkpoint, Generation, Job, Score
from labelhub.models.corpus import Alternative, Problem, ProblemKey, Solution
from labelhub.models.labeling import Assignment, Label
from labelhub.models.people import ApiToken, BrowserSession, Invitation, Labeler, Membership, User
from labelhub.models.project import Instructions, Project
from labelhub.models.quality import (
    Admission,
    Comment,
    Gold,
    PracticePass,
    Quarantine,
    QuarantineDecision,
    Screening,
)
from labelhub.models.review import Ruling

__all__ = [
    "Admission",
    "Alternative",
    "ApiToken",
    "Assignment",
    "BatchItem",
    "BrowserSession",
    "Checkpoint",
    "Comment",
    "Event",
    "Generation",
    "Gold",
    "Instructions",
    "Invitation",
    "Job",
    "Label",
    "Labeler",
    "Membership",
    "PracticePass",
    "Problem",
    "ProblemKey",
    "Project",
    "Quarantine",
    "QuarantineDecision",
    "Ruling",
    "Score",
    "Screening",
    "Solution",
    "User",
]
