"""Checkpoints over HTTP."""

import pytest

from labelhub.models import Checkpoint, Event, Job, Project, Solution
from labelhub.queries.loop import checkpoints as queries
from labelhub.services.loop import evaluating
from tests import factories
from tests.api.conftest import refused
from tests.present import present
from tests.services.loop.test_evaluating import checkpoint_of, labelled, scores

pytestmark = pytest.mark.django_db

CHECKPOINTS = "projects/apples/checkpoints"
UNDECIDED = {"promoted": None, "sentence": None, "margin": None, "verdicts": None}


def test_a_checkpoint_is_told_with_what_it_saw_and_closed(call_as, rita, project, generation):
    made = factories.CheckpointFactory(project=project, number=4)
    made.labels.set(factories.LabelFactory.create_batch(2))
    generation.checkpoint = made
    generation.save()
    Project.objects.update(champion=made)
    (told,) = call_as(rita).get(CHECKPOINTS).json()
    assert (told["number"], told["is_champion"], told["labels"], told["generation"]) == (4, True, 2, 0)
    assert (told["measures"], told["decision"]) == ({}, UNDECIDED)


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_however_long_it_is(call_as, rita, project, count, django_assert_num_queries):
    for _ in range(count):
        factories.JobFactory(project=project, checkpoint=factories.CheckpointFactory(project=project), kind="train")
    browser = call_as(rita)
    with django_assert_num_queries(4):  # session with its account, project; checkpoints, their jobs
        assert len(browser.get(CHECKPOINTS).json()) == count


@pytest.fixture
def gate(project: Project) -> list[tuple[Solution, Solution]]:
    """Four gate problems with a right and a wrong solution each."""
    problems = factories.ProblemFactory.create_batch(4, project=project, split="gate")
    return [(factories.SolutionFactory(problem=p), factories.SolutionFactory(problem=p, wrong=True)) for p in problems]


@pytest.fixture
def challenger(project: Project, gate) -> Checkpoint:
    """Measured beside a champion; on gate everything can be told, on test nothing."""
    champion, challenger = checkpoint_of(project, 1), checkpoint_of(project, 2)
    Project.objects.update(champion=champion)
    scores(champion, gate, chooses_right=2)
    scores(challenger, gate, chooses_right=3)
    labelled(gate, project)
    measures, decision = evaluating.judge(project=project, challenger=challenger)
    Checkpoint.objects.filter(pk=challenger.pk).update(measures=measures, decision=decision)
    return challenger


def test_the_schema_says_what_the_measures_hold(call_as, rita, challenger):
    """`call_as` takes the schema at its word: every key there, and none beyond."""
    told = call_as(rita).get(f"{CHECKPOINTS}/2/evaluation").json()
    measures = told["measures"]
    assert measures["gate"]["best_of_n"]["accuracy"] == 0.75
    assert measures["gate"]["first_error"]["n"] == 8
    assert measures["gate"]["steps"]["calibration"]["bins"]
    assert set(measures["gate"]["comparison"]) == {"best_of_n", "first_error", "step_auc"}
    assert measures["test"]["comparison"] == {}
    assert told["decision"]["margin"] == 0.05
    assert told["decision"]["verdicts"] == {"best_of_n": "too_few", "first_error": "too_few"}


def test_a_measure_that_can_not_be_told_says_why_and_nothing_else(call_as, rita, challenger):
    measured = challenger.project.checkpoints.get(number=2).measures
    measured["gate"]["first_error"] |= {"f1": None, "undefined": "All with a mistake."}
    Checkpoint.objects.filter(pk=challenger.pk).update(measures=measured)
    measures = call_as(rita).get(f"{CHECKPOINTS}/2/evaluation").json()["measures"]
    assert measures["gate"]["first_error"] == {"undefined": "All with a mistake."}
    assert measures["test"]["steps"] == {"undefined": "No step of this split is rated."}


TUNING = {"tuned": True, "folds": 2, "with_mistake": 1200, "without_mistake": 83, "least": 30}


@pytest.mark.parametrize(
    ("report", "value", "said"),
    [
        (
            {"tuning": TUNING},
            0.3127,
            "0.313, tuned on 1,283 training solutions (1,200 with a mistake, 83 without), each judged by a model that "
            "never saw its problem (2 folds).",
        ),
        (
            {"tuning": TUNING | {"tuned": False, "folds": 0, "without_mistake": 29}},
            0.5,
            "0.5, untuned: 1,200 training solutions with a mistake and 29 without; tuning takes at least 30 of each, "
            "of several problems.",
        ),
        ({"seconds": 3.0}, 0.5, "0.5, untuned: it was trained before thresholds were tuned."),
    ],
)
def test_a_checkpoint_says_its_threshold_and_how_it_was_found(call_as, rita, project, report, value, said):
    factories.CheckpointFactory(project=project, number=1, report=report, config={"threshold": value})
    tuning = report.get("tuning", {})
    names = ("folds", "with_mistake", "without_mistake")
    found = {"value": value, "tuned": tuning.get("tuned", False), "sentence": said}
    expected = found | {name: tuning.get(name) for name in names}
    assert call_as(rita).get(f"{CHECKPOINTS}/1").json()["threshold"] == expected


def test_one_that_judges_no_steps_or_is_not_trained_yet_has_no_threshold(call_as, rita, project):
    factories.CheckpointFactory(
        project=project, number=1, kind="orm", report={"tuning": None}, config={"threshold": 0.5}
    )
    factories.CheckpointFactory(project=project, number=2, state="training", config={"threshold": 0.5})
    assert [one["threshold"] for one in call_as(rita).get(CHECKPOINTS).json()] == [None, None]


def test_promoting_an_older_one_is_a_rollback_with_its_reason(call_as, olga, project):
    older, newer = (factories.CheckpointFactory(project=project, number=number) for number in (1, 2))
    Project.objects.update(champion=newer)
    told = call_as(olga).post(f"{CHECKPOINTS}/1/promote", {"reason": "2 forgets fractions"}).json()
    assert told["is_champion"]
    assert told["promoted_at"]
    project.refresh_from_db()
    assert project.champion == older
    event = Event.objects.get(verb="promote")
    assert (event.reason, event.actor, event.detail["before"]) == ("2 forgets fractions", olga, 2)


def test_who_is_promoted_scores_the_pool_ahead_once(call_as, olga, project, django_capture_on_commit_callbacks):
    factories.CheckpointFactory(project=project, number=1)
    for _ in range(2):  # a button pressed twice
        with django_capture_on_commit_callbacks() as sends:
            assert call_as(olga).post(f"{CHECKPOINTS}/1/promote", {"reason": "again"}).status_code == 200
        assert len(sends) == 1
    job = Job.objects.get()
    assert (job.kind, present(job.checkpoint).number, job.state) == ("score", 1, "queued")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}])
def test_promoting_takes_a_reason(call_as, olga, checkpoint, body):
    response = call_as(olga).post(f"{CHECKPOINTS}/{checkpoint.number}/promote", body)
    assert set(refused(response, 400, "invalid")) == {"reason"}


def test_what_was_not_evaluated_is_not_promoted(call_as, olga, project):
    factories.CheckpointFactory(project=project, number=1, state="trained")
    refused(call_as(olga).post(f"{CHECKPOINTS}/1/promote", {"reason": "now"}), 409, "not_ready")


def test_an_evaluation_says_which_metric_decides(call_as, rita, project):
    factories.CheckpointFactory(project=project, number=1, decision={"promoted": True, "sentence": "The first."})
    assert call_as(rita).get(f"{CHECKPOINTS}/1/evaluation").json() == {
        "number": 1,
        "state": "ready",
        "is_champion": False,
        "metric": "best_of_n",
        "measures": {},
        "decision": UNDECIDED | {"promoted": True, "sentence": "The first."},
    }


@pytest.mark.parametrize("kind", ["prm", "orm"])
def test_one_can_be_trained_by_hand(call_as, olga, generation, kind, django_capture_on_commit_callbacks):
    factories.LabelFactory(assignment__item__generation=generation, ratings=[1, -1])
    factories.LabelFactory(assignment__item__generation=generation)
    with django_capture_on_commit_callbacks() as sends:
        response = call_as(olga).post(CHECKPOINTS, {"kind": kind})
    assert response.status_code == 202
    told = response.json()
    assert (told["number"], told["kind"], told["state"], told["generation"]) == (1, kind, "training", None)
    assert told["jobs"][0]["state"] == "queued"
    assert len(sends) == 1


def test_without_a_label_nothing_is_trained(call_as, olga, project):
    refused(call_as(olga).post(CHECKPOINTS, {}), 409, "nothing_to_train")
    assert not Checkpoint.objects.exists()


def test_a_failed_job_outside_a_generation_is_queued_again(
    call_as, olga, project, checkpoint, django_capture_on_commit_callbacks
):
    job = factories.JobFactory(project=project, checkpoint=checkpoint, kind="train", state="failed", message="Full.")
    with django_capture_on_commit_callbacks() as sends:
        told = call_as(olga).post(f"projects/apples/jobs/{job.pk}/retry").json()
    assert (told["state"], told["attempt"], told["message"]) == ("queued", 2, "")
    assert len(sends) == 1
    refused(call_as(olga).post(f"projects/apples/jobs/{job.pk}/retry"), 409, "wrong_state")


def test_a_generations_job_goes_by_its_generation(call_as, olga, generation):
    job = factories.JobFactory(project=generation.project, generation=generation, kind="select", state="failed")
    refused(call_as(olga).post(f"projects/apples/jobs/{job.pk}/retry"), 409, "wrong_state")
    assert Job.objects.get().state == "failed"


def test_a_checkpoints_page_tells_the_champion_of_then_on_the_same_labels(call_as, rita, challenger):
    told = call_as(rita).get(f"{CHECKPOINTS}/2").json()
    gate = told["measures"]["gate"]
    assert (gate["best_of_n"]["accuracy"], gate["beside"]["best_of_n"]["accuracy"]) == (0.75, 0.5)
    assert gate["beside"]["first_error"]["n"] == gate["first_error"]["n"] == 8
    assert gate["first_error"]["intervals"]["f1"][0] < gate["first_error"]["f1"]
    assert gate["steps"]["calibration"]["ece_low"] <= gate["steps"]["calibration"]["ece_high"]
    assert (told["champion"], told["metric"], told["margin"]) == (1, "best_of_n", 0.05)
    assert told["measured_at"]


def test_what_was_evaluated_before_says_so_and_what_to_do(call_as, rita, challenger):
    kept = Checkpoint.objects.get(number=2).measures
    old = {
        split: {name: value for name, value in kept[split].items() if name != "beside"} for split in ("gate", "test")
    }
    del old["gate"]["first_error"]["intervals"]
    for name in ("ece_low", "ece_high", "problems"):
        del old["gate"]["steps"]["calibration"][name]
    Checkpoint.objects.filter(number=2).update(measures=old)
    told = call_as(rita).get(f"{CHECKPOINTS}/2").json()
    before = {"undefined": "Evaluated before this was measured: measure it again."}
    assert told["measures"]["gate"]["beside"] == told["seen"] == before
    assert told["measured_at"] is None
    assert told["measures"]["gate"]["first_error"]["intervals"] is None
    assert told["measures"]["gate"]["steps"]["calibration"]["ece_low"] is None
    assert told["measures"]["gate"]["best_of_n"]["accuracy"] == 0.75


def test_a_checkpoint_that_is_not_measured_yet_has_a_page(call_as, rita, project):
    factories.CheckpointFactory(project=project, number=1, state="training")
    told = call_as(rita).get(f"{CHECKPOINTS}/1").json()
    assert (told["measures"], told["measured_at"], told["champion"]) == ({}, None, None)
    assert told["seen"] == {"undefined": "Told once it is trained and measured."}


def test_a_page_tells_what_the_checkpoint_learned_from(call_as, rita, project, gate):
    made = checkpoint_of(project, 3)
    generation = factories.GenerationFactory(project=project, checkpoint=made)
    item = factories.BatchItemFactory(generation=generation)
    human = factories.LabelFactory(assignment__item=item, ratings=[1, -1])
    imported = factories.LabelFactory(
        source="imported",
        assignment=None,
        labeler=human.labeler,
        solution=item.solution,
        import_digest="a",
        source_generation=7,
    )
    made.labels.set([human, imported])
    measures, _ = evaluating.judge(project=project, challenger=made)
    Checkpoint.objects.filter(pk=made.pk).update(measures=measures)
    seen = call_as(rita).get(f"{CHECKPOINTS}/3").json()["seen"]
    assert (seen["labels"], seen["solutions"], seen["problems"]) == (2, 1, 1)
    assert seen["by_source"] == {"human": 1, "imported": 1}
    assert seen["by_finish_reason"] == {"found_error": 1, "solution": 1}
    assert seen["by_generation"] == [{"generation": 0, "labels": 1}, {"generation": 7, "labels": 1}]
    assert len(seen["digest"]) == 64


def test_an_orm_of_the_same_labels_is_put_beside_before_a_newer_one_of_others(call_as, rita, project, gate):
    labels = factories.LabelFactory.create_batch(2)
    for number, kind, saw in ((1, "prm", labels), (2, "orm", labels), (3, "orm", labels[:1])):
        made = checkpoint_of(project, number, kind=kind)
        made.labels.set(saw)
        scores(made, gate, chooses_right=number)
        measures, _ = evaluating.judge(project=project, challenger=made)
        Checkpoint.objects.filter(pk=made.pk).update(measures=measures)
    orm = call_as(rita).get(f"{CHECKPOINTS}/1").json()["orm"]
    assert (orm["number"], orm["same_labels"], orm["problems"]) == (2, True, 4)
    assert orm["curve"][-1]["mean"] == 0.5
    Checkpoint.objects.filter(number=2).delete()
    orm = call_as(rita).get(f"{CHECKPOINTS}/1").json()["orm"]
    assert (orm["number"], orm["same_labels"]) == (3, False)
    Checkpoint.objects.filter(number=3).delete()
    assert "No outcome reward model" in call_as(rita).get(f"{CHECKPOINTS}/1").json()["orm"]["undefined"]


def test_an_orm_is_trained_on_the_very_labels_the_checkpoint_saw(
    call_as, olga, generation, django_capture_on_commit_callbacks
):
    seen = factories.LabelFactory(assignment__item__generation=generation)
    factories.LabelFactory(assignment__item__generation=generation)  # came in since
    prm = factories.CheckpointFactory(project=generation.project, number=1, labels_frozen_at=seen.submitted_at)
    prm.labels.set([seen])
    with django_capture_on_commit_callbacks() as sends:
        told = call_as(olga).post(f"{CHECKPOINTS}/1/orm").json()
    assert (told["number"], told["kind"], told["labels"]) == (2, "orm", 1)
    assert len(sends) == 1
    orm = Checkpoint.objects.get(number=2)
    assert (list(orm.labels.all()), orm.labels_frozen_at is None) == ([seen], False)
    assert Event.objects.get(verb="train").detail == {"beside": 1}


def test_a_second_orm_waits_for_the_first(call_as, olga, generation, django_capture_on_commit_callbacks):
    seen = factories.LabelFactory(assignment__item__generation=generation)
    prm = factories.CheckpointFactory(project=generation.project, number=1, labels_frozen_at=seen.submitted_at)
    prm.labels.set([seen])
    with django_capture_on_commit_callbacks():
        assert call_as(olga).post(f"{CHECKPOINTS}/1/orm").status_code == 202
    refused(call_as(olga).post(f"{CHECKPOINTS}/1/orm"), 409, "not_ready")  # a button pressed twice
    assert Checkpoint.objects.filter(kind="orm").count() == 1


def test_training_by_hand_tells_with_how_many_labels_and_how_many_are_new(call_as, rita, generation):
    told = call_as(rita).get(f"{CHECKPOINTS}/teachable").json()
    assert told == {"labels": 0, "unseen": 0, "newest": None}
    seen, _ = factories.LabelFactory.create_batch(2, assignment__item__generation=generation)
    factories.LabelFactory(assignment__item__generation=generation, is_quality_control_question=True)
    made = factories.CheckpointFactory(project=generation.project, number=3, labels_frozen_at=seen.submitted_at)
    made.labels.set([seen])
    assert call_as(rita).get(f"{CHECKPOINTS}/teachable").json() == {"labels": 2, "unseen": 1, "newest": 3}


def test_measuring_again_is_queued_once_and_on_record(call_as, olga, project, django_capture_on_commit_callbacks):
    factories.CheckpointFactory(project=project, number=1)
    for _ in range(2):  # a button pressed twice
        with django_capture_on_commit_callbacks():
            assert call_as(olga).post(f"{CHECKPOINTS}/1/evaluation").status_code == 202
    job = Job.objects.get()
    assert (job.kind, job.state, job.generation) == ("evaluate", "queued", None)
    assert Event.objects.filter(verb="evaluate", subject="checkpoint 1", actor=olga).count() == 2


def test_only_what_was_evaluated_is_measured_again(call_as, olga, project):
    factories.CheckpointFactory(project=project, number=1, state="training")
    refused(call_as(olga).post(f"{CHECKPOINTS}/1/evaluation"), 409, "not_ready")


def test_the_history_of_champions_says_who_when_why_and_what_was_a_rollback(call_as, olga, rita, project):
    factories.CheckpointFactory(project=project, number=1)
    factories.CheckpointFactory(project=project, number=2)
    for number, reason in ((1, "the first"), (2, "better"), (1, "2 forgets fractions")):
        call_as(olga).post(f"{CHECKPOINTS}/{number}/promote", {"reason": reason})
    told = call_as(rita).get(f"{CHECKPOINTS}/champions").json()
    assert [(one["number"], one["before"], one["reason"], one["again"]) for one in told] == [
        (1, 2, "2 forgets fractions", True),
        (2, 1, "better", False),
        (1, None, "the first", False),
    ]
    assert {one["by"] for one in told} == {"olga"}


def test_promoting_the_champion_again_is_no_change_of_champion(call_as, olga, rita, project):
    factories.CheckpointFactory(project=project, number=1)
    factories.CheckpointFactory(project=project, number=2)
    for number in (1, 2, 2):
        call_as(olga).post(f"{CHECKPOINTS}/{number}/promote", {"reason": "better"})
    told = call_as(rita).get(f"{CHECKPOINTS}/champions").json()
    assert [(one["number"], one["before"]) for one in told] == [(2, 1), (1, None)]
    project.refresh_from_db()
    assert present(queries.replaced_by(project.champion)).number == 1


def _round(project: Project, number: int, kappa: float | None) -> None:
    stability = {"previous": number, "low": 0.5, "high": 1.0, "error": 0.01, "agreed": 0.9, "f_bound": None}
    stability |= {"kappa": kappa, "steps": 9, "problems": 3}
    measures = {"stability": stability if kappa is not None else {"undefined": "No earlier generation."}}
    made = factories.CheckpointFactory(project=project, number=number + 1, measures=measures)
    factories.GenerationFactory(project=project, number=number, state="closed", checkpoint=made)


@pytest.mark.parametrize(
    ("kappas", "met", "said"),
    [
        ([None, 0.995, 0.995], False, "needs 4 generations measured on the gate problems. Pairs so far: 2."),
        ([None, 0.2, 0.995, 0.995, 0.995], True, "F-measures differ by 2.0 points at most"),
        ([None, 0.995, 0.995, 0.995, 0.7], False, "Not yet"),
        ([None, 0.995, 0.995, None, 0.995], False, "Pairs so far: 1."),
        ([], False, "Pairs so far: 0."),
    ],
)
def test_more_labels_stop_paying_once_three_pairs_in_a_row_agree(call_as, rita, project, kappas, met, said):
    for number, kappa in enumerate(kappas):
        _round(project, number, kappa)
    told = call_as(rita).get(f"{CHECKPOINTS}/loop").json()
    assert (told["stopping"]["met"], said in told["stopping"]["sentence"]) == (met, True), told["stopping"]
    assert [one["generation"] for one in told["rounds"]] == list(range(len(kappas)))
