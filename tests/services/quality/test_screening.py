"""Screening: asked before the first batch, judged by gold, and nobody passes without reading."""

from fractions import Fraction

import pytest

from labelhub.errors import Conflict, GenerationClosed, Invalid, NoRetake, UnfitSet, WrongState
from labelhub.models import Admission, Assignment, BatchItem, Event, Gold, Label, Problem, Project, Screening, User
from labelhub.queries.labeling.queue import Reason
from labelhub.queries.loop import eligible
from labelhub.services.labeling import hand_in, leases
from labelhub.services.labeling.hand_in import HandedIn, Pass
from labelhub.services.quality import screening
from labelhub.services.quality.screening import Place
from selector.quality import gold as rules
from tests import factories
from tests.present import present

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

SIZE = 10


def make_gold(project: Project, count: int, **fields) -> list[Gold]:
    return [
        factories.GoldFactory(purpose="screening", solution__problem__project=project, **fields) for _ in range(count)
    ]


@pytest.fixture
def screened(project: Project) -> Project:
    """Ten questions of twenty-eight: sound ones, and wrong answers with the mistake in the middle step.

    Whichever ten are drawn, enough of both kinds are left for one retake, and for no second one.
    """
    Project.objects.filter(pk=project.pk).update(screening_size=SIZE)
    project.refresh_from_db()
    make_gold(project, 14)
    make_gold(project, 14, first_mistakes=[1], solution__wrong=True, solution__answer="eight")
    screening.open_set(project=project, by=None)
    return project


@pytest.fixture
def item(generation) -> BatchItem:
    return factories.BatchItemFactory(generation=generation)


def claim(project: Project, person: User, holding: tuple[int, ...] = ()) -> leases.Offer:
    return leases.claim_next(project=project, labeler=person.labeler, holding=holding)


def answer(assignment: Assignment, mistake: int | None, **changed) -> HandedIn:
    steps = len(assignment.item.solution.steps)
    ratings = [1] * steps if mistake is None else [*[1] * mistake, -1]
    body = {"ratings": ratings, "finish_reason": "solution" if mistake is None else "found_error"} | changed
    return hand_in.hand_in(
        labeler=assignment.labeler,
        assignment_id=assignment.pk,
        body=Pass(lease=assignment.lease_token, total_time=1000, **body),
        source="human",
        holding=[],
    )


def truth(assignment: Assignment) -> int | None:
    return min(assignment.item.solution.gold.first_mistakes, default=None)


def missed(assignment: Assignment) -> int | None:
    """A false alarm, or one step before the mistake."""
    return 0


def take(project: Project, person: User, respond) -> HandedIn:
    """Every question of the screening, each answered as `respond` says of its assignment."""
    offer = claim(project, person)
    while True:
        asked = present(offer.assignment)
        done = answer(asked, respond(asked))
        if done.screening:
            return done
        offer = done.offer


def agreeing(count: int):
    """Right `count` times, then wrong."""
    answers = iter([truth] * count + [missed] * SIZE)
    return lambda assignment: next(answers)(assignment)


def test_a_newcomer_is_asked_before_the_batch_and_told_which_question_it_is(screened, item, ann):
    offer = claim(screened, ann)
    assert offer.place == Place(1, SIZE)
    first = present(offer.assignment)
    assert first.item.generation.number == -1
    offer = claim(screened, ann, (first.pk,))
    assert offer.place == Place(2, SIZE)
    assert claim(screened, ann, (first.pk, present(offer.assignment).pk)).reason == Reason.HOLDING_TWO
    assert claim(screened, ann).place == Place(1, SIZE)  # forgotten by the page: it comes back


def test_where_there_is_no_set_nobody_is_screened(project, item, ann):
    assert present(claim(project, ann).assignment).item_id == item.pk


def test_who_reaches_the_bar_is_let_in_at_once(screened, item, ann):
    done = take(screened, ann, agreeing(8))
    attempt = present(done.screening)
    assert (attempt.state, attempt.agreed) == ("passed", 8)
    assert present(done.offer.assignment).item_id == item.pk
    assert Admission.objects.get().screening == attempt
    assert Event.objects.get(verb="screen").detail == {"state": "passed", "agreed": 8, "of": SIZE}


def test_who_stays_below_the_bar_cannot_label_and_is_told_so(screened, item, ann):
    done = take(screened, ann, agreeing(7))  # 7.5 are needed
    attempt = present(done.screening)
    assert (attempt.state, attempt.agreed) == ("failed", 7)
    assert done.offer.reason == Reason.SCREENING_RETAKE
    assert screening.result(attempt) == {
        "needed": 8,
        "sentence": "The screening is over: 7 of your 10 passes agree with the team's, and 8 are needed.",
    }
    assert claim(screened, ann).reason == Reason.SCREENING_RETAKE
    assert not Admission.objects.exists()


@pytest.mark.parametrize("way", rules.WITHOUT_READING)
def test_who_does_not_read_fails(screened, ann, way):
    """Always Bad, always Great, Bad exactly where the answer differs: each of them, by the labeler's own door."""

    def respond(assignment: Assignment) -> int | None:
        solution = assignment.item.solution
        return rules.WITHOUT_READING[way](
            rules.Question(0, len(solution.steps), frozenset(), solution.grade == "right", len(solution.steps) - 1)
        )

    assert present(take(screened, ann, respond).screening).state == "failed"


@pytest.mark.parametrize("finish", ["give_up", "bad_problem"])
def test_giving_up_is_a_miss_and_retires_nothing(screened, ann, finish):
    offer, agreed = claim(screened, ann), 0
    done = None
    while offer.assignment:
        done = answer(offer.assignment, None, ratings=[1], finish_reason=finish, reason="I can't tell.")
        offer = done.offer
    attempt = present(present(done).screening)
    assert (attempt.state, attempt.agreed) == ("failed", agreed)
    assert not Problem.objects.exclude(retired_at=None).exists()


def test_a_retake_asks_other_questions_as_often_as_the_project_allows(screened, ann):
    first = present(take(screened, ann, missed).screening)
    second = screening.retake(project=screened, labeler=ann.labeler)
    assert not set(first.questions) & set(second.questions)
    assert claim(screened, ann).place == Place(1, SIZE)
    assert present(take(screened, ann, truth).screening).state == "passed"
    with pytest.raises(NoRetake):
        screening.retake(project=screened, labeler=ann.labeler)


def test_after_the_last_retake_only_an_operator_lets_in(screened, item, ann, olga):
    take(screened, ann, missed)
    screening.retake(project=screened, labeler=ann.labeler)
    assert take(screened, ann, missed).offer.reason == Reason.SCREENING_FAILED
    with pytest.raises(Invalid):
        screening.admit(project=screened, labeler=ann.labeler, reason=" ", by=olga)
    screening.admit(project=screened, labeler=ann.labeler, reason="I sat beside her.", by=olga)
    assert present(claim(screened, ann).assignment).item_id == item.pk
    assert Event.objects.get(verb="admit").reason == "I sat beside her."
    with pytest.raises(Conflict):
        screening.admit(project=screened, labeler=ann.labeler, reason="Again.", by=olga)


def test_an_operator_grants_another_attempt_beyond_those_the_project_allows(screened, ann, olga):
    Project.objects.filter(pk=screened.pk).update(screening_retakes=0)
    screened.refresh_from_db()
    first = take(screened, ann, missed)
    assert first.offer.reason == Reason.SCREENING_FAILED
    with pytest.raises(Invalid):
        screening.grant(project=screened, labeler=ann.labeler, reason=" ", by=olga)
    granted = screening.grant(project=screened, labeler=ann.labeler, reason="The page had crashed.", by=olga)
    assert not set(granted.questions) & set(present(first.screening).questions)
    assert present(take(screened, ann, truth).screening).state == "passed"
    event = Event.objects.get(verb="grant retake")
    assert (event.actor, event.reason, event.detail) == (olga, "The page had crashed.", {"attempt": 2})


def test_an_attempt_is_granted_only_who_failed_and_while_questions_are_left(screened, ann, bob, olga):
    def grant(person: User) -> Screening:
        return screening.grant(project=screened, labeler=person.labeler, reason="Please.", by=olga)

    claim(screened, ann)
    for person in (ann, bob):  # hers is under way, he has taken none
        with pytest.raises(NoRetake):
            grant(person)
    take(screened, ann, missed)
    grant(ann)
    take(screened, ann, missed)
    with pytest.raises(NoRetake):
        grant(ann)
    assert Event.objects.filter(verb="grant retake").count() == 1


def test_without_unseen_questions_there_is_no_retake(screened, ann):
    Project.objects.filter(pk=screened.pk).update(screening_retakes=5)
    screened.refresh_from_db()
    take(screened, ann, missed)
    screening.retake(project=screened, labeler=ann.labeler)
    assert take(screened, ann, missed).offer.reason == Reason.SCREENING_FAILED


def test_its_labels_say_so_and_train_nothing(screened, ann, bob):
    take(screened, ann, truth)
    labels = Label.objects.all()
    assert labels.count() == SIZE
    assert all(label.is_initial_screening_question for label in labels)
    assert not any(label.is_quality_control_question for label in labels)
    assert not eligible.to_train(project=screened).exists()
    assert not eligible.to_measure(project=screened, split="gate").exists()


def test_each_labeler_gets_assignments_of_their_own(screened, ann, bob):
    take(screened, ann, truth)
    assert present(take(screened, bob, truth).screening).state == "passed"
    states = set(BatchItem.objects.filter(generation__number=-1).values_list("state", flat=True))
    assert states == {"standing"}


def test_a_question_can_be_changed_until_the_screening_is_decided(screened, ann):
    first = present(claim(screened, ann).assignment)
    answer(first, missed(first))
    assert answer(first, truth(first)).label.revision == 2
    last = take(screened, ann, truth)
    assert present(last.screening).agreed == SIZE
    with pytest.raises(GenerationClosed):
        answer(first, missed(first), reason="It was right the first time.")


def test_the_last_question_is_waited_for(screened, item, ann):
    offer = claim(screened, ann)
    for _ in range(SIZE - 1):
        asked = present(offer.assignment)
        offer = answer(asked, truth(asked)).offer
    assert claim(screened, ann, (present(offer.assignment).pk,)).reason == Reason.SCREENING_WAITS


def test_a_question_handed_back_is_asked_again(screened, ann):
    asked = present(claim(screened, ann).assignment)
    leases.release(assignment=asked)
    offer = claim(screened, ann)
    again = present(offer.assignment)
    assert (again.pk, offer.place) == (asked.pk, Place(1, SIZE))
    assert again.item.state == "standing"


def test_a_set_that_can_be_passed_without_reading_is_not_opened(project):
    Project.objects.filter(pk=project.pk).update(screening_size=SIZE)
    make_gold(project, 30, first_mistakes=[0], solution__wrong=True)
    with pytest.raises(UnfitSet, match="0 of the 30 questions have no mistake; of 10 asked, 4 must"):
        screening.open_set(project=project, by=None)
    make_gold(project, 4)
    with pytest.raises(UnfitSet, match="somebody who says Bad at once exactly where the answer differs agrees with 34"):
        screening.open_set(project=project, by=None)
    assert not BatchItem.objects.exists()


def test_once_closed_nobody_is_screened(screened, item, ann, olga):
    held = present(claim(screened, ann).assignment)
    screening.close_set(project=screened, by=olga, reason="Enough people.")
    assert present(claim(screened, ann).assignment).item_id == item.pk
    with pytest.raises(GenerationClosed):
        answer(held, None)
    with pytest.raises(WrongState):
        screening.close_set(project=screened, by=olga)


def test_opened_again_it_asks_what_was_added_since(screened):
    make_gold(screened, 3)
    screening.open_set(project=screened, by=None)
    assert BatchItem.objects.filter(generation__number=-1).count() == 31
    positions = list(BatchItem.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(31))


def test_the_bar_and_the_size_are_the_projects(screened, ann):
    Project.objects.filter(pk=screened.pk).update(screening_size=5, screening_bar="0.6")
    screened.refresh_from_db()
    attempt = present(take(screened, ann, agreeing(3)).screening)
    assert (attempt.state, Fraction(attempt.bar), len(attempt.questions)) == ("passed", Fraction(3, 5), 5)
    assert Screening.objects.get() == attempt
