"""What the project's home shows beside its progress."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labelhub.models import Admission, Membership, Project, Screening
from labelhub.queries import overview
from tests import factories
from tests.present import present

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


def test_each_queue_of_the_reviewers_is_counted(project, generation):
    factories.LabelFactory(assignment__item__generation=generation, assignment__item__solution__wrong=True)
    factories.LabelFactory(
        assignment__item__generation=generation, ratings=[1], finish_reason="bad_problem", reason="No number."
    )
    counts = {each.kind: each.count for each in overview.of(project).review}
    assert counts == dict.fromkeys(counts, 0) | {"contradictions": 1, "bad_problems": 1}


def a_screening(project: Project, ann, **given) -> Screening:
    given = {"attempt": 2, "state": "failed", "agreed": 3, "questions": []} | given
    return Screening.objects.create(project=project, labeler=ann.labeler, **given)


@pytest.fixture
def screened(project: Project) -> Project:
    project.screens = True
    project.save()
    return project


def test_who_failed_for_good_waits_for_a_person(screened, ann):
    a_screening(screened, ann)
    assert overview.shut_out(screened) == 1
    Admission.objects.create(project=screened, labeler=ann.labeler)
    assert overview.shut_out(screened) == 0


@pytest.mark.parametrize("given", [{"attempt": 1}, {"state": "open", "agreed": None}, {"state": "passed"}])
def test_who_can_still_go_on_waits_for_nobody(screened, ann, given):
    a_screening(screened, ann, **given)
    assert overview.shut_out(screened) == 0


def test_a_screening_that_is_closed_and_a_member_who_left_wait_for_nobody(screened, ann):
    a_screening(screened, ann)
    Membership.objects.filter(user=ann).update(suspended_at=timezone.now())
    assert overview.shut_out(screened) == 0
    Membership.objects.filter(user=ann).update(suspended_at=None)
    screened.screens = False
    assert overview.shut_out(screened) == 0


def test_what_comes_before_the_first_generation_is_told(project, ann, olga):
    factories.InvitationFactory(project=project, created_by=olga)
    factories.InvitationFactory(project=project, created_by=olga, revoked_at=timezone.now())
    labelers = Membership.objects.filter(project=project, role="labeler", suspended_at=None).count()
    assert overview.of(project).begun == overview.Begun(instructions=False, labelers=labelers, links=1)
    factories.InstructionsFactory(project=project, version=2, created_by=olga)
    Membership.objects.filter(user=ann).update(suspended_at=timezone.now())
    assert overview.of(project).begun == overview.Begun(instructions=True, labelers=labelers - 1, links=1)


def test_a_round_says_what_it_found_and_what_it_took(project, generation):
    for ratings in ([1, -1], [1, 1, 1], [-1]):
        factories.LabelFactory(assignment__item__generation=generation, ratings=ratings)
    first = factories.LabelFactory(assignment__item__generation=generation, total_time=99_000)
    factories.LabelFactory(
        assignment=first.assignment, supersedes=first, revision=2, ratings=[-1], total_time=5_000
    )  # a correction counts once, as it is now
    [told] = overview.of(project).rounds
    assert (told.found_errors, told.found.value, told.found.n) == (3, 0.75, 4)
    assert told.active_ms == 3 * 12_000 + 5_000
    assert told.agreement.undefined == overview.NO_OVERLAP
    assert told.change is None


@pytest.mark.parametrize("asked", [{"labels_wanted": 2}, {"overlap_share": "0.5"}])
def test_a_round_that_overlaps_says_how_often_people_name_the_same_mistake(project, asked):
    generation = factories.GenerationFactory(project=project, **asked)
    for pair in ([[1, -1], [0, -1]], [[1, 1, 1], [-1]], [[1, 1, 1], [0, 1, 1]], [[-1]]):
        item = factories.BatchItemFactory(generation=generation, state="done")
        for ratings in pair:
            factories.LabelFactory(assignment__item=item, ratings=ratings)
    [told] = overview.of(project).rounds
    assert told.agreement.n == 3
    assert told.agreement.value == pytest.approx(2 / 3)


def test_a_round_says_what_its_checkpoint_changed(project):
    compared = {"difference": 0.022, "low": -0.01, "high": 0.055, "detectable": 0.047, "problems": 90}
    checkpoint = factories.CheckpointFactory(
        project=project, measures={"gate": {"comparison": {"best_of_n": compared, "first_error": {"undefined": "No."}}}}
    )
    factories.GenerationFactory(project=project, state="closed", checkpoint=checkpoint)
    assert overview.of(project).rounds[0].change == overview.RoundChange(difference=0.022, low=-0.01, high=0.055)
    Project.objects.update(metric="first_error")
    assert overview.of(Project.objects.get()).rounds[0].change is None


def test_a_batch_in_labeling_says_when_it_may_be_full(project, generation):
    assert overview.of(project).finish is None  # nothing is left to make
    factories.BatchItemFactory.create_batch(10, generation=generation)
    assert present(overview.of(project).finish).undefined
    generation.labeling_at = timezone.now() - timedelta(hours=1)
    generation.launched_at = generation.labeling_at
    generation.save()
    factories.LabelFactory.create_batch(6, assignment__item__generation=generation)
    finish = present(overview.of(project).finish)
    assert finish.undefined is None
    assert present(finish.earliest) <= present(finish.likely)


@pytest.mark.parametrize("rounds", [1, 5])
def test_the_cost_does_not_grow_with_the_rounds(project, rounds, django_assert_num_queries):
    for number in range(rounds):
        ended = factories.GenerationFactory(
            project=project, number=number, state="closed", labels_wanted=2, ended_at=timezone.now()
        )
        factories.LabelFactory.create_batch(2, assignment__item__generation=ended)
    with django_assert_num_queries(12):
        first = overview.of(project)
    assert len(first.rounds) == rounds
    with django_assert_num_queries(10):  # what has ended is not counted again
        assert overview.of(project) == first
