"""Generations over HTTP: watched, launched, ended, taken up again."""

import math
from typing import Any

import pytest
import redis
from django.conf import settings

from labelhub.models import BatchItem, Event, Generation, Job, Label, Project, Solution
from tests import factories, servers
from tests.api.conftest import refused

pytestmark = pytest.mark.django_db

GENERATIONS = "projects/apples/generations"
LAUNCH = {"rule": "uniform", "scope": "global", "k": 4, "control_share": 0, "audit_share": 0}


@pytest.fixture
def pool(project: Project) -> Project:
    """Three problems with two right and two wrong solutions each."""
    for _ in range(3):
        problem = factories.ProblemFactory(project=project)
        factories.SolutionFactory.create_batch(2, problem=problem)
        factories.SolutionFactory.create_batch(2, problem=problem, wrong=True)
    return project


def test_a_generation_is_told_whole(call_as, rita, generation, checkpoint):
    for state, stratum in (("open", "wrong"), ("open", "gate"), ("done", "wrong"), ("withdrawn", "audit")):
        factories.BatchItemFactory(generation=generation, state=state, stratum=stratum)
    factories.LabelFactory(assignment__item__generation=generation, assignment__item__stratum="wrong")
    factories.JobFactory(project=generation.project, generation=generation, kind="select", state="done", total=5)
    told = call_as(rita).get(f"{GENERATIONS}/0").json()
    assert told["items"] == {"open": 2, "leased": 0, "done": 2, "withdrawn": 1}
    assert told["by_stratum"] == {"wrong": 3, "gate": 1, "audit": 1}
    assert (told["labels"], told["state"], told["champion"], told["checkpoint"]) == (1, "labeling", None, None)
    assert told["sentence"] == "People rate the batch: 2 of 4 items are done."
    assert [(job["kind"], job["state"], job["rate"]) for job in told["jobs"]] == [("select", "done", None)]


def test_a_corrected_label_counts_once(call_as, rita, generation):
    first = factories.LabelFactory(assignment__item__generation=generation)
    factories.LabelFactory(assignment=first.assignment, supersedes=first, revision=2)
    assert call_as(rita).get(f"{GENERATIONS}/0").json()["labels"] == 1


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_however_long_it_is(call_as, rita, project, count, django_assert_num_queries):
    for number in range(count):
        closed = factories.GenerationFactory(
            project=project,
            number=number,
            state="closed",
            champion=factories.CheckpointFactory(project=project, number=2 * number + 1),
            checkpoint=factories.CheckpointFactory(project=project, number=2 * number + 2),
        )
        factories.LabelFactory(assignment__item__generation=closed)
        factories.JobFactory(project=project, generation=closed, kind="select")
    browser = call_as(rita)
    with django_assert_num_queries(7):  # session with its account, project; generations, items twice, labels, jobs
        listed = browser.get(GENERATIONS).json()
    assert [each["number"] for each in listed] == list(reversed(range(count)))


def test_a_failure_says_where_and_why(call_as, rita, generation):
    generation.state, generation.failed_in, generation.failure = "failed", "training", "The disk is full."
    generation.save()
    assert call_as(rita).get(f"{GENERATIONS}/0").json()["sentence"] == "Failed while training: The disk is full."


def test_launching_answers_the_generation_and_queues_its_first_job(
    call_as, olga, pool, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as sends:
        response = call_as(olga).post(GENERATIONS, LAUNCH | {"seed": 7, "gate_k": 2, "wrong_share": 0.5})
    assert response.status_code == 201
    told = response.json()
    assert (told["number"], told["state"], told["seed"], told["wrong_share"]) == (0, "selecting", 7, 0.5)
    assert [job["kind"] for job in told["jobs"]] == ["select"]
    assert len(sends) == 1
    assert Generation.objects.get().launched_by == olga
    assert Event.objects.filter(verb="launch", actor=olga, subject="generation 0").exists()


def test_the_job_goes_to_the_broker_once_it_is_committed(
    call_as, olga, pool, broker_url, django_capture_on_commit_callbacks
):
    servers.flush(broker_url)
    with django_capture_on_commit_callbacks(execute=True):
        call_as(olga).post(GENERATIONS, LAUNCH)
    url = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://")
    assert redis.Redis.from_url(url).llen("default") == 1


def test_what_a_launch_leaves_out_is_as_the_project_says(call_as, olga, pool):
    Project.objects.update(control_share="0.25", audit_share="0.5", labels_wanted=3, overlap_share="0.1")
    told = call_as(olga).post(GENERATIONS, {"rule": "uniform", "k": 2}).json()
    assert (told["control_share"], told["audit_share"], told["labels_wanted"]) == (0.25, 0.5, 3)
    assert told["overlap_share"] == 0.1
    assert (told["wrong_share"], told["scope"], told["gate_k"], told["seed"]) == (0.8, "per_problem", 0, 0)


@pytest.mark.parametrize("path", [GENERATIONS, f"{GENERATIONS}/preview"])
def test_what_cannot_be_launched_is_refused_by_name(call_as, olga, project, path):
    refused(call_as(olga).post(path, LAUNCH), 409, "nothing_to_select")
    refused(call_as(olga).post(path, LAUNCH | {"rule": "convincing"}), 409, "no_champion")


def test_a_second_generation_waits_for_the_first(call_as, olga, pool, generation):
    refused(call_as(olga).post(GENERATIONS, LAUNCH), 409, "generation_active")


def test_a_preview_tells_what_a_launch_would_pick_and_changes_nothing(call_as, olga, pool):
    told = call_as(olga).post(f"{GENERATIONS}/preview", LAUNCH).json()
    assert (told["candidates"], told["picks"], told["unscored"]) == (12, 4, 0)
    assert told["right"] + told["wrong"] == 4
    assert sum(told["by_stratum"].values()) == 4
    assert told["histogram"] is None
    assert not Generation.objects.exists()
    assert not Job.objects.exists()


def test_with_a_champion_the_preview_holds_the_scores(call_as, olga, pool, checkpoint):
    pool.champion = checkpoint
    pool.save()
    for solution in Solution.objects.all():
        factories.ScoreFactory(checkpoint=checkpoint, solution=solution, log_score=math.log(0.6))
    body = LAUNCH | {"rule": "convincing", "k": 5, "wrong_share": 0.8}
    told = call_as(olga).post(f"{GENERATIONS}/preview", body).json()
    assert (told["wrong"], told["picks"]) >= (4, 5)
    assert len(told["histogram"]["edges"]) == len(told["histogram"]["pool"]) + 1
    assert sum(told["histogram"]["pool"]) == 12
    assert sum(told["histogram"]["picks"]) == 5


def test_a_preview_tells_how_the_picks_spread_over_problems(call_as, olga, pool):
    told = call_as(olga).post(f"{GENERATIONS}/preview", LAUNCH | {"scope": "per_problem", "k": 2}).json()
    assert told["per_problem"] == [{"picks": 2, "problems": 3}]
    assert sum(each["picks"] * each["problems"] for each in told["per_problem"]) == told["picks"]


def test_a_preview_estimates_hours_and_cost_from_past_passes(call_as, olga, pool):
    browser = call_as(olga)
    effort = browser.post(f"{GENERATIONS}/preview", LAUNCH).json()["effort"]
    assert effort["hours"]["undefined"] == effort["cost"]["undefined"] == "Nobody has labelled here yet."
    past = factories.GenerationFactory(project=pool, number=0, state="closed")
    for minutes in (1, 2, 3, 4, 5):
        factories.LabelFactory(assignment__item__generation=past, total_time=minutes * 60_000)
    factories.LabelFactory(assignment__item__generation=past, total_time=10**9, is_quality_control_question=True)
    effort = browser.post(f"{GENERATIONS}/preview", LAUNCH | {"labels_wanted": 2}).json()["effort"]
    assert (effort["passes"], effort["past"]) == (8, 5)
    assert browser.post(f"{GENERATIONS}/preview", LAUNCH | {"overlap_share": 0.5}).json()["effort"]["passes"] == 6
    assert [effort["hours"][name] for name in ("low", "value", "high")] == pytest.approx([0.2, 0.4, 0.6])
    assert effort["cost"]["undefined"].startswith("The project's settings don't say")
    Project.objects.filter(pk=pool.pk).update(hourly_rate=30, currency="EUR")
    effort = browser.post(f"{GENERATIONS}/preview", LAUNCH | {"labels_wanted": 2}).json()["effort"]
    assert (effort["cost"]["value"], effort["currency"]) == (pytest.approx(12), "EUR")


def test_items_come_in_order_of_serving_a_page_at_a_time(call_as, rita, generation):
    for position in range(5):
        factories.BatchItemFactory(generation=generation, position=position, log_score=math.log(0.5))
    browser, seen, after = call_as(rita), [], -1
    while after is not None:
        page = browser.get(f"{GENERATIONS}/0/items", after=after, limit=2).json()
        seen += [item["solution_id"] for item in page["results"]]
        after = page["next"]
    assert seen == list(BatchItem.objects.order_by("position").values_list("solution_id", flat=True))
    item = page["results"][0]
    assert item["score"] == pytest.approx(0.5)
    assert (item["stratum"], item["grade"], item["state"]) == ("uniform", "right", "open")


def test_a_page_of_items_costs_two_queries(call_as, rita, generation, django_assert_num_queries):
    factories.BatchItemFactory.create_batch(5, generation=generation)
    browser = call_as(rita)
    factories.LabelFactory.create_batch(3, assignment__item__generation=generation)
    with django_assert_num_queries(5):  # session with its account, project, generation; items and around, labels
        browser.get(f"{GENERATIONS}/0/items")


@pytest.mark.parametrize(("query", "count"), [({"stratum": "gate"}, 1), ({"state": "done"}, 2), ({}, 3)])
def test_items_can_be_narrowed(call_as, rita, generation, query, count):
    for stratum, state in (("gate", "done"), ("wrong", "done"), ("wrong", "open")):
        factories.BatchItemFactory(generation=generation, stratum=stratum, state=state)
    assert len(call_as(rita).get(f"{GENERATIONS}/0/items", **query).json()["results"]) == count


@pytest.mark.parametrize(
    ("query", "behind"),
    [
        ({"finish_reason": "found_error"}, ["second of three", "third of three"]),
        ({"finish_reason": "give_up"}, ["given up"]),
        ({"mistake": 3}, ["third of three"]),
        ({"tenth": 7}, ["second of three"]),
        ({"tenth": 10}, ["third of three"]),
        ({"labeler": "ann"}, ["second of three", "corrected"]),
        ({"labeler": "ann", "finish_reason": "solution"}, ["corrected"]),
        ({"labeler": "ann", "mistake": 3}, []),
        ({"grade": "wrong"}, ["third of three"]),
    ],
)
def test_items_can_be_found_by_what_their_labels_say(call_as, rita, ann, generation, query, behind):
    def labelled(key: str, wrong: bool = False, labeler: Any = None, **label: Any) -> Label:
        solution = factories.SolutionFactory(problem__project=generation.project, key=key, wrong=wrong)
        item = factories.BatchItemFactory(generation=generation, solution=solution, state="done")
        lease = factories.AssignmentFactory(item=item, state="submitted", labeler=labeler or factories.LabelerFactory())
        return factories.LabelFactory(assignment=lease, **label)

    labelled("second of three", ratings=[1, -1], labeler=ann.labeler)
    labelled("third of three", ratings=[1, 1, -1], wrong=True)
    labelled("given up", ratings=[1], finish_reason="give_up", reason="Too hard.")
    first = labelled("corrected", ratings=[1, 1, -1], labeler=ann.labeler)
    factories.LabelFactory(assignment=first.assignment, supersedes=first, revision=2)
    factories.BatchItemFactory(generation=generation)
    named = {name: str(ann.labeler.pk) if value == "ann" else value for name, value in query.items()}
    found = call_as(rita).get(f"{GENERATIONS}/0/items", **named).json()["results"]
    assert [each["solution"] for each in found] == behind


def test_an_item_says_what_its_labels_say(call_as, rita, ann, generation):
    factories.LabelFactory(assignment__item__generation=generation, assignment__labeler=ann.labeler, ratings=[1, -1])
    [item] = call_as(rita).get(f"{GENERATIONS}/0/items").json()["results"]
    assert item["labels"] == [{"labeler": str(ann.labeler.pk), "finish_reason": "found_error", "mistake": 2}]


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 501}, {"after": "x"}, {"state": "lost"}, {"tenth": 11}, {"labeler": "ann"}]
)
def test_an_odd_page_is_refused(call_as, rita, generation, query):
    assert set(refused(call_as(rita).get(f"{GENERATIONS}/0/items", **query), 400, "invalid")) == set(query)


def test_closing_trains_on_what_there_is(call_as, olga, generation, django_capture_on_commit_callbacks):
    factories.LabelFactory(assignment__item__generation=generation, ratings=[1, -1])
    factories.LabelFactory(assignment__item__generation=generation)
    left = factories.BatchItemFactory(generation=generation)
    with django_capture_on_commit_callbacks() as sends:
        told = call_as(olga).post(f"{GENERATIONS}/0/close").json()
    assert (told["state"], told["checkpoint"], told["jobs"][0]["kind"]) == ("training", 1, "train")
    assert len(sends) == 1
    left.refresh_from_db()
    assert left.state == "withdrawn"
    refused(call_as(olga).post(f"{GENERATIONS}/0/close"), 409, "wrong_state")


def test_closing_with_nothing_to_learn_from_is_refused(call_as, olga, generation):
    refused(call_as(olga).post(f"{GENERATIONS}/0/close"), 409, "nothing_to_train")


def test_cancelling_keeps_the_reason(call_as, olga, generation):
    assert call_as(olga).post(f"{GENERATIONS}/0/cancel", {"reason": "wrong k"}).json()["state"] == "cancelled"
    assert Event.objects.get(verb="cancel").reason == "wrong k"
    refused(call_as(olga).post(f"{GENERATIONS}/0/cancel", {}), 409, "wrong_state")


def test_a_failed_generation_is_taken_up_where_it_failed(call_as, olga, generation, django_capture_on_commit_callbacks):
    generation.state, generation.failed_in = "failed", "selecting"
    generation.save()
    factories.JobFactory(project=generation.project, generation=generation, kind="select", state="failed")
    with django_capture_on_commit_callbacks() as sends:
        told = call_as(olga).post(f"{GENERATIONS}/0/retry").json()
    assert (told["state"], told["failure"], told["jobs"][0]["attempt"]) == ("selecting", "", 2)
    assert len(sends) == 1
    refused(call_as(olga).post(f"{GENERATIONS}/0/retry"), 409, "wrong_state")
