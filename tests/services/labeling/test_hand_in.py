"""Labeling: a pass counts once, can be corrected while the generation is open, and is kept when it comes too late."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from labelhub.errors import GenerationClosed, InvalidLabel, LeaseLost, StaleRevision
from labelhub.models import Assignment, BatchItem, Generation, Label, Problem
from labelhub.services.labeling import hand_in, leases
from labelhub.services.labeling.hand_in import Pass
from selector.labels.steps import main_ratings
from tests import factories
from tests.present import present
from tests.services.labeling.test_leases import held, let_expire, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture
def item(generation: Generation) -> BatchItem:
    return factories.BatchItemFactory(generation=generation)


def a_pass(assignment: Assignment, **changed: Any) -> Pass:
    body = Pass(lease=assignment.lease_token, ratings=[1, 1, 1], finish_reason="solution", total_time=1000)
    return replace(body, **changed)


def submit(assignment: Assignment, revises: int | None = None, **changed: Any) -> Label:
    return hand_in.hand_in(
        labeler=assignment.labeler,
        assignment_id=assignment.pk,
        body=a_pass(assignment, **changed),
        source=Label.Source.HUMAN,
        holding=(),
        revises=revises,
    ).label


def test_a_pass_becomes_one_label_and_finishes_the_item(project, item, ann):
    label = submit(held(project, ann), ratings=[1, 0, -1], finish_reason="found_error")
    assert main_ratings(label.steps) == [1, 0, -1]
    assert (label.labeler, label.solution, label.revision) == (ann.labeler, item.solution, 1)
    assert state_of(item) == "done"


def test_who_is_paused_in_other_projects_hands_in_here(project, item, ann):
    others = [factories.ProjectFactory().pk for _ in range(2)]
    type(ann.labeler).objects.filter(pk=ann.labeler.pk).update(paused_in=others)
    assert submit(held(project, ann)).revision == 1


def test_the_same_body_twice_is_one_label(project, item, ann):
    assignment = held(project, ann)
    assert submit(assignment) == submit(assignment)
    assert Label.objects.count() == 1


def test_the_same_body_again_is_answered_the_same_even_after_closing(project, generation, item, ann):
    assignment = held(project, ann)
    label = submit(assignment)
    Generation.objects.filter(pk=generation.pk).update(state="training")
    assert submit(assignment) == label


def test_another_body_is_a_new_revision_and_the_old_one_stays(project, item, ann):
    assignment = held(project, ann)
    first = submit(assignment)
    second = submit(assignment, ratings=[-1], finish_reason="found_error")
    assert (second.revision, second.supersedes) == (2, first)
    assert list(Label.objects.current()) == [second]
    assert Label.objects.count() == 2


MISTAKEN: dict[str, Any] = {"ratings": [-1], "finish_reason": "found_error"}


@pytest.mark.parametrize("revises", [None, 1, 2])
def test_a_late_repeat_gets_its_own_label_and_undoes_no_correction(project, item, ann, revises):
    assignment = held(project, ann)
    first = submit(assignment)
    second = submit(assignment, **MISTAKEN)
    assert submit(assignment, revises) == first
    assert list(Label.objects.current()) == [second]
    assert Label.objects.count() == 2


def test_a_correction_of_the_newest_revision_counts_and_its_repeat_is_the_same_label(project, item, ann):
    assignment = held(project, ann)
    submit(assignment)
    second = submit(assignment, revises=1, **MISTAKEN)
    assert submit(assignment, revises=1, **MISTAKEN) == submit(assignment, **MISTAKEN) == second
    assert list(Label.objects.current()) == [second]


def test_a_correction_of_an_older_revision_is_refused_with_the_current_label_and_kept(project, item, ann):
    assignment = held(project, ann)
    submit(assignment)
    second = submit(assignment, revises=1, **MISTAKEN)
    with pytest.raises(StaleRevision) as refused:
        submit(assignment, revises=1, ratings=[1, 0, 1])
    assert refused.value.current == second
    assert list(Label.objects.current()) == [second]
    assignment.refresh_from_db()
    assert (assignment.state, present(assignment.draft)["ratings"]) == ("submitted", [1, 0, 1])


def test_a_correction_of_what_was_never_handed_in_is_refused(project, item, ann):
    with pytest.raises(StaleRevision) as refused:
        submit(held(project, ann), revises=1)
    assert refused.value.current is None
    assert not Label.objects.exists()


def test_after_closing_a_pass_is_refused_and_kept_as_a_draft(project, generation, item, ann):
    assignment = held(project, ann)
    Generation.objects.filter(pk=generation.pk).update(state="training")
    with pytest.raises(GenerationClosed):
        submit(assignment)
    assignment.refresh_from_db()
    assert present(assignment.draft)["ratings"] == [1, 1, 1]
    assert not Label.objects.exists()


def test_an_expired_lease_is_accepted_while_nobody_else_has_the_item(project, item, ann):
    assignment = held(project, ann)
    let_expire(assignment)
    leases.lapse_expired()
    assert submit(assignment).revision == 1
    assert state_of(item) == "done"


def test_a_lease_given_on_is_lost_and_its_pass_kept(project, item, ann, bob):
    mine = held(project, ann)
    let_expire(mine)
    theirs = held(project, bob)
    with pytest.raises(LeaseLost):
        submit(mine)
    mine.refresh_from_db()
    assert present(mine.draft)["finish_reason"] == "solution"
    assert submit(theirs)
    assert Label.objects.count() == 1


def test_a_wrong_lease_is_refused(project, item, ann):
    with pytest.raises(LeaseLost):
        submit(held(project, ann), lease="somebody's")


def test_give_up_puts_the_item_back_once(project, item, ann, bob, rita):
    submit(held(project, ann), ratings=[1], finish_reason="give_up", reason="I can't tell.")
    assert state_of(item) == "open"
    submit(held(project, bob), ratings=[], finish_reason="give_up", reason="Neither can I.")
    assert state_of(item) == "done"


def test_who_gave_up_may_think_again_while_the_item_is_open(project, item, ann, bob):
    assignment = held(project, ann)
    submit(assignment, ratings=[1], finish_reason="give_up", reason="I can't tell.")
    assert submit(assignment).revision == 2
    assert state_of(item) == "done"


def test_who_gave_up_has_no_place_once_another_holds_the_item(project, item, ann, bob):
    assignment = held(project, ann)
    submit(assignment, ratings=[1], finish_reason="give_up", reason="I can't tell.")
    held(project, bob)
    with pytest.raises(LeaseLost):
        submit(assignment)


def test_a_bad_problem_retires_its_open_items_only(project, generation, item, ann, bob):
    problem = item.solution.problem
    same = factories.BatchItemFactory(generation=generation, solution__problem=problem)
    other = factories.BatchItemFactory(generation=generation)
    submit(held(project, ann), ratings=[], finish_reason="bad_problem", reason="The figure is missing.")
    assert [state_of(one) for one in (item, same, other)] == ["done", "withdrawn", "leased"]  # what she gets next


def test_correcting_a_bad_problem_brings_its_items_back(project, generation, item, ann):
    same = factories.BatchItemFactory(generation=generation, solution__problem=item.solution.problem)
    assignment = held(project, ann)
    submit(assignment, ratings=[], finish_reason="bad_problem", reason="The figure is missing.")
    submit(assignment)
    assert state_of(same) == "leased"  # and is served to her with the answer
    assert Problem.objects.get(pk=item.solution.problem_id).retired_at is None


def test_alternatives_are_rated_where_the_mistake_is(project, item, ann):
    offered = factories.AlternativeFactory(solution=item.solution, step=1)
    label = submit(
        held(project, ann),
        ratings=[1, -1],
        finish_reason="found_error",
        alternatives=[{"id": offered.pk, "rating": 1, "flagged": False}],
    )
    assert label.steps[1]["completions"][1] == {"text": offered.text, "rating": 1, "flagged": False}
    assert label.steps[1]["chosen_completion"] is None


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"ratings": [1, -1, 1]}, "ratings"),
        ({"ratings": [2, 1, 1]}, "ratings"),
        ({"ratings": [1, 1, 1, 1]}, "ratings"),
        ({"ratings": [1]}, "finish_reason"),
        ({"finish_reason": "found_error"}, "finish_reason"),
        ({"ratings": [1, None, 1]}, "flagged"),
        ({"finish_reason": "give_up"}, "reason"),
        ({"finish_reason": "bad_problem", "reason": "  "}, "reason"),
        ({"ratings": [-1], "finish_reason": "found_error", "alternatives": [{"id": 1, "rating": 1}]}, "alternatives"),
    ],
)
def test_a_pass_against_the_rules_is_refused_by_field(project, item, ann, broken, field):
    with pytest.raises(InvalidLabel) as refused:
        submit(held(project, ann), **broken)
    assert field in refused.value.fields
    assert not Label.objects.exists()


def test_a_label_cannot_be_changed_even_past_the_model(project, item, ann):
    label = submit(held(project, ann))
    with pytest.raises(TypeError):
        label.save()
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        Label.objects.filter(pk=label.pk).update(total_time=1)
