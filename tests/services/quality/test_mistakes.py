"""Common mistakes: told of every pass over gold as it was handed in, and to a labeler of their own alone."""

import pytest
from django.utils import timezone

from labelhub.models import Gold, Label, PracticePass, Project, Screening, User
from labelhub.queries.quality import mistakes
from tests import factories
from tests.present import present

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

MISTAKEN = {"first_mistakes": [1], "solution__wrong": True}
FLAG = {"check": "is_quality_control_question", "screening": "is_initial_screening_question"}


def make_gold(project: Project, purpose: str, **fields) -> Gold:
    return factories.GoldFactory(purpose=purpose, solution__problem__project=project, **fields)


def hand_in(gold: Gold, person: User, ratings: list[int], **fields) -> Label:
    """A pass over a check or a screening question."""
    return factories.LabelFactory(
        assignment__item__solution=gold.solution,
        assignment__labeler=person.labeler,
        ratings=ratings,
        **{FLAG[gold.purpose]: True},
        **fields,
    )


def practise(gold: Gold, person: User, ratings: list[int]) -> PracticePass:
    agreed = ratings[-1] == -1 and len(ratings) - 1 in gold.first_mistakes
    return PracticePass.objects.create(gold=gold, labeler=person.labeler, ratings=ratings, agreed=agreed)


def hits(told: mistakes.Outcomes) -> dict[str, tuple[int, int]]:
    """The outcomes that happened, of how many."""
    return {name: (share.hits, share.n) for name, share in vars(told).items() if share.hits}


@pytest.fixture
def worked(project: Project, ann: User, bob: User) -> dict[str, Gold]:
    """ann misses what there is and bob sees what isn't there, in each of the three sets."""
    golds = {purpose: make_gold(project, purpose, **MISTAKEN) for purpose in Gold.Purpose.values}
    sound = make_gold(project, "check")
    hand_in(golds["check"], ann, [1, 1, 1])
    hand_in(golds["screening"], ann, [1, 1, -1])
    practise(golds["practice"], ann, [1, 1, 1])
    hand_in(sound, bob, [-1])
    hand_in(golds["check"], bob, [1, -1])
    return golds | {"sound": sound}


def test_each_outcome_is_told_of_the_passes_in_which_it_could_have_happened(project, worked):
    told = mistakes.report(project=project)
    assert told.passes == 5
    assert hits(told.outcomes) == {
        "agreed": (1, 5),
        "said_none": (2, 4),
        "too_late": (1, 4),
        "false_alarm": (1, 1),
        "missed": (3, 4),
        "alarmed": (1, 5),
    }
    assert told.offsets == [mistakes.Offset(steps=1, count=1)]
    assert [(part.part, part.hits, part.n) for part in told.parts] == [
        ("first", 0, 0),
        ("middle", 3, 4),
        ("last", 0, 0),
    ]


@pytest.mark.parametrize(("purpose", "passes"), [("check", 3), ("screening", 1), ("practice", 1)])
def test_one_purpose_is_told_alone(project, worked, purpose, passes):
    told = mistakes.report(project=project, purpose=purpose)
    assert told.passes == passes
    assert {gold.purpose for gold in told.golds} <= {purpose}


def test_a_share_comes_with_wilsons_interval_and_one_of_nothing_with_none(project, worked):
    told = mistakes.report(project=project)
    missed = told.outcomes.missed
    assert (round(present(missed.low), 3), round(present(missed.high), 3)) == (0.301, 0.954)  # worked by hand
    assert (told.parts[0].low, told.parts[0].high) == (None, None)


def test_who_makes_which_mistakes_is_told_by_name_and_whose_passes_are_most_comes_first(project, ann, bob, worked):
    told = mistakes.report(project=project).labelers
    assert [(row.username, row.passes) for row in told] == [("ann", 3), ("bob", 2)]
    assert told[0].labeler == ann.labeler.pk
    assert hits(told[0].outcomes) == {"said_none": (2, 3), "too_late": (1, 3), "missed": (3, 3)}
    assert hits(told[1].outcomes) == {"agreed": (1, 2), "false_alarm": (1, 1), "alarmed": (1, 2)}


def test_a_missed_gold_label_comes_with_its_explanation_and_the_commonest_wrong_answer(project, worked):
    told = {gold.id: gold for gold in mistakes.report(project=project).golds}
    assert set(told) == {gold.pk for gold in worked.values()}
    missed = told[worked["screening"].pk]
    assert missed.commonest == mistakes.Commonest(finish_reason="found_error", said=2, unsure=False, count=1)
    assert missed.explanation == worked["screening"].explanation
    assert missed.steps == worked["screening"].solution.steps
    assert told[worked["check"].pk].wrong.n == 2


def test_of_practice_only_the_first_try_counts_for_whoever_tries_again_was_told(project, ann, bob):
    gold = make_gold(project, "practice", **MISTAKEN)
    practise(gold, ann, [1, 1, 1])
    practise(gold, ann, [1, -1])
    practise(gold, bob, [1, -1])
    assert hits(mistakes.report(project=project).outcomes) == {
        "agreed": (1, 2),
        "said_none": (1, 2),
        "missed": (1, 2),
    }
    assert mistakes.agreements(golds=[gold.pk])[gold.pk].hits == 1


def test_a_corrected_pass_counts_as_it_was_corrected(project, ann):
    gold = make_gold(project, "check", **MISTAKEN)
    first = hand_in(gold, ann, [1, 1, 1])
    factories.LabelFactory(
        assignment=first.assignment, supersedes=first, revision=2, ratings=[1, -1], is_quality_control_question=True
    )
    assert hits(mistakes.report(project=project).outcomes) == {"agreed": (1, 1)}


def test_half_a_pass_is_told_as_not_finished(project, ann):
    hand_in(make_gold(project, "check", **MISTAKEN), ann, [1], finish_reason="give_up")
    assert hits(mistakes.report(project=project).outcomes) == {"not_finished": (1, 1)}


def test_neither_work_nor_another_project_is_counted(project, ann, generation):
    factories.LabelFactory(assignment__item__generation=generation, assignment__labeler=ann.labeler)
    hand_in(make_gold(factories.ProjectFactory(), "check"), ann, [-1])
    told = mistakes.report(project=project)
    assert (told.passes, told.labelers, told.golds) == (0, [], [])


def test_the_report_costs_as_many_queries_however_much_there_is(project, ann, bob, worked, django_assert_num_queries):
    for _ in range(5):
        hand_in(make_gold(project, "check", **MISTAKEN), bob, [1, 1, 1])
    with django_assert_num_queries(3):  # handed in, practised, the gold labels most missed
        mistakes.report(project=project)
    with django_assert_num_queries(2):
        mistakes.agreements(golds=[gold.pk for gold in worked.values()])


def screened(project: Project, person: User, labels: list[Label], state: str) -> None:
    decided = {} if state == "open" else {"agreed": 0, "decided_at": timezone.now()}
    Screening.objects.create(
        project=project,
        labeler=person.labeler,
        attempt=1,
        questions=[present(label.assignment).item_id for label in labels],
        bar=project.screening_bar,
        state=state,
        **decided,
    )


def test_a_labeler_hears_of_their_own_practice_and_screening_and_never_of_a_check(project, ann, bob, worked):
    asked = Label.objects.filter(is_initial_screening_question=True).select_related("assignment")
    screened(project, ann, list(asked), "failed")
    told = mistakes.of_labeler(project=project, labeler=ann.labeler)
    assert set(vars(told)) == {"practice", "screening"}
    assert hits(told.practice) == {"said_none": (1, 1), "missed": (1, 1)}
    assert hits(told.screening) == {"too_late": (1, 1), "missed": (1, 1)}
    nobody = mistakes.of_labeler(project=project, labeler=bob.labeler)  # who met two checks
    assert [share.n for share in (*vars(nobody.practice).values(), *vars(nobody.screening).values()) if share.n] == []


def test_a_screening_under_way_is_not_told_of_or_each_answer_would_be(project, ann, worked):
    asked = Label.objects.filter(is_initial_screening_question=True).select_related("assignment")
    screened(project, ann, list(asked), "open")
    assert mistakes.of_labeler(project=project, labeler=ann.labeler).screening.agreed.n == 0
