"""Sampling over HTTP: off until the deployment lists a server; then its progress, its cost and its failures."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labelhub import tasks
from labelhub.models import Event, Job
from labelhub.services import jobs
from labelhub.services.data.sampling import Parameters
from labelhub.services.data.sampling import job as sampling_job
from tests import chat, factories
from tests.api.conftest import refused
from tests.chat import Chat

pytestmark = pytest.mark.django_db

SAMPLINGS = "projects/apples/samplings"
ASKED = {"endpoint": "local", "model": "small", "n": 2, "at_once": 2}


@pytest.fixture
def server(settings: Any) -> Iterator[Chat]:
    with chat.serving(Chat()) as served:
        settings.SAMPLING_ENDPOINTS = {"local": served.url}
        yield served


def carry_out(job_id: int) -> None:
    """What a worker does with the message, here."""
    job = Job.objects.get(pk=job_id)
    with jobs.running(job_id=job.pk, attempt=job.attempt) as run:
        tasks.sample(run)


def test_while_it_is_off_nothing_is_listed_and_the_refusal_names_the_setting(call_as, olga):
    assert call_as(olga).get(f"{SAMPLINGS}/endpoints").json() == []
    refusal = call_as(olga).post(SAMPLINGS, ASKED)
    refused(refusal, 409, "sampling_off")
    assert "SAMPLING_ENDPOINTS" in refusal.json()["detail"]


def test_a_sampling_answers_at_once_and_is_queued(call_as, olga, server, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as sends:
        response = call_as(olga).post(SAMPLINGS, ASKED)
    told = response.json()
    assert (response.status_code, told["state"], len(sends)) == (202, "queued", 1)
    assert (told["parameters"]["split"], told["parameters"]["max_tokens"], told["cost"]) == ("train", 1024, None)
    assert call_as(olga).get(f"{SAMPLINGS}/endpoints").json() == [{"name": "local", "url": server.url}]
    assert (told["done"], told["total"], told["created"]) == (0, 0, 0)
    assert Event.objects.filter(verb="sample", actor=olga, subject="small").exists()


@pytest.mark.django_db(transaction=True)
def test_it_tells_what_it_made_what_it_cost_and_why_answers_were_not_kept(call_as, olga, project, server):
    factories.ProblemFactory.create_batch(3, project=project)
    server.twists = [chat.says("He has 7."), chat.says("", finish="length")]
    asked = call_as(olga).post(SAMPLINGS, ASKED | {"price_prompt": 2.0, "price_completion": 10}).json()
    carry_out(asked["id"])
    told = call_as(olga).get(f"{SAMPLINGS}/{asked['id']}").json()
    assert (told["state"], told["created"], told["done"], told["total"]) == ("done", 4, 6, 6)
    assert {each["reason"]: each["count"] for each in told["failures"]} == {"no_answer": 1, "too_long": 1}
    assert told["failures"][0]["example"]
    assert (told["prompt_tokens"], told["completion_tokens"], told["untold"]) == (600, 120, 0)
    assert told["cost"] == pytest.approx((600 * 2 + 120 * 10) / 1e6)
    assert [each["id"] for each in call_as(olga).get(SAMPLINGS).json()] == [asked["id"]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("endpoint", "http://127.0.0.1:8000/v1"),
        ("endpoint", "other"),
        ("model", " "),
        ("model", "a\nb"),
        ("model", "m" * 201),
        ("n", 0),
        ("n", 1001),
        ("n", 2.5),
        ("temperature", 2.1),
        ("temperature", float("nan")),
        ("at_once", 65),
        ("max_tokens", 0),
        ("what", "labels"),
        ("split", "all"),
        ("price_prompt", -1),
        ("url", "http://127.0.0.1:8000/v1"),
    ],
)
def test_what_can_not_be_asked_for_is_named(call_as, olga, server, field, value):
    refusal = call_as(olga).post(SAMPLINGS, ASKED | {field: value})
    assert refusal.status_code == 400
    assert not Job.objects.exists()
    if value == value:  # NaN is no JSON, so no field is at fault
        assert field in refusal.json()["fields"]


def test_a_running_one_tells_its_own_rate_and_what_is_left(project):
    asked = Parameters("solutions", "lab", "small", n=8, price_completion=1.0).as_dict()
    now = timezone.now()
    result = {"done": 60, "begun": 40, "total": 100, "completion_tokens": 500_000}
    job = factories.JobFactory(
        project=project,
        kind="sample",
        state="running",
        params=asked,
        result=result,
        started_at=now - timedelta(seconds=10),
    )
    told = sampling_job.tell(job, now)
    assert (told.rate, told.seconds_left, told.cost) == (2.0, 20.0, 0.5)


def test_a_stopped_one_is_taken_up_again_by_a_retry(call_as, olga, server, django_capture_on_commit_callbacks):
    asked = call_as(olga).post(SAMPLINGS, ASKED).json()
    told = call_as(olga).post(f"{SAMPLINGS}/{asked['id']}/stop").json()
    assert (told["state"], told["message"][:16]) == ("failed", "Stopped by olga.")
    refused(call_as(olga).post(f"{SAMPLINGS}/{asked['id']}/stop"), 409, "wrong_state")
    with django_capture_on_commit_callbacks() as sends:
        assert call_as(olga).post(f"projects/apples/jobs/{asked['id']}/retry").json()["state"] == "queued"
    assert len(sends) == 1


def test_lists_cost_a_constant_number_of_queries(call_as, olga, project, django_assert_max_num_queries):
    params = {"what": "solutions", "price_prompt": None, "price_completion": None} | ASKED
    params |= {"temperature": 1.0, "max_tokens": 1024, "split": "train", "seed": 0}
    factories.JobFactory.create_batch(20, project=project, kind="sample", params=params)
    caller = call_as(olga)
    with django_assert_max_num_queries(8):  # session with its account, role, the list
        assert len(caller.get(SAMPLINGS).json()) == 20
