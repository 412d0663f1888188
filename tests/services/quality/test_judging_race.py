"""Two tabs of one labeler hand in checks at once: judged one after the other, and paused once."""

import pytest

from labelhub.errors import Paused
from labelhub.models import Assignment, Event, Generation, Label, Labeler, Project, Quarantine
from labelhub.services.labeling import hand_in, leases
from labelhub.services.labeling.hand_in import Pass
from labelhub.services.quality.checks import asking as checking
from tests import factories
from tests.services.labeling.test_claim_race import in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]

AT_ONCE = 8


@pytest.fixture
def checked(project: Project, generation: Generation) -> Project:
    Project.objects.filter(pk=project.pk).update(check_rate=0, check_count=2 * AT_ONCE)
    project.refresh_from_db()
    for _ in range(2 * AT_ONCE):
        factories.GoldFactory(
            purpose="check", solution__problem__project=project, first_mistakes=[1], solution__wrong=True
        )
    for position in range(AT_ONCE):
        factories.BatchItemFactory(generation=generation, position=position)
    checking.put_up(generation=generation)
    return project


def hold_checks(project: Project, labeler: Labeler, n: int) -> list[Assignment]:
    items = project.generations.get().items.filter(stratum="check").order_by("pk")[:n]
    return [factories.AssignmentFactory(item=item, labeler=labeler) for item in items]


def miss(assignment: Assignment) -> str:
    body = Pass(lease=assignment.lease_token, ratings=[1, 1, 1], finish_reason="solution", total_time=1)
    try:
        done = hand_in.hand_in(
            labeler=assignment.labeler, assignment_id=assignment.pk, body=body, source="human", holding=[]
        )
    except Paused:
        return "kept as a draft"
    return done.offer.reason.code if done.offer.reason else "goes on"


def test_checks_handed_in_at_once_pause_once(checked, ann):
    answers = in_threads(miss, hold_checks(checked, ann.labeler, AT_ONCE))
    assert sorted(answers) == ["goes on"] * 2 + ["kept as a draft"] * (AT_ONCE - 3) + ["paused"]
    assert Quarantine.objects.count() == Event.objects.filter(verb="pause").count() == 1
    assert Label.objects.count() == 3
    assert Labeler.objects.get(pk=ann.labeler.pk).paused_in == [checked.pk]
    assert not Assignment.objects.filter(labeler=ann.labeler, state="leased").exists()


def test_a_claim_beside_the_check_that_pauses_leaves_nothing_leased(checked, ann):
    """Whichever comes first, the labeler holds nothing afterwards that the pause didn't take back."""
    *first, last = hold_checks(checked, ann.labeler, 3)
    for check in first:
        miss(check)
    claim = lambda: leases.claim_next(project=checked, labeler=ann.labeler, holding=[last.pk])  # noqa: E731
    in_threads(lambda act: act(), [lambda: miss(last), claim, claim, claim])
    assert not Assignment.objects.filter(labeler=ann.labeler, state="leased").exists()


def test_two_labelers_paused_over_each_others_checks_do_not_wait_for_each_other(checked, ann, bob):
    """Each hands in the check that the other holds beside their own."""
    one, other = (item for item in checked.generations.get().items.filter(stratum="check").order_by("pk")[:2])
    for person in (ann, bob):
        for item in checked.generations.get().items.filter(stratum="check").order_by("-pk")[:2]:
            miss(factories.AssignmentFactory(item=item, labeler=person.labeler))
    hands = [factories.AssignmentFactory(item=item, labeler=who.labeler) for item, who in ((one, ann), (other, bob))]
    for item, who in ((other, ann), (one, bob)):
        factories.AssignmentFactory(item=item, labeler=who.labeler)
    assert in_threads(miss, hands) == ["paused", "paused"]
