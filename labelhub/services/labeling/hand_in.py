"""Label: a labeler's pass becomes a label, at once and once, or is refused by name and kept."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from labelhub.errors import (
    Absent,
    GenerationClosed,
    InvalidLabel,
    LeaseLost,
    Paused,
    Refusal,
    StaleRevision,
    Suspended,
)
from labelhub.models import Assignment, BatchItem, Generation, Label, Labeler, Problem, Screening
from labelhub.queries.labeling import assignments, queue
from labelhub.queries.labeling.queue import Asked, Reason
from labelhub.queries.statement import Call, Row, Statement, known, spare_health_check, together
from labelhub.services.labeling import kept, labels, leases
from labelhub.services.labeling.claiming import FINISH_WHOLE, SETTLE, Claim, Offered, settle, turn_of
from labelhub.services.labeling.kept import Credential, Kept
from labelhub.services.labeling.leases import Offer
from labelhub.services.quality import screening
from labelhub.services.quality.checks import judging
from selector.labels import passes
from selector.types import Completion

LABELLED = (Assignment.State.SUBMITTED, Assignment.State.GAVE_UP)  # the states in which an assignment has labels


@dataclass(frozen=True)
class Pass:
    """What a labeler submits: ratings of a prefix of the steps (None exactly where flagged), and how it ended.

    `comment` is {text, is_question}: a remark, or something asked of the reviewers.
    """

    lease: str
    ratings: list[int | None]
    finish_reason: str
    total_time: int
    flagged: list[int] = field(default_factory=list)
    alternatives: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""
    comment: dict[str, Any] | None = None

    @property
    def kept(self) -> dict[str, Any]:
        """As it is stored with the label, and compared with what comes again."""
        return {name: value for name, value in vars(self).items() if name != "comment" or value}


@dataclass(frozen=True)
class HandedIn:
    """What a labeler gets for a pass: its label, and the next assignment or the reason why there is none.

    `screening` is there where the pass decided it. `from_the_queue`: the next one came with the message that wrote the
    label, and there is nothing special about it.
    """

    label: Label
    offer: Offer
    screening: Screening | None = None
    from_the_queue: bool = False


def hand_in(
    *,
    labeler: Labeler,
    assignment_id: int,
    body: Pass,
    source: str,
    holding: Collection[int],
    revises: int | None = None,
    given: Row | None = None,
    credential: Credential | None = None,
) -> HandedIn:
    """Make the label of this pass and lease the next item, in one transaction; `holding` as for `leases.claim_next`.

    A body that came before gives the label it made then, however late it is repeated; another one a new revision,
    where `revises` is given only of the revision it names. Raises Absent for an assignment that isn't the labeler's,
    InvalidLabel when the pass breaks a rule, GenerationClosed after closing, LeaseLost when the item was given on,
    Paused for whom running checks paused, StaleRevision when another correction came first; the last four keep the
    body as the assignment's draft. What the next hand-in by the same `credential` is judged by is kept for it.
    """
    assignment, asked = queue.read_given(labeler, given) if given else _given(labeler, assignment_id, lock=False)
    if revises is None and _is_plain(assignment, asked, body):
        turn = turn_of(assignment.item.generation.project, labeler, holding, asked)
        with suppress(IntegrityError):  # somebody changed it meanwhile: read again, with locks
            done = _record(assignment, asked, body, source, _checked_steps(assignment, body), None, turn)
            return _kept_for_the_next(done, assignment, asked, source, credential)
    with transaction.atomic():
        assignment, asked = _given(labeler, assignment_id, lock=True)
        turn = turn_of(assignment.item.generation.project, labeler, holding, asked)
        revisions = list(assignment.labels.order_by("-revision")) if assignment.state in LABELLED else []
        for label in revisions:
            if label.body == body.kept:
                return HandedIn(label, _paused() if asked.paused else leases.claim(turn))
        latest = revisions[0] if revisions else None
        steps = _checked_steps(assignment, body)
        refusal = Paused() if asked.paused else _refusal(assignment, body) or _staleness(latest, revises)
        if refusal is None:
            if assignment.item.state != BatchItem.State.STANDING:  # there it tells of the labeler, not of the problem
                _retire_or_restore(assignment, body, latest)
            return _record(assignment, asked, body, source, steps, latest, turn)
        Assignment.objects.filter(pk=assignment.pk).update(draft=body.kept)
    raise refusal  # out here: inside, the draft would be rolled back with it


def from_kept(found: Kept, *, body: Pass, holding: Collection[int]) -> HandedIn | None:
    """Hand in by what the hand-in before left, in one message to the database, which says also who is asking.

    None wherever that isn't all there is to it: authenticate, and hand in as ever. Nothing happened then, unless the
    server went away before it answered; handed in again, the same body finds its label.
    """
    assignment, asked, source = found.assignment, found.asked, found.source
    if body.alternatives or not _is_plain(assignment, asked, body):
        return None
    turn = turn_of(assignment.item.generation.project, assignment.labeler, holding, asked)
    try:
        steps = _checked_steps(assignment, body)
        spare_health_check()
        done = _record(assignment, asked, body, source, steps, None, turn, found.credential)
    except (InvalidLabel, IntegrityError, InterfaceError, OperationalError):
        return None
    return _kept_for_the_next(done, assignment, asked, source, found.credential)


def _kept_for_the_next(
    done: HandedIn, assignment: Assignment, asked: Asked, source: str, credential: Credential | None
) -> HandedIn:
    """Keep what the next pass is judged by: this one's message has just seen that all the rest is as it was read."""
    following, generation = done.offer.assignment, assignment.item.generation
    if credential and following and done.from_the_queue and following.item.generation_id == generation.pk:
        solution = following.item.solution
        if len(solution.problem.text) + sum(map(len, solution.steps)) <= kept.LONGEST:
            following.item.generation = generation
            kept.keep(Kept(credential, following, asked, source))
    return done


def _given(labeler: Labeler, assignment_id: int, *, lock: bool) -> tuple[Assignment, Asked]:
    found = queue.given(assignment_id=assignment_id, labeler=labeler, lock=lock)
    if found is None:
        raise Suspended if assignments.is_suspended(labeler, assignment_id) else Absent
    return found


def _is_plain(assignment: Assignment, asked: Asked, body: Pass) -> bool:
    """A first pass that changes nothing but its item, as nearly all are: one message to the database is enough."""
    return (
        assignment.state == Assignment.State.LEASED
        and assignment.item.stratum not in (BatchItem.Stratum.CHECK, BatchItem.Stratum.SCREENING)
        and body.finish_reason in (Label.FinishReason.SOLUTION, Label.FinishReason.FOUND_ERROR)
        and not asked.paused
        and _refusal(assignment, body) is None
    )


def _checked_steps(assignment: Assignment, body: Pass) -> list[Any]:
    """PRM800K's `label.steps` of the pass. Raises InvalidLabel, naming the field."""
    solution = assignment.item.solution
    alternatives = _alternatives(assignment, body)
    try:
        passes.check_pass(
            step_count=len(solution.steps),
            ratings=body.ratings,
            flagged=body.flagged,
            alternatives=alternatives,
            finish_reason=body.finish_reason,  # type: ignore[arg-type]  # the serializer admits the four only
            reason=body.reason,
        )
    except passes.InvalidPass as error:
        raise InvalidLabel(str(error), fields={error.field: [str(error)]}) from error
    return passes.label_steps(solution.steps, body.ratings, body.flagged, alternatives)


def _alternatives(assignment: Assignment, body: Pass) -> list[Completion]:
    """The rated alternatives with their texts, in the order they were offered in."""
    if not body.alternatives:
        return []
    rated = {each["id"]: each for each in body.alternatives}
    step = len(body.ratings) - 1
    offered = list(assignment.item.solution.alternatives.filter(step=step, pk__in=rated).order_by("pk"))
    if len(offered) != len(body.alternatives):
        sentence = "An alternative is not one that was offered for the step rated -1."
        raise InvalidLabel(sentence, fields={"alternatives": [sentence]})
    return [
        Completion(text=each.text, rating=rated[each.pk]["rating"], flagged=bool(rated[each.pk].get("flagged")))
        for each in offered
    ]


def _refusal(assignment: Assignment, body: Pass) -> Refusal | None:
    if assignment.item.generation.state not in (*Generation.SERVED, Generation.State.STANDING):
        return GenerationClosed()
    if assignment.item.stratum == BatchItem.Stratum.SCREENING and not screening.is_open(assignment):
        return GenerationClosed("This screening is decided: its passes can't change any more.")
    # A lease that ran out, was handed back or given up still counts while the item has room for a label.
    has_room = assignment.item.state in (BatchItem.State.OPEN, BatchItem.State.STANDING)
    has_place = assignment.state in Assignment.COUNTED or has_room
    if body.lease != assignment.lease_token or not has_place or assignment.state == Assignment.State.REVOKED:
        return LeaseLost()
    return None


def _staleness(latest: Label | None, revises: int | None) -> StaleRevision | None:
    if revises is None or (latest and latest.revision == revises):
        return None
    return StaleRevision(latest)


FINISH = Statement("UPDATE labelhub_assignment SET state = %(state)s, draft = NULL WHERE id = %(assignment_id)s")
REMARK = Statement("""
INSERT INTO labelhub_comment (label_id, text, is_question)
SELECT id, %(text)s, %(is_question)s FROM labelhub_label
WHERE assignment_id = %(assignment)s AND revision = %(revision)s
""")


def _record(
    assignment: Assignment,
    asked: Asked,
    body: Pass,
    source: str,
    steps: list[Any],
    latest: Label | None,
    turn: Claim,
    credential: Credential | None = None,
) -> HandedIn:
    """Make the label, count it for its item and claim the next, in one message to the database.

    Raises IntegrityError where the assignment is not as it was read any more; with locks on it, it is. `credential`
    where nobody has asked yet whether it still signs in the labeler.
    """
    item = assignment.item
    is_check = item.stratum == BatchItem.Stratum.CHECK
    label = _label(assignment, body, source, steps, latest, turn)
    state = _finished_state(assignment, body)
    whole = state == Assignment.State.SUBMITTED and item.labels_wanted == 1
    as_read = f"{assignment.state} {item.state} {item.generation.state} {asked.paused_in}"
    handing_in = labels.handing_in(label, as_read=as_read)
    if credential:
        handing_in = labels.handing_in_from_kept(
            label, as_read=as_read, terms=asked.terms, assignment=assignment, credential=credential
        )
    recording: list[Call] = [
        handing_in,
        (FINISH, {"assignment_id": assignment.pk, "state": state}),
        (FINISH_WHOLE if whole else SETTLE, {"item": assignment.item_id}),
    ]
    if body.comment:
        recording.append((REMARK, body.comment | {"assignment": assignment.pk, "revision": label.revision}))
    claiming = replace(turn, asks="check") if is_check else turn  # nothing is leased before a check is judged
    [row] = together(*recording, *claiming.calls(labelled=assignment.pk, revision=label.revision))
    offered = Offered(*row)
    label.pk = offered.label
    if is_check:
        paused = judging.judge(project=turn.project, labeler=turn.labeler, label=label)
        return HandedIn(label, _paused() if paused else leases.claim(turn))
    if label.is_initial_screening_question and (decided := screening.judge(assignment)):
        if decided.state == Screening.State.PASSED and turn.asks:
            return HandedIn(label, leases.claim(replace(turn, asks="")), decided)
        return HandedIn(label, leases.offer(turn, offered), decided)
    return HandedIn(label, leases.offer(turn, offered), from_the_queue=offered.assignment is not None)


def _label(
    assignment: Assignment, body: Pass, source: str, steps: list[Any], latest: Label | None, turn: Claim
) -> Label:
    """The pass as a label that is yet to be written: the next revision behind `latest`."""
    item = assignment.item
    return known(
        Label,
        solution_id=item.solution_id,
        labeler_id=assignment.labeler_id,
        assignment_id=assignment.pk,
        supersedes_id=latest and latest.pk,
        revision=latest.revision + 1 if latest else 1,
        source=source,
        phase=2,
        finish_reason=body.finish_reason,
        reason=body.reason,
        steps=steps,
        body=body.kept,
        total_time=body.total_time,
        submitted_at=turn.at,
        instructions_version=assignment.instructions_version,
        is_quality_control_question=item.stratum == BatchItem.Stratum.CHECK,
        is_initial_screening_question=item.stratum == BatchItem.Stratum.SCREENING,
    )


def _paused() -> Offer:
    return Offer(reason=Reason.PAUSED)


def _finished_state(assignment: Assignment, body: Pass) -> Assignment.State:
    """The first give_up on an item puts it back; anything else counts for the item."""
    of_the_batch = assignment.item.state != BatchItem.State.STANDING
    if of_the_batch and body.finish_reason == Label.FinishReason.GIVE_UP and not _given_up_before(assignment):
        return Assignment.State.GAVE_UP
    return Assignment.State.SUBMITTED


def _given_up_before(assignment: Assignment) -> bool:
    others = Assignment.objects.filter(item=assignment.item_id, state=Assignment.State.GAVE_UP)
    return others.exclude(pk=assignment.pk).exists()


def _retire_or_restore(assignment: Assignment, body: Pass, latest: Label | None) -> None:
    """bad_problem retires the problem's open items; a correction of the pass that did brings them back."""
    bad = body.finish_reason == Label.FinishReason.BAD_PROBLEM
    if not bad and latest is None:
        return
    problem = assignment.item.solution.problem
    if bad and problem.retired_at is None:
        Problem.objects.filter(pk=problem.pk).update(retired_at=timezone.now(), retired_by=assignment)
    elif not bad and problem.retired_by_id == assignment.pk:
        Problem.objects.filter(pk=problem.pk).update(retired_at=None, retired_by=None)
    else:
        return
    unfinished = BatchItem.objects.filter(
        generation=assignment.item.generation_id,
        solution__problem=problem,
        state__in=[BatchItem.State.OPEN, BatchItem.State.LEASED, BatchItem.State.WITHDRAWN],
    )
    # Whoever holds one of them may want ours: waiting would deadlock. The sweep settles what is skipped here.
    settle(list(unfinished.select_for_update(skip_locked=True, of=("self",))))
