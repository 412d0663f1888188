"""Evaluating and promoting: measured on gate, beside the champion, and never promoted when the metric is lower."""

import pytest

from labelhub.errors import NotReady
from labelhub.models import Checkpoint, Event, Job, Project
from labelhub.services import evaluating, promoting
from selector.config import TrainConfig
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


def checkpoint_of(project: Project, number: int, **values) -> Checkpoint:
    return factories.CheckpointFactory(project=project, number=number, config=TrainConfig().to_dict(), **values)


@pytest.fixture
def gate(project: Project) -> list:
    """Six gate problems with a right and a wrong solution each."""
    problems = [factories.ProblemFactory(project=project, split="gate") for _ in range(6)]
    return [(factories.SolutionFactory(problem=p), factories.SolutionFactory(problem=p, wrong=True)) for p in problems]


def scores(checkpoint: Checkpoint, gate: list, *, chooses_right: int) -> None:
    """Scores by which the checkpoint chooses the right solution of that many problems."""
    for number, (right, wrong) in enumerate(gate):
        better, worse = (right, wrong) if number < chooses_right else (wrong, right)
        factories.ScoreFactory(checkpoint=checkpoint, solution=better, log_score=-0.1, step_probs=[0.9, 0.9, 0.9])
        factories.ScoreFactory(checkpoint=checkpoint, solution=worse, log_score=-2.0, step_probs=[0.9, 0.2, 0.9])


def labelled(gate: list, project: Project) -> None:
    generation = factories.GenerationFactory(project=project)
    for right, wrong in gate:
        for solution, ratings in ((right, [1, 1, 1]), (wrong, [1, -1])):
            item = factories.BatchItemFactory(generation=generation, solution=solution, stratum="gate")
            factories.LabelFactory(
                assignment=factories.AssignmentFactory(item=item, state="submitted"), ratings=ratings
            )


@pytest.fixture
def champion(project: Project, gate: list) -> Checkpoint:
    champion = checkpoint_of(project, 1)
    scores(champion, gate, chooses_right=3)
    project.champion = champion
    project.save()
    return champion


def judged(project: Project, gate: list, *, chooses_right: int) -> tuple[Checkpoint, dict, dict]:
    challenger = checkpoint_of(project, 2, state="trained")
    scores(challenger, gate, chooses_right=chooses_right)
    return challenger, *evaluating.judge(project=project, challenger=challenger)


def test_best_of_n_counts_every_problem_of_the_split(project, gate, champion):
    _, measures, _ = judged(project, gate, chooses_right=5)
    found = measures["gate"]["best_of_n"]
    assert (found["n"], found["problems"]) == (2, 6)
    assert found["accuracy"] == pytest.approx(5 / 6)
    assert found["oracle"] == 1
    assert measures["test"]["best_of_n"]["undefined"]


def test_first_error_f1_is_measured_on_the_labelled_gate_solutions(project, gate, champion):
    labelled(gate, project)
    _, measures, _ = judged(project, gate, chooses_right=6)
    found = measures["gate"]["first_error"]
    assert (found["f1"], found["n_erroneous"], found["n_correct"]) == (1, 6, 6)
    assert measures["gate"]["steps"]["auc"] > measures["gate"]["steps"]["position_only"]


def test_what_cannot_be_told_says_why(project, gate, champion):
    _, measures, _ = judged(project, gate, chooses_right=6)
    assert measures["gate"]["first_error"]["undefined"] == "No solution of this split has a label."


@pytest.mark.parametrize(("chooses_right", "promoted"), [(5, True), (3, True), (2, False)])
def test_a_challenger_is_promoted_when_it_is_not_lower(project, gate, champion, chooses_right, promoted):
    _, measures, decision = judged(project, gate, chooses_right=chooses_right)
    assert decision["promoted"] is promoted
    difference = measures["gate"]["comparison"]["best_of_n"]["difference"]
    assert difference == pytest.approx((chooses_right - 3) / 6)
    assert "95% interval" in decision["sentence"]


def test_the_projects_metric_decides(project, gate, champion):
    labelled(gate, project)
    project.metric = "first_error"
    project.save()
    _, _, decision = judged(project, gate, chooses_right=2)
    assert decision["promoted"] is False
    assert "first-error" in decision["sentence"]


def test_the_first_checkpoint_is_promoted(project, gate):
    _, _, decision = judged(project, gate, chooses_right=0)
    assert decision["promoted"]


def test_without_a_gate_problem_a_challenger_is_not_promoted(project):
    project.champion = checkpoint_of(project, 1)
    project.save()
    _, _, decision = judged(project, [], chooses_right=0)
    assert not decision["promoted"]
    assert "by hand" in decision["sentence"]


def test_concluding_promotes_and_scores_the_pool_ahead(project, gate):
    challenger, measures, decision = judged(project, gate, chooses_right=6)
    generation = factories.GenerationFactory(project=project, state="evaluating", checkpoint=challenger)
    jobs = evaluating.conclude(checkpoint=challenger, generation=generation, measures=measures, decision=decision)
    assert [(job.kind, job.checkpoint) for job in jobs] == [(Job.Kind.SCORE, challenger)]
    assert Project.objects.get(pk=project.pk).champion == challenger
    generation.refresh_from_db()
    assert generation.state == "closed"


def test_a_challenger_that_fails_is_kept_with_the_reason(project, gate, champion):
    challenger, measures, decision = judged(project, gate, chooses_right=0)
    generation = factories.GenerationFactory(project=project, state="evaluating", checkpoint=challenger)
    evaluating.conclude(checkpoint=challenger, generation=generation, measures=measures, decision=decision)
    challenger.refresh_from_db()
    assert (challenger.state, challenger.decision["promoted"]) == ("ready", False)
    assert Project.objects.get(pk=project.pk).champion == champion


def test_a_checkpoint_trained_by_hand_is_promoted_by_hand(project, gate):
    challenger, measures, decision = judged(project, gate, chooses_right=6)
    assert evaluating.conclude(checkpoint=challenger, generation=None, measures=measures, decision=decision) == []
    assert Project.objects.get(pk=project.pk).champion is None


def test_rolling_back_is_promoting_an_older_one(project, gate, champion, olga):
    newer = checkpoint_of(project, 2)
    promoting.promote(checkpoint=newer, by=olga, reason="better")
    promoting.promote(checkpoint=champion, by=olga, reason="it learnt from a bad batch")
    assert Project.objects.get(pk=project.pk).champion == champion
    assert list(Event.objects.filter(verb="promote").order_by("pk").values_list("reason", flat=True)) == [
        "better",
        "it learnt from a bad batch",
    ]


@pytest.mark.parametrize("values", [{"state": "trained"}, {"state": "failed"}, {"kind": "orm"}])
def test_only_a_measured_process_reward_model_can_be_champion(project, values):
    with pytest.raises(NotReady):
        promoting.promote(checkpoint=checkpoint_of(project, 7, **values), by=None, reason="")
