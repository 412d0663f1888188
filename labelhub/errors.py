"""Every refusal the product makes, by name: the code a client sees, the status it comes with, the sentence.

A service raises one of these; `labelhub.api.http.errors` answers `{"code", "detail", "fields"}`. The unexpected
stays a 500.
"""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """A named reason why something was not done; nothing was changed by the attempt unless its sentence says so."""

    code = "refused"
    status = 409
    sentence = "This can't be done."

    def __init__(self, sentence: str | None = None, *, fields: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(sentence or self.sentence)
        self.fields = dict(fields or {})


class Invalid(Refusal):
    code, status, sentence = "invalid", 400, "The request doesn't read as it should."


class InvalidLabel(Invalid):
    code, sentence = "invalid_label", "This is not a pass that the rules allow."


class NotAllowed(Refusal):
    code, status, sentence = "not_allowed", 403, "Your role in this project doesn't allow this."


class Suspended(Refusal):
    code, status = "suspended", 403
    sentence = "An operator has suspended you in this project. Your labels are kept."


class Paused(Refusal):
    code = "paused"
    sentence = "Your work here rests until a reviewer has looked at it; your pass is kept as a draft."


class Absent(Refusal):
    code, status, sentence = "not_found", 404, "There is no such thing here."


class WrongCode(Refusal):
    code, status = "wrong_code", 400
    sentence = "This code is wrong, too old, or was used before: take the next one."


class WrongPasskey(Refusal):
    code, status = "wrong_passkey", 400
    sentence = "This passkey's answer is not right, or came too late: try again."


class InvitationOver(Refusal):
    code, status = "invitation_over", 404
    sentence = "This invitation isn't open: it is used up, has run out or was revoked. Ask for a new link."


class LeaseLost(Refusal):
    code = "lease_lost"
    sentence = "This solution was given to somebody else after your lease ran out; your pass is kept as a draft."


class StaleRevision(Refusal):
    """A correction of a revision that isn't the newest any more; `current` is the label as it stands, None without."""

    code = "stale_revision"
    sentence = "Another correction of this pass came first; yours is kept as a draft."

    def __init__(self, current: Any) -> None:
        super().__init__()
        self.current = current


class GenerationClosed(Refusal):
    code, sentence = "generation_closed", "This generation is closed: its labels can't change any more."


class GenerationActive(Refusal):
    code, sentence = "generation_active", "The project has an active generation; close or cancel it first."


class WrongState(Refusal):
    code, sentence = "wrong_state", "This can't be done in the state it is in."


class NothingToSelect(Refusal):
    code, sentence = "nothing_to_select", "The pool is empty: no graded, unlabelled train solution is left."


class NothingToTrain(Refusal):
    code, sentence = "nothing_to_train", "No eligible label of both kinds is there yet to train a checkpoint on."


class NoChampion(Refusal):
    code, sentence = "no_champion", "This rule ranks by the champion's scores, and the project has no champion yet."


class NoStepScores(Refusal):
    code, sentence = "no_step_scores", "This rule asks how sure the champion is of each step, and an ORM judges none."


class SamplingOff(Refusal):
    code = "sampling_off"
    sentence = "Sampling is off: SAMPLING_ENDPOINTS lists no server that may be asked (see docs/sampling.md)."


class ScoringOff(Refusal):
    code = "scoring_off"
    sentence = "SCORING_ENDPOINTS lists no server that may score solutions (see docs/scorers.md)."


class Unscorable(Refusal):
    """A checkpoint's model can't score now; the sentence says why."""

    code, sentence = "unscorable", "The checkpoint's model can't be used."


class ScorerChanged(Refusal):
    code = "scorer_changed"
    sentence = "The model behind this checkpoint is another one than before: add it as a checkpoint of its own."


class UnfitSet(Refusal):
    code, sentence = "unfit_set", "These questions could be passed without reading."


class NoRetake(Refusal):
    code, sentence = "no_retake", "The screening can't be taken again: no attempt or no unseen question is left."


class NotReady(Refusal):
    code, sentence = "not_ready", "The checkpoint isn't trained and evaluated yet."


class Conflict(Refusal):
    code, sentence = "conflict", "Something with this name is already there."


class Unavailable(Refusal):
    """Something that the site depends on is away (see `services.outages`): the same call may succeed in a moment."""

    code, status, sentence = "unavailable", 503, "The site is waiting for something that it depends on: try again."


class Superseded(Refusal):
    """A job's attempt that another attempt has overtaken: it must stop and change nothing."""

    code, sentence = "superseded", "A newer attempt of this job is running."
