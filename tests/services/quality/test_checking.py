"""Running checks: mixed in by chance, told from nothing else, outside the batch's count, and each once."""

import pytest

from labelhub.models import Assignment, BatchItem, Generation, Label, Project, User
from labelhub.queries.labeling import queue
from labelhub.queries.loop import eligible, generations, progress
from labelhub.queries.loop.generations import ItemCounts
from labelhub.queries.quality import checks
from labelhub.services.labeling import hand_in, leases
from labelhub.services.labeling.hand_in import Pass
from labelhub.services.loop import generations as rounds
from labelhub.services.quality import gold
from labelhub.services.quality.checks import asking as checking
from selector.quality import gold as rules
from tests import factories
from tests.present import present

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture
def checked(project: Project, generation: Generation) -> Generation:
    """Four checks, asked whenever there is a turn, beside three items of the batch."""
    Project.objects.filter(pk=project.pk).update(check_rate=1, check_count=4)
    project.refresh_from_db()
    for _ in range(3):
        factories.BatchItemFactory(generation=generation)
        factories.GoldFactory(purpose="check", solution__problem__project=project)
        factories.GoldFactory(
            purpose="check", solution__problem__project=project, first_mistakes=[1], solution__wrong=True
        )
    checking.put_up(generation=generation)
    return generation


def claim(project: Project, person: User) -> leases.Offer:
    return leases.claim_next(project=project, labeler=person.labeler, holding=[])


def hands_in(assignment: Assignment, **changed) -> hand_in.HandedIn:
    body = {"ratings": [1, 1, 1], "finish_reason": "solution"} | changed
    return hand_in.hand_in(
        labeler=assignment.labeler,
        assignment_id=assignment.pk,
        body=Pass(lease=assignment.lease_token, total_time=1, **body),
        source="human",
        holding=[],
    )


def label_all(project: Project, person: User) -> list[Assignment]:
    made, offer = [], claim(project, person)
    while offer.assignment:
        made.append(offer.assignment)
        offer = hands_in(offer.assignment).offer
    return made


def test_a_generation_takes_checks_two_in_five_without_a_mistake(checked):
    items = checked.items.filter(stratum="check").select_related("solution__gold")
    assert items.count() == 4
    assert sum(not item.solution.gold.first_mistakes for item in items) == 2
    assert {item.state for item in items} == {"standing"}


def test_every_labeler_meets_each_check_once_and_the_batch_all_the_same(project, checked, ann, bob):
    made = label_all(project, ann)
    assert len(made) == len({each.item_id for each in made}) == 7
    assert len([each for each in label_all(project, bob) if each.item.solution_id]) == 4  # the batch is done
    assert Label.objects.filter(is_quality_control_question=True).count() == 8


def test_checks_come_at_the_projects_rate(project, checked, ann, monkeypatch):
    Project.objects.filter(pk=project.pk).update(check_rate="0.05")
    monkeypatch.setattr("labelhub.services.labeling.claiming.random", lambda: 0.05)
    assert present(claim(project, ann).assignment).item.generation_id == checked.pk
    assert not Assignment.objects.filter(item__stratum="check").exists()
    monkeypatch.setattr("labelhub.services.labeling.claiming.random", lambda: 0.0499)
    leases.release(assignment=Assignment.objects.get())
    claim(project, ann)
    assert Assignment.objects.filter(item__stratum="check").count() == 1


def test_where_there_are_none_no_turn_is_spent_on_them(project, generation, ann):
    Project.objects.filter(pk=project.pk).update(check_rate=1)
    assert not queue.lock_labeler(project=project, labeler=ann.labeler).check_rate


def test_a_check_is_shown_as_any_item_is(project, checked, ann):
    offer = claim(project, ann)
    shown = present(offer.assignment).item
    assert shown.stratum == "check"
    assert offer.place is None
    assert shown.generation.number == checked.number


def test_checks_train_nothing_and_count_for_nothing_but_the_labelers_own(project, checked, ann):
    label_all(project, ann)
    assert eligible.to_train(project=project).count() == 3
    [told] = generations.tell(generations.of_project(project))
    done = ItemCounts(open=0, leased=0, done=3, withdrawn=0)
    assert (told.items, told.labels) == (done, 3)
    assert told.by_stratum == {"uniform": 3}
    assert progress.of_batch(project) == done
    assert progress.of_labeler(project, ann.labeler).today == 7  # else a count that stands still would tell a check


def test_a_batch_is_full_whatever_checks_are_left(project, checked, ann):
    Project.objects.filter(pk=project.pk).update(auto_advance=True, check_rate=0)
    label_all(project, ann)
    assert queue.full_batches() == [checked]


def test_closing_takes_back_checks_that_are_out(project, checked, ann):
    held = present(claim(project, ann).assignment)
    rated = factories.SolutionFactory(problem__project=project)
    factories.LabelFactory(
        solution=rated, assignment=None, source="imported", import_digest="0", labeler=ann.labeler, ratings=[1, -1],
        steps=factories.label_steps(rated.steps, [1, -1]),
    )  # fmt: skip
    rounds.close(generation=checked, by=None)
    held.refresh_from_db()
    assert held.state == "revoked"


def test_giving_up_or_blaming_the_problem_retires_no_check(project, checked, ann):
    held = present(claim(project, ann).assignment)
    hands_in(held, ratings=[1], finish_reason="bad_problem", reason="It asks nothing.")
    held.refresh_from_db()
    assert (held.state, held.item.state, held.item.solution.problem.retired_at) == ("submitted", "standing", None)


def test_what_was_shown_most_is_taken_last(project, checked, ann):
    label_all(project, ann)
    shown = {gold.pk: count for gold, count in checks.exposures(project)}
    assert sorted(shown.values()) == [0, 0, 1, 1, 1, 1]
    Generation.objects.filter(pk=checked.pk).update(state="closed")
    following = factories.GenerationFactory(project=project, number=1)
    checking.put_up(generation=following)
    taken = set(BatchItem.objects.filter(generation=following).values_list("solution__gold", flat=True))
    assert {pk for pk, count in shown.items() if count == 0} <= taken


def test_no_way_of_not_reading_agrees_with_half_of_what_is_put_up(project, generation):
    """Of a set in which the mistake mostly stands where the answer does, the others are taken."""
    Project.objects.filter(pk=project.pk).update(check_count=10)
    project.refresh_from_db()
    wrong = {"purpose": "check", "solution__problem__project": project, "solution__wrong": True}
    for _ in range(12):
        factories.GoldFactory(purpose="check", solution__problem__project=project)
        factories.GoldFactory(**wrong, first_mistakes=[1])
    for n in range(6):
        steps = [f"Tom has {n} apples.", "He buys 4 of 8.", "He sells 2.", "He has 8 apples."]
        factories.GoldFactory(**wrong, first_mistakes=[2], solution__steps=steps)
    checking.put_up(generation=generation)
    taken = gold.questions([item.solution.gold for item in generation.items.filter(stratum="check")])
    assert len(taken) == 10
    for way in rules.WITHOUT_READING:
        assert 2 * sum(way in rules.guessed(question) for question in taken) < 10, way


def test_what_the_checks_lack_costs_as_many_queries_however_many_they_are(project, checked, django_assert_num_queries):
    with django_assert_num_queries(3):  # the checks, and two on whether they can be told by the answer they lack
        checking.shortcomings(project=project)
