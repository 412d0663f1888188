"""Sixteen people at once: each item goes to as many as it wants, no more, and every pass lands once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from django.db import connection
from django.utils import timezone

from labelhub.errors import GenerationClosed, LeaseLost, Paused, StaleRevision
from labelhub.models import Assignment, BatchItem, Generation, Label, Labeler, Project
from labelhub.queries.labeling import queue
from labelhub.queries.statement import Row
from labelhub.services.labeling import hand_in, leases
from labelhub.services.labeling.hand_in import HandedIn, Pass
from labelhub.services.loop import generations
from tests import factories
from tests.present import present

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]

PEOPLE, ITEMS = 16, 48

Given = TypeVar("Given")
Made = TypeVar("Made")


def in_threads(work: Callable[[Given], Made], arguments: Sequence[Given]) -> list[Made]:
    def alone(argument: Given) -> Made:
        try:
            return work(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(arguments)) as pool:
        return list(pool.map(alone, arguments))


def submit(lease: Assignment, total_time: int = 1, revises: int | None = None, given: Row | None = None) -> HandedIn:
    body = Pass(lease=lease.lease_token, ratings=[1, 1, 1], finish_reason="solution", total_time=total_time)
    return hand_in.hand_in(
        labeler=lease.labeler,
        assignment_id=lease.pk,
        body=body,
        source=Label.Source.SIMULATED,
        holding=(),
        revises=revises,
        given=given,
    )


def leased(project: Project, labeler: Labeler) -> Assignment:
    return present(leases.claim_next(project=project, labeler=labeler, holding=()).assignment)


def label_until_empty(project: Project, labeler: Labeler) -> list[int]:
    """The items served: the first by a claim, the others with the answer to the pass before."""
    served, lease = [], leases.claim_next(project=project, labeler=labeler).assignment
    while lease:
        served.append(lease.item_id)
        lease = submit(lease).offer.assignment
    return served


@pytest.mark.parametrize("wanted", [1, 2])
def test_two_labelers_never_hold_an_item_beyond_what_it_wants(project, generation: Generation, wanted):
    problem = factories.ProblemFactory(project=project)
    for position in range(ITEMS):
        factories.BatchItemFactory(
            generation=generation, position=position, labels_wanted=wanted, solution__problem=problem
        )
    people = [Labeler.objects.create() for _ in range(PEOPLE)]
    served = [
        item for items in in_threads(lambda labeler: label_until_empty(project, labeler), people) for item in items
    ]
    assert len(served) == len(set(served)) * wanted == ITEMS * wanted
    assert Label.objects.count() == ITEMS * wanted
    assert set(BatchItem.objects.values_list("state", flat=True)) == {"done"}


def test_one_person_in_sixteen_tabs_holds_two_leases_at_most(project, generation: Generation, ann):
    for position in range(ITEMS):
        factories.BatchItemFactory(generation=generation, position=position)
    in_threads(
        lambda _: leases.claim_next(
            project=project, labeler=ann.labeler, holding=list(Assignment.objects.values_list("pk", flat=True))
        ),
        range(PEOPLE),
    )
    assert Assignment.objects.filter(labeler=ann.labeler, state="leased").count() <= 2


def as_read(lease: Assignment) -> Row:
    """What a hand-in judges the pass by, read before whatever comes next."""
    row = queue.GIVEN.first(assignment=lease.pk, labeler=lease.labeler_id)
    assert row
    return row


def test_the_same_pass_sixteen_times_at_once_is_one_label_and_one_next_item(project, generation: Generation, ann):
    for position in range(ITEMS):
        factories.BatchItemFactory(generation=generation, position=position)
    lease = leased(project, ann.labeler)
    handed_in = in_threads(lambda _: submit(lease), range(PEOPLE))
    assert len({each.label.pk for each in handed_in}) == Label.objects.count() == 1
    assert Assignment.objects.filter(labeler=ann.labeler, state="leased").count() == 1
    assert sorted(BatchItem.objects.exclude(state="open").values_list("state", flat=True)) == ["done", "leased"]


def test_different_first_passes_at_once_are_revisions_one_after_the_other(project, generation: Generation, ann):
    factories.BatchItemFactory(generation=generation)
    lease = leased(project, ann.labeler)
    in_threads(lambda total_time: submit(lease, total_time), range(PEOPLE))
    assert list(Label.objects.order_by("revision").values_list("revision", flat=True)) == list(range(1, PEOPLE + 1))


def revoke(lease: Assignment) -> None:
    leases.revoke(assignment=lease, by=None, reason="It took too long.")


def close(lease: Assignment) -> None:
    Generation.objects.update(state=Generation.State.TRAINING)


def pause(lease: Assignment) -> None:
    """A running check in another tab was the one too many."""
    Labeler.objects.filter(pk=lease.labeler_id).update(paused_in=[lease.item.generation.project_id])


def lapse_and_give_on(lease: Assignment) -> None:
    Assignment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    leases.lapse_expired()
    assert leases.claim_next(project=lease.item.generation.project, labeler=Labeler.objects.create()).assignment


@pytest.mark.parametrize(
    ("meanwhile", "refusal"),
    [(revoke, LeaseLost), (close, GenerationClosed), (lapse_and_give_on, LeaseLost), (pause, Paused)],
)
def test_what_happens_between_the_reading_and_the_writing_counts(project, generation, ann, meanwhile, refusal):
    factories.BatchItemFactory(generation=generation)
    lease = leased(project, ann.labeler)
    given = as_read(lease)
    meanwhile(Assignment.objects.select_related("item__generation__project").get(pk=lease.pk))
    with pytest.raises(refusal):
        submit(lease, given=given)
    assert Label.objects.count() == 0
    assert present(Assignment.objects.get(pk=lease.pk).draft)["ratings"] == [1, 1, 1]


def test_a_lease_that_ran_out_between_the_reading_and_the_writing_still_counts(project, generation: Generation, ann):
    factories.BatchItemFactory(generation=generation)
    lease = leased(project, ann.labeler)
    given = as_read(lease)
    Assignment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    leases.lapse_expired()
    assert submit(lease, given=given).label.revision == 1
    assert BatchItem.objects.get().state == "done"


def test_of_corrections_of_one_revision_at_the_same_instant_one_counts(project, generation: Generation, ann):
    """Each of the others is refused with the one that counts."""
    factories.BatchItemFactory(generation=generation)
    lease = leased(project, ann.labeler)
    submit(lease)

    def correct(total_time: int) -> Label:
        try:
            return submit(lease, total_time, revises=1).label
        except StaleRevision as stale:
            current: Label = stale.current
            return current

    assert len({label.pk for label in in_threads(correct, range(2, 2 + PEOPLE))}) == 1
    assert list(Label.objects.order_by("revision").values_list("revision", flat=True)) == [1, 2]


def test_closing_while_everybody_submits_loses_no_pass(project, generation: Generation):
    """Each pass is either a label or refused by name; none lands in a generation that is closed."""
    problem = factories.ProblemFactory(project=project)
    for position in range(PEOPLE):
        factories.BatchItemFactory(generation=generation, position=position, solution__problem=problem)
    people = [Labeler.objects.create() for _ in range(PEOPLE)]
    held = [leases.claim_next(project=project, labeler=one, holding=()).assignment for one in people]
    factories.LabelFactory(
        solution=factories.SolutionFactory(problem=problem),
        assignment=None,
        source="imported",
        import_digest="0",
        labeler=people[0],
    )

    def submit_or_close(lease: Assignment | None) -> str:
        if lease is None:
            generations.close(generation=generation, by=None)
            return "closed"
        try:
            submit(lease)
            return "label"
        except GenerationClosed:
            return "refused"

    outcomes = in_threads(submit_or_close, [*held[:8], None, *held[8:]])
    assert outcomes.count("label") + outcomes.count("refused") == PEOPLE
    assert Label.objects.filter(assignment__isnull=False).count() == outcomes.count("label")
    assert Assignment.objects.exclude(draft=None).count() == outcomes.count("refused")
