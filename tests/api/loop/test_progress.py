"""Where a project stands, and who is told what of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labelhub.celery import app
from labelhub.models import Job, Solution
from labelhub.queries import jobs
from labelhub.queries.loop import progress, standing, workers
from labelhub.services import audit
from tests import factories
from tests.api.conftest import refused

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

PROGRESS = "projects/apples/progress"


def test_a_labeler_is_told_nothing_that_could_sway_a_rating(call_as, ann, generation):
    factories.BatchItemFactory(generation=generation, stratum="wrong")
    told = call_as(ann).get(PROGRESS).json()
    assert {name for name, value in told.items() if value is not None} == {"my", "batch"}
    assert told["batch"] == {"open": 1, "leased": 0, "done": 0, "withdrawn": 0}


def test_mine_counts_todays_passes_and_the_median_of_the_latest(call_as, ann, generation):
    yesterday = timezone.now() - timedelta(days=1)
    for total_time, at in ((60_000, yesterday), (80_000, timezone.now()), (200_000, timezone.now())):
        factories.LabelFactory(
            assignment__labeler=ann.labeler,
            assignment__item__generation=generation,
            total_time=total_time,
            submitted_at=at,
        )
    first = factories.LabelFactory(assignment__labeler=ann.labeler, submitted_at=timezone.now())  # elsewhere
    factories.LabelFactory(assignment=first.assignment, supersedes=first, revision=2)
    assert call_as(ann).get(PROGRESS).json()["my"] == {"today": 2, "median_ms": 80_000}


def test_a_correction_is_no_second_pass(ann, project, generation):
    first = factories.LabelFactory(assignment__labeler=ann.labeler, assignment__item__generation=generation)
    factories.LabelFactory(assignment=first.assignment, supersedes=first, revision=2)
    assert progress.of_labeler(project, ann.labeler).today == 1


def test_an_operator_is_told_all(call_as, olga, project, generation):
    held_out = factories.ProblemFactory(project=project, split="gate")
    factories.SolutionFactory(problem=held_out, wrong=True)
    factories.SolutionFactory(problem=held_out, grade=None)
    label = factories.LabelFactory(assignment__item__generation=generation, source="simulated")
    factories.LabelFactory(assignment=None, solution=label.solution, labeler=olga.labeler, source="reviewed")
    told = call_as(olga).get(PROGRESS).json()
    assert (told["problems"], told["solutions"]) == (2, 3)
    assert told["by_split"] == {"train": 1, "gate": 1, "test": 0}
    assert told["grades"] == {"right": 1, "wrong": 1, "unknown": 0, "ungraded": 1}
    assert told["labels"] == {"human": 0, "simulated": 1, "imported": 0, "model": 0, "reviewed": 1}
    assert told["labels_today"] == 1
    assert told["generation"]["number"] == 0
    assert told["batch"] == {"open": 0, "leased": 0, "done": 1, "withdrawn": 0}


def test_what_needs_somebody_is_counted(call_as, olga, generation):
    item = factories.BatchItemFactory(generation=generation, solution__wrong=True)
    factories.LabelFactory(assignment__item=item)
    job = factories.JobFactory(project=generation.project, state="failed", message="The disk is full.")
    needs = call_as(olga).get(PROGRESS).json()["needs"]
    assert needs["contradictions"] == 1
    assert [(each["id"], each["message"]) for each in needs["failed_jobs"]] == [(job.pk, "The disk is full.")]


def test_what_a_cancelled_generation_left_needs_nobody(project):
    ended = factories.GenerationFactory(project=project, state="cancelled")
    factories.JobFactory(project=project, generation=ended, kind="select", state="failed")
    assert not jobs.waiting_for_someone(project).exists()


@pytest.mark.parametrize(
    ("kind", "params", "waits"),
    [("grade", {}, False), ("import", {"filename": "a.jsonl"}, False), ("import", {"filename": "b.jsonl"}, True)],
)
def test_what_was_done_since_needs_nobody(project, kind, params, waits):
    failed = factories.JobFactory(project=project, kind=kind, state="failed", params={"filename": "a.jsonl"})
    factories.JobFactory(kind=kind, state="done", params=params)  # elsewhere
    assert list(jobs.waiting_for_someone(project)) == [failed]
    factories.JobFactory(project=project, kind=kind, state="done", params=params or failed.params)
    assert jobs.waiting_for_someone(project).exists() == waits


def test_a_failed_generation_needs_somebody(project):
    failed = factories.GenerationFactory(project=project, state="failed")
    job = factories.JobFactory(project=project, generation=failed, kind="select", state="failed")
    assert list(jobs.waiting_for_someone(project)) == [job]


def test_an_empty_project_has_its_zeros(call_as, olga):
    told = call_as(olga).get(PROGRESS).json()
    assert (told["problems"], told["generation"], told["batch"]) == (0, None, None)
    assert told["my"] == {"today": 0, "median_ms": None}


@pytest.mark.parametrize("count", [1, 5])
def test_the_cost_does_not_grow(call_as, olga, generation, count, django_assert_num_queries):
    factories.LabelFactory.create_batch(count, assignment__item__generation=generation)
    browser = call_as(olga)
    with django_assert_num_queries(19):  # three of them over the whole corpus, and one that asks for a worker
        browser.get(PROGRESS)
    with django_assert_num_queries(15):
        browser.get(PROGRESS)


def test_a_second_look_reads_no_solution_but_of_the_batch(call_as, olga, generation):
    factories.LabelFactory(assignment__item__generation=generation)
    factories.LabelFactory(assignment__item__generation=generation, assignment__labeler=olga.labeler)
    browser = call_as(olga)
    first = browser.get(PROGRESS).json()
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(PROGRESS).json() == first
    reading = [query["sql"] for query in captured if 'COUNT("labelhub_' in query["sql"]]
    assert reading
    assert all('"generation_id"' in sql or '"labeler_id"' in sql or "labelhub_event" in sql for sql in reading), reading


def test_a_pass_shows_at_the_next_look(call_as, olga, generation):
    browser = call_as(olga)
    assert browser.get(PROGRESS).json()["labels"]["human"] == 0
    factories.LabelFactory(assignment__item__generation=generation, assignment__item__solution__wrong=True)
    told = browser.get(PROGRESS).json()
    assert (told["labels"]["human"], told["needs"]["contradictions"], told["labels_today"]) == (1, 1, 1)


def test_a_generations_labels_stay_counted_once_when_it_ends(call_as, olga, project, generation):
    factories.LabelFactory(assignment__item__generation=generation, assignment__item__solution__wrong=True)
    browser = call_as(olga)
    assert browser.get(PROGRESS).json()["labels"]["human"] == 1
    type(generation).objects.update(state="closed")
    assert browser.get(PROGRESS).json()["labels"]["human"] == 1
    factories.LabelFactory(assignment__item__generation=factories.GenerationFactory(project=project, number=1))
    told = browser.get(PROGRESS).json()
    assert (told["labels"]["human"], told["needs"]["contradictions"]) == (2, 1)


def test_a_correction_counts_once_and_by_what_it_now_says(call_as, olga, generation):
    first = factories.LabelFactory(assignment__item__generation=generation, assignment__item__solution__wrong=True)
    factories.LabelFactory(assignment=first.assignment, supersedes=first, revision=2, ratings=[1, -1])
    told = call_as(olga).get(PROGRESS).json()
    assert (told["labels"]["human"], told["needs"]["contradictions"]) == (1, 0)


def test_what_an_import_brought_shows_as_soon_as_it_is_told(call_as, olga, project):
    browser = call_as(olga)
    assert browser.get(PROGRESS).json()["solutions"] == 0
    solution = factories.SolutionFactory(problem__project=project, grade=None)
    factories.LabelFactory(
        assignment=None, solution=solution, labeler=olga.labeler, source="imported", import_digest="0"
    )
    audit.record(project=project, actor=None, verb="imported", subject="a.jsonl")
    told = browser.get(PROGRESS).json()
    assert (told["problems"], told["grades"]["ungraded"], told["labels"]["imported"]) == (1, 1, 1)


def test_while_the_corpus_moves_it_is_counted_now_and_then(call_as, olga, project, monkeypatch):
    browser = call_as(olga)
    browser.get(PROGRESS)
    factories.SolutionFactory(problem__project=project)
    assert browser.get(PROGRESS).json()["solutions"] == 0
    monkeypatch.setattr(standing, "WHILE_MOVING", 0.0)
    assert browser.get(PROGRESS).json()["solutions"] == 1
    Solution.objects.update(grade=None, graded_by=None)
    assert browser.get(PROGRESS).json()["grades"]["ungraded"] == 1


@pytest.mark.parametrize(
    ("done", "total", "seconds", "rate", "left"),
    [(50, 200, 10, 5.0, 30.0), (0, 200, 10, None, None), (50, 0, 10, 5.0, None), (200, 200, 10, 20.0, 0.0)],
)
def test_a_running_job_tells_its_rate_and_how_long_it_may_take(project, done, total, seconds, rate, left):
    now = timezone.now()
    job = factories.JobFactory(
        project=project, state="running", done=done, total=total, started_at=now - timedelta(seconds=seconds)
    )
    told = jobs.tell(job, now)
    assert (told.rate, told.seconds_left) == (rate, left)


def test_a_finished_job_has_no_rate(project):
    job = factories.JobFactory(project=project, state="done", done=5, total=5, started_at=timezone.now())
    assert jobs.tell(job).rate is None


def test_without_a_worker_the_sentence_says_what_to_do(call_as, olga, broker_url):
    told = call_as(olga).get(PROGRESS).json()["worker"]
    assert told["alive"] is False
    assert "celery -A labelhub worker" in told["sentence"]


def test_a_job_that_beats_has_a_worker_even_if_it_answers_no_ping(project):
    factories.JobFactory(project=project, state=Job.State.RUNNING, heartbeat_at=timezone.now())
    assert workers.ask().alive


def test_a_job_that_fell_silent_proves_nobody_alive(project, broker_url):
    factories.JobFactory(project=project, state="running", heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert not workers.ask().alive


def test_without_a_broker_the_page_still_comes(call_as, olga, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "connection_for_read", lambda **_: app.connection("redis://127.0.0.1:1/0"))
    told = call_as(olga).get(PROGRESS).json()["worker"]
    assert told == {"alive": False, "sentence": workers.NO_BROKER.sentence}


def test_a_worker_that_answers_is_alive(worker, project):
    assert workers.ask() == workers.ALIVE


def test_the_stranger_is_told_nothing(call_as, stranger, project):
    refused(call_as(stranger).get(PROGRESS), 404, "not_found")
