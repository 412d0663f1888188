"""Sixteen tabs of one labeler: one attempt, each question once, one decision."""

import pytest

from labelhub.errors import NoRetake
from labelhub.models import Admission, Assignment, Label, Project, Screening
from labelhub.services.labeling import hand_in, leases
from labelhub.services.labeling.hand_in import Pass
from labelhub.services.quality import screening
from tests import factories
from tests.present import present
from tests.services.labeling.test_claim_race import PEOPLE, in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]

SIZE = 10


@pytest.fixture
def screened(project: Project) -> Project:
    Project.objects.filter(pk=project.pk).update(screening_size=SIZE)
    project.refresh_from_db()
    for n in range(2 * SIZE):
        fields = {} if n < 8 else {"first_mistakes": [1], "solution__wrong": True, "solution__answer": "eight"}
        factories.GoldFactory(purpose="screening", solution__problem__project=project, **fields)
    screening.open_set(project=project, by=None)
    return project


def test_two_tabs_begin_one_screening(screened, ann):
    offers = in_threads(lambda _: leases.claim_next(project=screened, labeler=ann.labeler, holding=[]), range(PEOPLE))
    assert Screening.objects.count() == 1
    assert len({present(offer.assignment).pk for offer in offers}) == 1


def test_tabs_that_answer_at_once_decide_it_once(screened, ann):
    def work(_):
        answered = 0
        while assignment := leases.claim_next(project=screened, labeler=ann.labeler, holding=[]).assignment:
            mistakes = assignment.item.solution.gold.first_mistakes
            done = hand_in.hand_in(
                labeler=ann.labeler,
                assignment_id=assignment.pk,
                body=Pass(
                    lease=assignment.lease_token,
                    ratings=[1, -1] if mistakes else [1, 1, 1],
                    finish_reason="found_error" if mistakes else "solution",
                    total_time=1,
                ),
                source="human",
                holding=[],
            )
            answered += done.screening is not None
        return answered

    decided = in_threads(work, range(PEOPLE))
    assert sum(decided) == 1
    assert Screening.objects.get().agreed == SIZE
    assert Admission.objects.count() == 1
    assert Label.objects.current().count() == Assignment.objects.count() == SIZE


def test_two_tabs_begin_one_retake(screened, ann):
    Screening.objects.create(project=screened, labeler=ann.labeler, attempt=1, state="failed", agreed=0, questions=[])

    def again(_):
        try:
            return screening.retake(project=screened, labeler=ann.labeler).attempt
        except NoRetake:
            return None

    assert sorted(attempt for attempt in in_threads(again, range(PEOPLE)) if attempt) == [2]
