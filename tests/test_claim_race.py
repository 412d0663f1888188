"""Sixteen people at once: each item goes to as many as it wants, no more, and every pass lands once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from labelhub.errors import GenerationClosed, StaleRevision
from labelhub.models import Assignment, BatchItem, Generation, Label, Labeler, Project
from labelhub.services import generations, labeling, serving
from labelhub.services.labeling import HandedIn, Pass
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]

PEOPLE, ITEMS = 16, 48


def in_threads(work, arguments):
    def alone(argument):
        try:
            return work(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(arguments)) as pool:
        return list(pool.map(alone, arguments))


def submit(lease: Assignment, total_time: int = 1, revises: int | None = None) -> HandedIn:
    body = Pass(lease=lease.lease_token, ratings=[1, 1, 1], finish_reason="solution", total_time=total_time)
    return labeling.hand_in(
        labeler=lease.labeler,
        assignment_id=lease.pk,
        body=body,
        source=Label.Source.SIMULATED,
        holding=(),
        revises=revises,
    )


def label_until_empty(project: Project, labeler: Labeler) -> list[int]:
    """The items served: the first by a claim, the others with the answer to the pass before."""
    served, lease = [], serving.claim_next(project=project, labeler=labeler).assignment
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
        lambda _: serving.claim_next(
            project=project, labeler=ann.labeler, holding=list(Assignment.objects.values_list("pk", flat=True))
        ),
        range(PEOPLE),
    )
    assert Assignment.objects.filter(labeler=ann.labeler, state="leased").count() <= 2


def test_of_corrections_of_one_revision_at_the_same_instant_one_counts(project, generation: Generation, ann):
    """Each of the others is refused with the one that counts."""
    factories.BatchItemFactory(generation=generation)
    lease = serving.claim_next(project=project, labeler=ann.labeler, holding=()).assignment
    submit(lease)

    def correct(total_time: int) -> Label:
        try:
            return submit(lease, total_time, revises=1).label
        except StaleRevision as stale:
            return stale.current

    assert len({label.pk for label in in_threads(correct, range(2, 2 + PEOPLE))}) == 1
    assert list(Label.objects.order_by("revision").values_list("revision", flat=True)) == [1, 2]


def test_closing_while_everybody_submits_loses_no_pass(project, generation: Generation):
    """Each pass is either a label or refused by name; none lands in a generation that is closed."""
    problem = factories.ProblemFactory(project=project)
    for position in range(PEOPLE):
        factories.BatchItemFactory(generation=generation, position=position, solution__problem=problem)
    people = [Labeler.objects.create() for _ in range(PEOPLE)]
    leases = [serving.claim_next(project=project, labeler=one, holding=()).assignment for one in people]
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

    outcomes = in_threads(submit_or_close, [*leases[:8], None, *leases[8:]])
    assert outcomes.count("label") + outcomes.count("refused") == PEOPLE
    assert Label.objects.filter(assignment__isnull=False).count() == outcomes.count("label")
    assert Assignment.objects.exclude(draft=None).count() == outcomes.count("refused")
