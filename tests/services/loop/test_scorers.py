"""Checkpoints that were not trained here: asked over HTTP or read from a file, measured, promoted, picking."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from labelhub.errors import Conflict, Invalid, Refusal, ScorerChanged, ScoringOff, Unscorable, WrongState
from labelhub.models import BatchItem, Checkpoint, Event, Job, Label, Project, Score, Solution
from labelhub.queries.loop import checkpoints as told
from labelhub.queries.loop import pools
from labelhub.services.data import importing
from labelhub.services.loop import generations, promoting
from labelhub.services.loop.scorers import adding
from labelhub.services.loop.scorers.adding import Terms
from labelhub.services.loop.selecting import Parameters
from selector.prm.styles import STYLES
from studies import replay
from tests import factories, sample
from tests.present import present

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

TOKENIZER = "/models/bytes"  # replaced by the directory that a test makes


@pytest.fixture
def pool(project: Project) -> list[Solution]:
    """Eight train problems with a right and a wrong solution each, and three gate problems."""
    splits = ["train"] * 8 + ["gate"] * 3
    problems = [factories.ProblemFactory(project=project, split=split) for split in splits]
    return [factories.SolutionFactory(problem=problem, wrong=wrong) for problem in problems for wrong in (False, True)]


class Served:
    """A small server of a reward model; `probs` says what it answers for a solution."""

    def __init__(self, tokenizer: Path) -> None:
        self.known: dict[replay.Key, list[float]] = {}
        self.replay = replay.Replay(replay.make_tokenizer(tokenizer), self.known)
        self.server = replay.server(self.replay, "prm", 0)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def says(self, solution: Solution, probs: list[float]) -> None:
        self.known[solution.problem.text, tuple(solution.steps)] = probs


@pytest.fixture
def served(tmp_path: Path, settings: Any, pool: list[Solution]) -> Iterator[Served]:
    """It finds each wrong solution's second step bad, except the first problem's, which it believes."""
    made = Served(tmp_path / "bytes")
    for at, solution in enumerate(pool):
        wrong = solution.grade == Solution.Grade.WRONG and at > 1
        made.says(solution, [0.9, 0.1 if wrong else 0.95, 0.9])
    settings.SCORING_ENDPOINTS = {"local": made.url}
    settings.BASE_MODELS = (str(tmp_path / "bytes"),)
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def add_served(project: Project, settings: Any, **changes: Any) -> Checkpoint:
    asked = {"endpoint": "local", "model": "prm", "style": "qwen", "tokenizer": settings.BASE_MODELS[0]} | changes
    terms = Terms(project, asked.pop("threshold", None))
    return carried(adding.add_served(terms, **asked))


def made_by(job: Job) -> Checkpoint:
    return Checkpoint.objects.get(pk=present(job.checkpoint_id))


def carried(job: Job) -> Checkpoint:
    """The job and all that follow it are done; its checkpoint as it is then. A failure is raised."""
    waiting = [job]
    while waiting:
        waiting += sample.work_on(waiting.pop(0))
    return made_by(job)


def test_a_served_model_starts_a_project_with_convincing_picks(project, settings, pool, served):
    made = add_served(project, settings)
    assert (made.state, made.source, made.name) == ("ready", "served", "prm")
    assert made.measures["gate"]["best_of_n"]["accuracy"] == 1
    assert made.decision["sentence"].startswith("Added by hand, and left to you.")
    promoting.promote(checkpoint=made, by=None, reason="the best there is")
    parameters = Parameters(rule="convincing", scope="global", k=1, control_share=0, audit_share=0)  # type: ignore[arg-type]
    generation = generations.launch(project=project, by=None, parameters=parameters)
    carried(generation.jobs.get())
    [item] = BatchItem.objects.filter(generation=generation)
    assert (item.stratum, item.solution_id) == ("wrong", pool[1].pk)  # the wrong answer that it believes
    assert item.log_score == pytest.approx(Score.objects.get(solution=pool[1], checkpoint=made).log_score)


def test_scoring_stops_when_another_model_answers_under_the_name(project, settings, pool, served):
    made = add_served(project, settings)
    for solution in pool:
        served.says(solution, [0.2, 0.2, 0.2])
    served.replay.unknown = 0.6  # of the fixed solutions by which a model is known
    job = promoting.score_ahead(checkpoint=made)
    with pytest.raises(ScorerChanged):
        carried(job)
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.message.startswith("Scores of different models are never compared: some are of prm (served, qwen")
    assert not Score.objects.filter(checkpoint=made, solution__problem__split="train").exists()


def test_rounding_is_no_other_model(project, settings, pool, served):
    made = add_served(project, settings)
    served.replay.unknown += 0.02
    carried(promoting.score_ahead(checkpoint=made))
    assert Score.objects.filter(checkpoint=made, solution__problem__split="train").count() == 16


def test_its_key_reaches_the_server_and_its_trouble_the_operator(project, settings, pool, served, monkeypatch):
    monkeypatch.setenv("SCORING_KEY_LOCAL", "a key")
    with pytest.raises(Exception, match="SCORING_KEY_LOCAL holds a character"):
        add_served(project, settings)
    monkeypatch.setenv("SCORING_KEY_LOCAL", "k")
    tokenizer = settings.BASE_MODELS[0]
    job = adding.add_served(Terms(project), endpoint="local", model="other", style="qwen", tokenizer=tokenizer)
    with pytest.raises(Unscorable, match="serves 'prm', not 'other'"):
        carried(job)
    assert made_by(job).state == "failed"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "elsewhere"}, "endpoint"),
        ({"endpoint": "http://127.0.0.1:8000"}, "endpoint"),
        ({"tokenizer": "/etc"}, "tokenizer"),
        ({"tokenizer": "/no/such/place"}, "tokenizer"),
        ({"style": "guess"}, "style"),
        ({"model": " "}, "model"),
        ({"threshold": 1.0}, "threshold"),
    ],
)
def test_what_the_deployment_does_not_allow_is_refused_by_name(project, settings, served, change, field):
    with pytest.raises(Invalid) as refusal:
        add_served(project, settings, **change)
    assert list(refusal.value.fields) == [field]
    assert not project.checkpoints.exists()


def test_a_path_is_refused_alike_whether_it_exists_or_not(project, settings):
    settings.BASE_MODELS = ("owner/model",)
    sentences = set()
    for path in ("/etc", "/no/such/place", str(settings.DATA_DIR)):
        with pytest.raises(Invalid) as refusal:
            adding.add_public(Terms(project), model=path, style="tokens")
        sentences.add(str(refusal.value))
    assert sentences == {"A model is one that BASE_MODELS lists: owner/model."}


def test_a_model_that_the_deployment_no_longer_lists_is_not_loaded(project, settings, pool, served):
    made = add_served(project, settings)
    settings.BASE_MODELS = ()
    with pytest.raises(Invalid, match="BASE_MODELS"):
        carried(promoting.score_ahead(checkpoint=made))


def test_without_an_endpoint_served_models_are_off(project, settings):
    with pytest.raises(ScoringOff):
        adding.add_served(Terms(project), endpoint="local", model="prm", style="qwen", tokenizer="x")


def test_every_style_of_the_library_can_be_added():
    assert set(adding.STYLES) == {*STYLES, adding.JUDGE}


def test_a_judge_takes_no_tokenizer(project, settings):
    settings.SCORING_ENDPOINTS = {"local": "http://127.0.0.1:1"}
    job = adding.add_served(Terms(project), endpoint="local", model="qwq", style="judge")
    assert made_by(job).scorer == {"style": "judge", "endpoint": "local"}


def test_the_same_model_is_added_once(project, settings, served):
    add_served(project, settings)
    with pytest.raises(Conflict, match="Checkpoint 1 is this model already"):
        add_served(project, settings)


def a_label(solution: Solution, generation: Any, ratings: list[int]) -> Label:
    item = factories.BatchItemFactory(generation=generation, solution=solution, state="done")
    return factories.LabelFactory(assignment=factories.AssignmentFactory(item=item, state="submitted"), ratings=ratings)


def test_its_threshold_is_tuned_on_training_labels_and_never_on_gate(project, settings, served, monkeypatch):
    problems = [factories.ProblemFactory(project=project, split="train") for _ in range(30)]
    generation = factories.GenerationFactory(project=project)
    for problem in problems:
        for wrong in (False, True):
            solution = factories.SolutionFactory(problem=problem, wrong=wrong)
            served.says(solution, [0.99, 0.7 if wrong else 0.99, 0.99])
            a_label(solution, generation, [1, -1] if wrong else [1, 1, 1])
    made = add_served(project, settings)
    assert 0.7 < made.config["threshold"] <= 0.99
    sentence = present(told.threshold(made)).sentence
    assert "tuned on 60 training solutions (30 with a mistake, 30 without), none of which taught it." in sentence


def test_a_published_threshold_stays(project, settings, served):
    made = add_served(project, settings, threshold=0.42)
    assert present(told.threshold(made)).sentence == "0.42, as published for this model."


def imported(project: Project, rows: list[dict[str, Any]], **options: Any) -> Checkpoint:
    terms = Terms(project, options.pop("threshold", None), options.pop("generation", None))
    return carried(adding.add_imported(terms, name="elsewhere", **kept(rows), **options))


def kept(rows: list[dict[str, Any]]) -> dict[str, Any]:
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    with importing.kept(ContentFile(lines, name="scores.jsonl")) as stored:
        return {"stored": stored, "filename": "scores.jsonl"}


def rows_of(solutions: list[Solution]) -> list[dict[str, Any]]:
    return [
        {"solution_id": one.key, "step_probs": [0.9, 0.1 if one.grade == "wrong" else 0.9, 0.9]} for one in solutions
    ]


def test_scores_from_a_file_measure_and_pick(project, pool):
    made = imported(project, rows_of(pool), aggregate="min")
    assert (made.state, made.source) == ("ready", "imported")
    assert made.measures["gate"]["best_of_n"]["accuracy"] == 1
    assert Score.objects.get(checkpoint=made, solution=pool[1]).log_score == pytest.approx(-2.302585, abs=1e-5)
    assert not present(told.threshold(made)).tuned


def test_what_came_later_is_unscored_until_a_file_brings_it(project, pool):
    made = imported(project, rows_of(pool[:4]))
    promoting.promote(checkpoint=made, by=None, reason="it is there")
    missing = list(pools.unscored_rows(made))
    assert [row["solution_id"] for row in missing] == [one.key for one in pool[4:]]
    parameters = Parameters(rule="convincing", scope="global", k=1)
    project.refresh_from_db()
    preview = generations.preview(project=project, parameters=parameters)
    assert (preview.candidates, preview.unscored) == (16, 12)
    rows = [{"id": row["id"], "step_probs": [0.5] * len(row["steps"]), "note": "any"} for row in missing]
    job = adding.add_scores(checkpoint=made, **kept(rows + rows_of(pool[:4])))
    carried(job)
    job.refresh_from_db()
    assert job.result == {"read": 22, "before": 4}
    assert Event.objects.get(verb="add scores").subject == "checkpoint 1"
    assert list(pools.unscored_rows(made)) == []


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"solution_id": "nobody", "step_probs": [0.5]}, "the project has no solution 'nobody'"),
        ({"step_probs": [0.5]}, "it has neither solution_id nor id"),
        ({"solution_id": "first"}, "it has no step_probs"),
        ({"solution_id": "first", "step_probs": [0.5]}, "it has 1 step_probs, and the solution has 3 steps"),
        ({"solution_id": "first", "step_probs": 0.5}, "its step_probs are no list"),
        ({"solution_id": "first", "step_probs": [0.5, 1.5, 0.5]}, "a step probability is a number from 0 to 1"),
        ({"solution_id": "first", "step_probs": [0.5, True, 0.5]}, "a step probability is a number from 0 to 1"),
        ({"id": 2**70, "step_probs": [0.5]}, "the project has no solution"),
        ({"id": "first", "step_probs": [0.5, 0.5, 0.5]}, "`id` is a whole number"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_by_its_line_and_nothing_is_kept(project, pool, row, sentence):
    Solution.objects.filter(pk=pool[0].pk).update(key="first")
    with pytest.raises(Refusal) as refusal:
        imported(project, [*rows_of(pool[1:2]), row])
    assert f"Line 2: {sentence}" in str(refusal.value)
    assert not Score.objects.exists()


def test_a_solution_twice_and_another_score_are_refused(project, pool):
    with pytest.raises(Invalid, match=r"Line 3: its solution stands in an earlier line too"):
        imported(project, [*rows_of(pool[:2]), *rows_of(pool[:1])])
    made = imported(project, rows_of(pool[:2]))
    changed = [{"solution_id": pool[0].key, "step_probs": [0.1, 0.1, 0.1]}]
    with pytest.raises(Invalid, match=r"Line 1: the checkpoint has other scores for this solution"):
        carried(adding.add_scores(checkpoint=made, **kept(changed)))
    assert Score.objects.filter(checkpoint=made).count() == 2


def test_a_key_of_two_solutions_needs_the_sites_own_id(project, pool):
    Solution.objects.filter(pk__in=[pool[0].pk, pool[2].pk]).update(key="s1")
    with pytest.raises(Invalid, match="several solutions are named 's1'"):
        imported(project, [{"solution_id": "s1", "step_probs": [0.5, 0.5, 0.5]}])


def test_a_mended_file_goes_to_the_same_checkpoint(project, pool):
    job = adding.add_imported(Terms(project), name="elsewhere", **kept([{"solution_id": "nobody", "step_probs": []}]))
    with pytest.raises(Invalid):
        carried(job)
    made = made_by(job)
    assert made.state == "failed"
    assert carried(adding.add_scores(checkpoint=made, **kept(rows_of(pool)))).state == "ready"


def test_only_a_checkpoint_of_imported_scores_takes_a_file_and_one_at_a_time(project, pool):
    with pytest.raises(WrongState, match="scores by itself"):
        adding.add_scores(checkpoint=factories.CheckpointFactory(project=project, number=9), **kept([]))
    job = adding.add_imported(Terms(project), name="elsewhere", **kept(rows_of(pool)))
    with pytest.raises(WrongState, match="wait until it has ended"):
        adding.add_scores(checkpoint=made_by(job), **kept(rows_of(pool)))


def test_a_generation_that_trains_elsewhere_waits_for_its_checkpoint_and_goes_on_with_it(project, pool):
    generation = waiting(project, pool)
    generation.refresh_from_db()
    checkpoint = Checkpoint.objects.get()
    assert (generation.state, checkpoint.state) == ("training", "training")
    assert set(checkpoint.labels.values_list("solution", flat=True)) == {pool[0].pk, pool[1].pk}
    assert list(told.awaited(project)) == [checkpoint]
    made = imported(project, rows_of(pool), generation=generation.number)
    assert (made.pk, made.number, made.source) == (checkpoint.pk, checkpoint.number, "imported")
    generation.refresh_from_db()
    assert (generation.state, generation.checkpoint) == ("closed", made)
    assert generation.decision["promoted"] is True
    assert not told.awaited(project).exists()


def test_what_waits_for_no_checkpoint_takes_none(project, pool):
    generation = factories.GenerationFactory(project=project)
    with pytest.raises(WrongState, match="waits for no checkpoint"):
        adding.add_imported(Terms(project, generation=generation.number), name="elsewhere", **kept(rows_of(pool)))
    assert not project.checkpoints.exists()


def waiting(project: Project, pool: list[Solution]) -> Any:
    """A closed generation whose checkpoint is trained elsewhere, on two labels."""
    Project.objects.filter(pk=project.pk).update(trains_elsewhere=True)
    generation = factories.GenerationFactory(project=project)
    a_label(pool[0], generation, [1, 1, 1])
    a_label(pool[1], generation, [1, -1])
    carried(generations.close(generation=generation, by=None))
    return generation


def test_it_goes_on_though_the_setting_was_turned_off_meanwhile(project, pool):
    generation = waiting(project, pool)
    Project.objects.filter(pk=project.pk).update(trains_elsewhere=False)
    assert told.awaited(project).exists()
    imported(project, rows_of(pool), generation=generation.number)
    generation.refresh_from_db()
    assert generation.state == "closed"


def test_a_refused_file_leaves_the_generation_waiting_for_another_model(project, pool):
    generation = waiting(project, pool)
    with pytest.raises(Invalid):
        imported(project, [{"solution_id": "nobody", "step_probs": []}], generation=generation.number)
    assert [each.state for each in told.awaited(project)] == ["failed"]
    assert imported(project, rows_of(pool), generation=generation.number).state == "ready"
    generation.refresh_from_db()
    assert generation.state == "closed"


def test_a_threshold_is_not_tuned_on_the_labels_that_taught_the_model(project, pool):
    generation = waiting(project, pool)
    made = imported(project, rows_of(pool), generation=generation.number)
    threshold = told.threshold(made)
    assert threshold and (threshold.value, threshold.tuned) == (0.5, False)
    assert threshold.sentence.startswith("0.5, untuned: it learned from these labels elsewhere.")
    assert "tuning" not in made.report


def test_many_faults_are_counted_and_the_first_are_told(project, pool):
    rows = [{"solution_id": f"nobody{n}", "step_probs": []} for n in range(8)]
    with pytest.raises(Invalid, match=r"Line 5: .* And 3 more\.$"):
        imported(project, rows)
