"""Evaluating and promoting: measured on gate beside the champion, and promoted when shown not to be worse."""

from typing import Any

import pytest

from labelhub.errors import NotReady
from labelhub.models import Checkpoint, Event, Generation, Job, Project, Solution
from labelhub.services.loop import evaluating, promoting
from selector.prm.config import MARGIN, TrainConfig
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

Gate = list[tuple[Solution, Solution]]  # of each problem a right one and a wrong one


def checkpoint_of(project: Project, number: int, **values: Any) -> Checkpoint:
    return factories.CheckpointFactory(project=project, number=number, config=TrainConfig().to_dict(), **values)


@pytest.fixture
def gate(project: Project) -> Gate:
    """Six gate problems with a right and a wrong solution each."""
    problems = [factories.ProblemFactory(project=project, split="gate") for _ in range(6)]
    return [(factories.SolutionFactory(problem=p), factories.SolutionFactory(problem=p, wrong=True)) for p in problems]


def scores(checkpoint: Checkpoint, gate: Gate, *, chooses_right: int) -> None:
    """Scores by which the checkpoint chooses the right solution of that many problems."""
    for number, (right, wrong) in enumerate(gate):
        better, worse = (right, wrong) if number < chooses_right else (wrong, right)
        factories.ScoreFactory(checkpoint=checkpoint, solution=better, log_score=-0.1, step_probs=[0.9, 0.9, 0.9])
        factories.ScoreFactory(checkpoint=checkpoint, solution=worse, log_score=-2.0, step_probs=[0.9, 0.2, 0.9])


def labelled(gate: Gate, project: Project) -> None:
    generation = factories.GenerationFactory(project=project)
    for right, wrong in gate:
        for solution, ratings in ((right, [1, 1, 1]), (wrong, [1, -1])):
            item = factories.BatchItemFactory(generation=generation, solution=solution, stratum="gate")
            factories.LabelFactory(
                assignment=factories.AssignmentFactory(item=item, state="submitted"), ratings=ratings
            )


@pytest.fixture
def champion(project: Project, gate: Gate) -> Checkpoint:
    champion = checkpoint_of(project, 1)
    scores(champion, gate, chooses_right=3)
    project.champion = champion
    project.save()
    return champion


def judged(project: Project, gate: Gate, *, chooses_right: int) -> tuple[Checkpoint, dict[str, Any], dict[str, Any]]:
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


def test_the_challenger_is_compared_on_the_same_gate_problems_with_its_interval(project, gate, champion):
    _, measures, decision = judged(project, gate, chooses_right=5)
    compared = measures["gate"]["comparison"]["best_of_n"]
    assert compared["difference"] == pytest.approx(2 / 6)
    assert compared["low"] < compared["difference"] < compared["high"]
    said = f"{100 * compared['low']:+.1f} to {100 * compared['high']:+.1f}; 6 gate problems, paired, could have shown"
    assert f"+33.3 points (95% interval {said} {100 * compared['detectable']:.1f})" in decision["sentence"]


@pytest.mark.parametrize(("chooses_right", "promoted"), [(0, False), (6, True)])
def test_one_that_chooses_better_beyond_doubt_is_promoted_on_few_problems_too(
    project, gate, champion, chooses_right, promoted
):
    scores_none_right = checkpoint_of(project, 9)
    scores(scores_none_right, gate, chooses_right=0)
    project.champion = scores_none_right
    project.save()
    _, _, decision = judged(project, gate, chooses_right=chooses_right)
    assert decision["promoted"] is promoted


def test_six_problems_cannot_show_that_an_equal_one_is_not_worse_and_the_sentence_says_so(project, gate, champion):
    _, _, decision = judged(project, gate, chooses_right=3)
    assert decision["promoted"] is False
    assert decision["verdicts"] == {"best_of_n": "too_few"}
    assert (
        "the gate set is too small to show that it loses less than 5 points on best-of-N (about "
        in (decision["sentence"])
    )
    assert decision["sentence"].count("Promote it by hand if you trust it.") == 1


def test_a_project_begins_with_the_margin_of_the_command_line():
    assert float(Project().promotion_margin) == MARGIN


def test_the_projects_margin_decides(project, gate, champion):
    project.promotion_margin = 1
    project.save()
    _, _, decision = judged(project, gate, chooses_right=3)
    assert (decision["promoted"], decision["margin"]) == (True, 1)
    assert decision["sentence"].startswith(
        "Promoted: not worse than the champion by 100 points or more on best-of-N; gate could not"
    )


def compared(low: float, high: float, *, n: int = 400, unit: str = "problems") -> dict[str, Any]:
    return {"low": low, "high": high, "difference": (low + high) / 2, "detectable": 0.04, "problems": n} | {
        "n": n,
        "unit": unit,
    }


CLEAR, EQUAL, OPEN = compared(0.01, 0.05), compared(-0.02, 0.02), compared(-0.06, 0.02)
WORSE, FEW, FEW_LOWER = compared(-0.09, -0.01), compared(-0.2, 0.3), compared(-0.3, 0.1)


@pytest.mark.parametrize(
    ("best_of_n", "first_error", "promoted"),
    [
        (EQUAL, EQUAL, True),
        (CLEAR, EQUAL, True),
        (EQUAL, None, True),
        (None, EQUAL, True),
        (EQUAL, FEW, True),  # twelve labels can't show it of any challenger
        (EQUAL, FEW_LOWER, False),
        (EQUAL, OPEN, False),  # here gate is large enough, and did not show it
        (CLEAR, WORSE, False),
        (OPEN, CLEAR, False),
        (FEW, CLEAR, False),  # the project's metric is shown in any case
        (WORSE, None, False),
        (None, FEW, False),
        (None, None, False),
    ],
)
def test_both_measures_are_shown_wherever_gate_is_large_enough_to(project, champion, best_of_n, first_error, promoted):
    told = {"best_of_n": best_of_n, "first_error": first_error}
    decision = promoting.decide(
        project=project,
        challenger=checkpoint_of(project, 2),
        comparison={metric: row for metric, row in told.items() if row},
    )
    assert decision["promoted"] is promoted, decision
    assert decision["sentence"].startswith("Promoted: " if promoted else ("Kept, not promoted: ", "No gate problem"))


@pytest.mark.parametrize(
    ("first_error", "said"),
    [
        (EQUAL, "or more on best-of-N and first-error F1. Best-of-N: not worse"),
        (FEW, "or more on best-of-N; the gate set is too small to show that it loses less than 5 points on first-"),
        (FEW, " (about 256 gate problems would). Best-of-N: "),
        (None, "or more on best-of-N; gate could not compare first-error F1. Best-of-N: "),
    ],
)
def test_a_promotion_says_what_was_not_shown_and_how_many_problems_would_show_it(project, champion, first_error, said):
    told = {"best_of_n": EQUAL} | ({"first_error": first_error} if first_error else {})
    decision = promoting.decide(project=project, challenger=checkpoint_of(project, 2), comparison=told)
    assert decision["promoted"]
    assert said in decision["sentence"]


def test_at_no_margin_an_equal_challenger_is_not_called_lower(project, champion):
    project.promotion_margin = 0
    decision = promoting.decide(project=project, challenger=checkpoint_of(project, 2), comparison={"best_of_n": EQUAL})
    assert not decision["promoted"]
    assert "lower" not in decision["sentence"]


def test_the_projects_metric_comes_first_and_is_shown_in_any_case(project, champion):
    project.metric = "first_error"
    challenger = checkpoint_of(project, 2)
    decision = promoting.decide(
        project=project, challenger=challenger, comparison={"best_of_n": CLEAR, "first_error": FEW}
    )
    assert not decision["promoted"]
    assert "too small to show that it loses less than 5 points on first-error F1" in decision["sentence"]
    assert decision["sentence"].index("First-error F1:") < decision["sentence"].index("Best-of-N:")


def test_best_of_n_that_gains_does_not_make_up_for_finding_fewer_mistakes(project, gate, champion):
    """The challenger chooses right everywhere, and names a mistake in every solution that has none."""
    labelled(gate, project)
    challenger = checkpoint_of(project, 2, state="trained")
    for right, wrong in gate:
        for solution, score in ((right, -0.1), (wrong, -2.0)):
            factories.ScoreFactory(checkpoint=challenger, solution=solution, log_score=score, step_probs=[0.2] * 3)
    champion.scores.update(step_probs=[0.9, 0.9, 0.9])
    for _, wrong in gate:
        champion.scores.filter(solution=wrong).update(step_probs=[0.9, 0.2, 0.9])
    _, decision = evaluating.judge(project=project, challenger=challenger)
    assert decision["verdicts"]["best_of_n"] == "better"
    assert decision["verdicts"]["first_error"] == "worse"
    assert decision["promoted"] is False
    assert "it is lower on first-error F1" in decision["sentence"]


def test_test_problems_decide_nothing(project, gate, champion):
    """The challenger is hopeless on the test problems, and much better on gate's: it is promoted as without them."""
    _, measures, before = judged(project, gate, chooses_right=6)
    Checkpoint.objects.filter(number=2).delete()
    held_out = [factories.ProblemFactory(project=project, split="test") for _ in range(6)]
    test = [(factories.SolutionFactory(problem=p), factories.SolutionFactory(problem=p, wrong=True)) for p in held_out]
    labelled(test, project)
    scores(champion, test, chooses_right=6)
    challenger = checkpoint_of(project, 2, state="trained")
    scores(challenger, gate, chooses_right=6)
    scores(challenger, test, chooses_right=0)
    measures, decision = evaluating.judge(project=project, challenger=challenger)
    assert measures["test"]["comparison"]["best_of_n"]["difference"] == -1
    assert decision == before


def test_first_errors_are_measured_at_the_checkpoints_threshold_which_no_gate_label_tunes(project, gate, champion):
    labelled(gate, project)
    challenger = checkpoint_of(project, 2, state="trained", report={"tuning": {"tuned": True}})
    challenger.config["threshold"] = 0.1
    challenger.save()
    scores(challenger, gate, chooses_right=6)
    measures, _ = evaluating.judge(project=project, challenger=challenger)
    found = measures["gate"]["first_error"]
    assert (found["threshold"], found["tuned"], found["erroneous"]) == (0.1, True, 0)  # 0.2 is not below it
    beside = measures["gate"]["beside"]["first_error"]
    assert (beside["threshold"], beside["tuned"]) == (0.5, False)
    more = [
        (factories.SolutionFactory(problem=r.problem), factories.SolutionFactory(problem=w.problem)) for r, w in gate
    ]
    scores(challenger, more, chooses_right=0)
    Generation.objects.update(state="closed", number=7)
    labelled(more, project)
    again, _ = evaluating.judge(project=project, challenger=challenger)
    assert (again["gate"]["first_error"]["n"], again["gate"]["first_error"]["threshold"]) == (24, 0.1)
    challenger.refresh_from_db()
    assert challenger.config["threshold"] == 0.1


def test_champion_and_challenger_are_compared_each_at_its_own_threshold(project, gate, champion):
    """Both score alike; the champion, which calls nothing below 0.1 a mistake, names none."""
    labelled(gate, project)
    champion.config["threshold"] = 0.1
    champion.save()
    _, measures, _ = judged(project, gate, chooses_right=6)
    assert measures["gate"]["comparison"]["first_error"]["difference"] == pytest.approx(1 - 0)
    assert measures["gate"]["comparison"]["step_auc"]["difference"] < 1


def test_step_auc_stands_beside_f1_in_the_decision_and_decides_nothing(project, gate, champion):
    labelled(gate, project)
    champion.scores.update(step_probs=[0.9, 0.9, 0.9])
    _, measures, decision = judged(project, gate, chooses_right=6)
    found = measures["gate"]["comparison"]["step_auc"]
    assert (found["n"], found["unit"]) == (30, "steps")
    assert set(decision["verdicts"]) == {"best_of_n", "first_error"}
    said = f"Step AUC beside it, which decides nothing: {100 * found['difference']:+.1f} points (95% interval "
    assert said in decision["sentence"] and "30 gate steps, paired)." in decision["sentence"]


def test_a_problem_with_many_solutions_does_not_dilute_the_others(project, gate, champion):
    """Padded to the largest, those with two would have nothing to choose from most of the time: no difference."""
    large = factories.ProblemFactory(project=project, split="gate")
    for _ in range(40):
        factories.ScoreFactory(checkpoint=champion, solution=factories.SolutionFactory(problem=large), log_score=-1)
    challenger = checkpoint_of(project, 2, state="trained")
    scores(challenger, gate, chooses_right=6)
    for score in champion.scores.filter(solution__problem=large):
        factories.ScoreFactory(checkpoint=challenger, solution=score.solution, log_score=-1)
    measures, _ = evaluating.judge(project=project, challenger=challenger)
    assert measures["gate"]["best_of_n"]["n"] == 2
    assert measures["gate"]["best_of_n"]["accuracy"] == pytest.approx(1)
    assert measures["gate"]["comparison"]["best_of_n"]["difference"] == pytest.approx(3 / 7)


def test_one_that_reads_longer_solutions_is_compared_on_those_both_could_read(project, gate, champion):
    labelled(gate, project)
    champion.scores.filter(solution=gate[0][0]).update(log_score=None, step_probs=None)
    _, measures, _ = judged(project, gate, chooses_right=6)
    assert measures["gate"]["comparison"]["first_error"]["n"] == 11


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
    challenger.refresh_from_db()
    assert challenger.decision["sentence"].startswith("Trained by hand, and left to you.")


def test_measuring_again_promotes_nothing_and_says_what_the_rule_would(project, gate, champion):
    project.promotion_margin = 1
    project.save()
    challenger = checkpoint_of(project, 2, state="ready")
    scores(challenger, gate, chooses_right=6)
    measures, decision = evaluating.judge(project=project, challenger=challenger)
    assert decision["promoted"]
    assert evaluating.conclude(checkpoint=challenger, generation=None, measures=measures, decision=decision) == []
    assert Project.objects.get(pk=project.pk).champion == champion
    challenger.refresh_from_db()
    assert challenger.decision["sentence"].startswith("Measured again, and left to you. By the rule: Promoted: ")
    assert challenger.decision["promoted"] is False


def test_a_champion_is_compared_with_the_one_before_it_and_what_was_decided_of_it_stands(project, gate, champion, olga):
    newer = checkpoint_of(project, 2, decision={"promoted": True, "sentence": "Better."})
    scores(newer, gate, chooses_right=6)
    promoting.promote(checkpoint=champion, by=olga, reason="the first")
    promoting.promote(checkpoint=newer, by=olga, reason="better")
    assert evaluating.contenders(project=project, challenger=newer) == [champion, newer]
    measures, decision = evaluating.judge(project=project, challenger=newer)
    assert (measures["gate"]["champion"], measures["gate"]["comparison"]["best_of_n"]["difference"]) == (1, 0.5)
    assert evaluating.conclude(checkpoint=newer, generation=None, measures=measures, decision=decision) == []
    newer.refresh_from_db()
    assert (newer.decision["promoted"], newer.decision["sentence"]) == (True, "Better.")
    assert newer.decision["verdicts"] == {"best_of_n": "better"}  # at the margin, of what gate shows now
    assert Project.objects.get(pk=project.pk).champion == newer


def test_the_first_champion_has_nobody_to_be_compared_with(project, gate, champion):
    measures, _ = evaluating.judge(project=project, challenger=champion)
    assert (measures["gate"]["champion"], measures["gate"]["beside"]) == (None, {"undefined": evaluating.ALONE})


def test_the_champion_is_measured_on_the_same_labels_as_the_challenger(project, gate, champion):
    labelled(gate, project)
    _, measures, _ = judged(project, gate, chooses_right=6)
    beside = measures["gate"]["beside"]
    assert beside["best_of_n"]["accuracy"] == pytest.approx(0.5)
    assert beside["first_error"]["n"] == measures["gate"]["first_error"]["n"]
    assert beside["steps"]["calibration"]["n"] == measures["gate"]["steps"]["calibration"]["n"]


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
