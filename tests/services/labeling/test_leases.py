"""Serving: one item to one labeler, no more people on it than it wants, and a reason when there is nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labelhub.errors import LeaseLost
from labelhub.models import Assignment, BatchItem, Generation, Labeler, Project, User
from labelhub.queries.labeling.queue import Reason
from labelhub.services.labeling import leases
from tests import factories
from tests.present import present

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture
def items(generation: Generation) -> list[BatchItem]:
    return [factories.BatchItemFactory(generation=generation, position=n) for n in (2, 0, 1)]


def claim(project: Project, person: User, holding: tuple[int, ...] = ()) -> leases.Offer:
    return leases.claim_next(project=project, labeler=person.labeler, holding=holding)


def held(project: Project, person: User, holding: tuple[int, ...] = ()) -> Assignment:
    offer = claim(project, person, holding)
    assert offer.assignment, offer.reason
    return offer.assignment


def let_expire(assignment: Assignment) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def state_of(item: BatchItem) -> str:
    item.refresh_from_db()
    return item.state


def test_items_are_served_in_the_order_of_their_position(project, items, ann, bob):
    assert held(project, ann).item_id == items[1].pk
    assert held(project, bob).item_id == items[2].pk


def test_a_claim_leases_for_the_projects_time(project, items, ann):
    assignment = held(project, ann)
    assert assignment.expires_at - assignment.leased_at == timedelta(seconds=project.lease_seconds)
    assert state_of(items[1]) == "leased"


def test_a_lease_the_page_forgot_comes_back_first(project, items, ann):
    first = held(project, ann)
    assert held(project, ann).pk == first.pk


def test_a_second_lease_may_be_prefetched_but_no_third(project, items, ann):
    first = held(project, ann)
    second = held(project, ann, (first.pk,))
    assert second.item_id != first.item_id
    assert claim(project, ann, (first.pk, second.pk)).reason is Reason.HOLDING_TWO


def test_an_item_that_wants_two_labels_goes_to_two_people_and_no_third(project, generation, ann, bob, rita):
    item = factories.BatchItemFactory(generation=generation, labels_wanted=2)
    assert held(project, ann).item_id == item.pk
    assert state_of(item) == "open"
    assert held(project, bob).item_id == item.pk
    assert state_of(item) == "leased"
    assert claim(project, rita).reason is Reason.ALL_LEASED


def test_nobody_gets_an_item_twice(project, generation, ann):
    factories.BatchItemFactory(generation=generation, labels_wanted=2)
    first = held(project, ann)
    assert claim(project, ann, (first.pk,)).reason is Reason.NOTHING_LEFT_FOR_YOU


def test_an_expired_lease_is_given_on_once_nothing_else_is_open(project, generation, ann, bob):
    factories.BatchItemFactory(generation=generation)
    mine = held(project, ann)
    let_expire(mine)
    assert held(project, bob).item_id == mine.item_id
    mine.refresh_from_db()
    assert mine.state == "lapsed"


def test_the_sweep_opens_what_ran_out(project, generation, ann):
    item = factories.BatchItemFactory(generation=generation)
    let_expire(held(project, ann))
    assert leases.lapse_expired() == 1
    assert state_of(item) == "open"
    assert leases.lapse_expired() == 0


def test_renewing_extends_and_keeps_the_token(project, items, ann):
    assignment = held(project, ann)
    token = assignment.lease_token
    let_expire(assignment)
    assert leases.renew(assignment=assignment).expires_at > timezone.now()
    assert assignment.lease_token == token


def test_a_lapsed_lease_can_be_renewed_until_somebody_else_has_the_item(project, generation, ann, bob):
    factories.BatchItemFactory(generation=generation)
    mine = held(project, ann)
    let_expire(mine)
    leases.lapse_expired()
    leases.renew(assignment=mine)
    assert claim(project, bob).reason is Reason.ALL_LEASED
    let_expire(mine)
    held(project, bob)
    with pytest.raises(LeaseLost):
        leases.renew(assignment=mine)


def test_a_released_item_is_open_again_also_for_who_released_it(project, generation, ann):
    item = factories.BatchItemFactory(generation=generation)
    first = held(project, ann)
    leases.release(assignment=first)
    leases.release(assignment=first)
    assert state_of(item) == "open"
    again = held(project, ann)
    assert (again.pk, again.lease_token) == (first.pk, first.lease_token)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("scoring", Reason.PREPARING),
        ("selecting", Reason.PREPARING),
        ("labeling", Reason.BATCH_FINISHED),
        ("training", Reason.BATCH_FINISHED),
        ("evaluating", Reason.BATCH_FINISHED),
        ("failed", Reason.NO_GENERATION),
        ("closed", Reason.NO_GENERATION),
        ("cancelled", Reason.NO_GENERATION),
    ],
)
def test_every_state_without_items_has_its_reason(project, generation, ann, state, reason):
    Generation.objects.filter(pk=generation.pk).update(state=state)
    assert claim(project, ann).reason is reason


def test_items_of_another_project_are_not_served(project, generation, ann):
    factories.BatchItemFactory()
    assert claim(project, ann).assignment is None


def test_a_claim_brings_all_that_the_page_shows(project, items, ann, django_assert_num_queries):
    assignment = present(claim(project, ann).assignment)
    with django_assert_num_queries(0):
        shown = assignment.item.solution
        assert (shown.pk, shown.steps) == (items[1].solution_id, items[1].solution.steps)
        assert (shown.problem.text, shown.problem.ground_truth_answer) == (items[1].solution.problem.text, "7")
        assert (assignment.labeler, assignment.state) == (ann.labeler, "leased")


def test_a_labeler_without_an_account_can_hold_an_item(project, items):
    labeler = Labeler.objects.create()
    assert leases.claim_next(project=project, labeler=labeler, holding=()).assignment
