"""Review: each kind of doubt waits until a person has ruled on it, and a ruling does what it says and can be read."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labelhub.errors import Conflict, Invalid, WrongState
from labelhub.models import Comment, Event, Gold, Job, Label, Ruling, Solution, User
from labelhub.queries.loop import eligible
from labelhub.queries.quality import agreement, review
from labelhub.services.quality import reviewing
from labelhub.services.quality.reviewing import Decision
from selector.labels.steps import main_ratings
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture
def solution(generation) -> Solution:
    """Graded wrong, out for labeling in `generation` and no longer."""
    return factories.BatchItemFactory(
        generation=generation, solution=factories.SolutionFactory(wrong=True, problem__project=generation.project),
        state="done",
    ).solution  # fmt: skip


def labelled(solution: Solution, ratings: Sequence[int | None], **changed: object) -> Label:
    """By somebody new, a minute ago."""
    given = {"assignment__item": solution.items.first(), "submitted_at": timezone.now() - timedelta(minutes=1)}
    return factories.LabelFactory(ratings=ratings, **{**given, **changed})


def rule(solution: Solution, kind: str, by: User, **fields: Any) -> Ruling:
    newest = solution.rulings.order_by("-pk").first()
    decision = Decision(kind=kind, by=by, seen=newest.pk if newest else 0, **fields)
    return reviewing.decide(project=solution.problem.project, solution=solution, decision=decision)[0]


def waiting(project) -> set[str]:
    return {kind for kind, count in review.counts(project).items() if count}


def trains(project) -> list[Label]:
    return list(eligible.to_train(project=project).order_by("pk"))


def test_a_pass_without_a_mistake_over_a_wrong_answer_waits(project, solution, rita):
    labelled(solution, [1, 1, 1])
    assert waiting(project) == {"contradictions"}
    assert review.waiting(project, "contradictions", limit=9) == [solution.pk]
    rule(solution, "leave", rita)
    assert waiting(project) == set()


def test_two_who_find_no_mistake_speak_against_the_grade(project, solution):
    labelled(solution, [1, 1, 1])
    assert "misgrades" not in waiting(project)
    labelled(solution, [1, 0, 1])
    assert review.waiting(project, "misgrades", limit=9) == [solution.pk]


@pytest.mark.parametrize(
    ("one", "other", "torn"), [([1, -1], [1, -1], False), ([1, -1], [-1], True), ([1, 0, 1], [-1], True)]
)
def test_labelers_disagree_where_they_name_different_first_mistakes(project, solution, one, other, torn):
    labelled(solution, one)
    labelled(solution, other)
    assert ("disagreements" in waiting(project)) is torn


def test_a_step_somebody_was_unsure_of_a_question_and_a_bad_problem_wait(project, solution):
    labelled(solution, [1, -1], body={"flagged": [0]})
    labelled(solution, [1, -1], body={"flagged": []})
    assert waiting(project) == {"flagged"}
    Comment.objects.create(label=labelled(solution, [1, -1]), text="Is 8 a typo?", is_question=True)
    Comment.objects.create(label=labelled(solution, [1, -1]), text="Easy.", is_question=False)
    labelled(solution, [], finish_reason="bad_problem", reason="The figure is missing.")
    assert waiting(project) == {"flagged", "questions", "bad_problems"}


@pytest.mark.parametrize(
    ("probs", "ratings", "wide"),
    [([0.9, 0.95, 0.9], [1, -1], True), ([0.9, 0.8, 0.9], [1, -1], False), ([0.9, 0.05, 0.9], [1, 1, 1], True)],
)
def test_the_champion_and_a_label_far_apart_wait(project, solution, probs, ratings, wide):
    Solution.objects.update(grade="right")
    project.champion = factories.ScoreFactory(
        solution=solution, checkpoint__project=project, step_probs=probs
    ).checkpoint
    project.save()
    labelled(solution, ratings)
    assert (waiting(project) == {"gaps"}) is wide


@pytest.mark.parametrize(("stratum", "expected"), [("wrong", False), ("remainder", False), ("control", True)])
def test_a_mistake_in_what_the_champion_believed_is_what_people_were_asked_for(project, solution, stratum, expected):
    project.champion = factories.ScoreFactory(
        solution=solution, checkpoint__project=project, step_probs=[0.9, 0.95, 0.9]
    ).checkpoint
    project.save()
    solution.items.update(stratum=stratum)
    labelled(solution, [1, -1])
    assert ("gaps" in waiting(project)) is expected


def test_what_comes_after_a_ruling_waits_anew(project, solution, rita):
    labelled(solution, [1, 1, 1])
    rule(solution, "leave", rita)
    labelled(solution, [-1], submitted_at=timezone.now() + timedelta(seconds=1))
    assert "disagreements" in waiting(project)


def test_the_label_that_is_kept_trains_alone_and_against_the_grade(project, solution, rita):
    against, agreeing = labelled(solution, [1, 1, 1]), labelled(solution, [1, -1])
    labelled(solution, [-1])
    assert against not in trains(project)
    rule(solution, "keep", rita, label=against.pk, reason="8 is right: the ground truth counts from 1.")
    assert trains(project) == eligible.consensus(trains(project)) == [against]
    rule(solution, "keep", rita, label=agreeing.pk)
    assert trains(project) == [agreeing]
    assert [ruling.label_id for ruling in review.rulings_on(solution)] == [against.pk, agreeing.pk]


def test_a_kept_label_that_its_labeler_revises_is_looked_at_again(project, solution, rita):
    label = labelled(solution, [1, 1, 1])
    rule(solution, "keep", rita, label=label.pk)
    revised = labelled(
        solution, [1, 0, 1], assignment=label.assignment, labeler=label.labeler, supersedes=label, revision=2,
        submitted_at=timezone.now() + timedelta(seconds=1),
    )  # fmt: skip
    assert waiting(project) == {"contradictions"}
    assert revised not in trains(project)


def test_a_merged_label_is_the_reviewers_own_and_the_others_stay(project, solution, rita):
    solution.items.update(labels_wanted=2)
    labelled(solution, [1, 1, 1])
    labelled(solution, [-1])
    ruling = rule(solution, "merge", rita, ratings=[1, -1], reason="3 + 4 is 7.")
    assert ruling.label
    assert (ruling.label.source, ruling.label.labeler, ruling.label.source_generation) == ("reviewed", rita.labeler, 0)
    assert main_ratings(ruling.label.steps) == [1, -1]
    assert trains(project) == [ruling.label]
    assert Label.objects.count() == 3
    assert agreement.measure(project=project).exact.n == 1  # of labelers; a reviewer is none here


@pytest.mark.parametrize("ratings", [[], [1], [1, -1, 1], [1, 1, 1, 1]])
def test_half_a_pass_is_no_merged_label(solution, rita, ratings):
    with pytest.raises(Invalid) as refused:
        rule(solution, "merge", rita, ratings=ratings)
    assert "ratings" in refused.value.fields
    assert not Ruling.objects.exists() and not Label.objects.exists()


def test_a_corrected_grade_is_a_persons_and_the_old_one_can_be_read(project, solution, rita):
    labelled(solution, [1, 1, 1])
    ruling = rule(solution, "grade", rita, grade="right", reason="8.0 is 8.")
    solution.refresh_from_db()
    assert (solution.grade, solution.graded_by) == ("right", "person")
    assert ruling.detail == {"before": {"grade": "wrong", "graded_by": "grader"}, "now": "right"}
    assert len(trains(project)) == 1
    with pytest.raises(WrongState):
        rule(solution, "grade", rita, grade="right")


def test_a_corrected_ground_truth_grades_anew_and_empties_open_work(project, generation, solution, rita):
    problem = solution.problem
    by_person = factories.SolutionFactory(problem=problem, graded_by="person")
    still_open = factories.BatchItemFactory(generation=generation, solution__problem=problem)
    elsewhere = factories.BatchItemFactory(generation=generation)
    decision = Decision(kind="ground_truth", by=rita, ground_truth_answer=" 8 ")
    ruling, job = reviewing.decide(project=project, solution=solution, decision=decision)
    for row in (problem, solution, by_person, still_open, elsewhere):
        row.refresh_from_db()
    assert (problem.ground_truth_answer, solution.grade, by_person.grade) == ("8", None, "right")
    assert (still_open.state, elsewhere.state) == ("withdrawn", "open")
    assert job and job.kind == Job.Kind.GRADE
    assert ruling.detail == {"before": "7", "now": "8", "regraded": 2, "withdrawn": 1}


def test_a_bad_problem_is_confirmed_or_brought_back_with_its_items(project, generation, solution, rita):
    item = factories.BatchItemFactory(generation=generation, solution__problem=solution.problem)
    over = factories.BatchItemFactory(
        generation__project=project,
        generation__number=7,
        generation__state="closed",
        solution=item.solution,
        state="withdrawn",
    )
    rule(solution, "retire", rita, reason="No figure.")
    item.refresh_from_db()
    assert item.state == "withdrawn"
    rule(solution, "restore", rita, reason="The figure is in the text.")
    for each in (item, over):
        each.refresh_from_db()
    assert (item.state, over.state) == ("open", "withdrawn")
    with pytest.raises(WrongState):
        rule(solution, "restore", rita)


def test_a_ruling_makes_gold(project, solution, rita):
    label = labelled(solution, [1, -1])
    rule(solution, "gold", rita, label=label.pk, purpose="practice", reason="3 + 4 is 7, not 8.")
    gold = Gold.objects.get()
    assert (gold.solution, gold.first_mistakes, gold.explanation) == (solution, [1], "3 + 4 is 7, not 8.")


def test_an_answer_can_become_an_entry_of_the_instructions(project, solution, rita):
    label = labelled(solution, [1, -1])
    Comment.objects.create(label=label, text="Is a\ntypo Bad?", is_question=True)
    with pytest.raises(Invalid):
        rule(solution, "answer", rita, label=label.pk, reason=" ")
    ruling = rule(solution, "answer", rita, label=label.pk, reason="Only if it misleads.", to_instructions=True)
    newest = project.instructions.order_by("-version").first()
    assert newest and newest.text.endswith("**Is a typo Bad?**\n\nOnly if it misleads.\n")
    assert ruling.detail == {"instructions_version": newest.version == 2 and 2}
    assert waiting(project) == set()


def test_who_rules_on_what_somebody_else_has_ruled_on_meanwhile_is_told(project, solution, rita, olga):
    rule(solution, "leave", rita)
    with pytest.raises(Conflict):
        reviewing.decide(project=project, solution=solution, decision=Decision(kind="leave", by=olga, seen=0))
    assert Ruling.objects.count() == 1


def test_a_label_over_another_solution_or_an_older_revision_cannot_be_kept(project, generation, solution, rita):
    other = labelled(factories.BatchItemFactory(generation=generation).solution, [1, 1, 1])
    for label in (other.pk, 0, None):
        with pytest.raises(Invalid):
            rule(solution, "keep", rita, label=label)


def test_every_ruling_leaves_an_event(project, solution, rita):
    rule(solution, "leave", rita, reason="Nothing to it.")
    event = Event.objects.latest("pk")
    assert (event.verb, event.subject, event.actor, event.reason) == (
        "rule leave", f"solution {solution.pk}", rita, "Nothing to it.",
    )  # fmt: skip


def test_a_case_shows_the_labels_side_by_side_and_what_was_ruled(project, solution, rita, django_assert_num_queries):
    for ratings in ([1, 1, 1], [1, -1], [-1]):
        labelled(solution, ratings)
    factories.SolutionFactory(problem=solution.problem, answer="8", grade="wrong")
    rule(solution, "leave", rita)
    found = review.case_of(project, solution.pk)
    assert found
    with django_assert_num_queries(4):
        case = reviewing.case(project=project, solution=found)
    assert [label.ratings for label in case.labels] == [[1, 1, 1], [1, -1], [-1]]
    assert (case.solutions, case.same_answer, case.step_probs) == (2, 2, None)
    assert [ruling.kind for ruling in case.rulings] == ["leave"]
