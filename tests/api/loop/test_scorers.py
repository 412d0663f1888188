"""Adding a model that was not trained here, over HTTP."""

import json

import pytest
from django.core.files.base import ContentFile

from labelhub.models import Checkpoint, Event, Job
from tests import factories
from tests.api.conftest import refused

pytestmark = pytest.mark.django_db

SCORERS = "projects/apples/scorers"


@pytest.fixture
def listed(settings):
    settings.SCORING_ENDPOINTS = {"local": "http://127.0.0.1:1"}
    settings.BASE_MODELS = ("owner/prm", "/models/tokenizer")


def test_an_operator_sees_what_may_be_added_and_no_address(call_as, olga, listed):
    told = call_as(olga).get(SCORERS).json()
    assert (told["models"], told["endpoints"]) == (["owner/prm", "/models/tokenizer"], ["local"])
    assert {"qwen", "math_shepherd", "tokens"} <= {style["name"] for style in told["styles"]}
    assert "127.0.0.1" not in json.dumps(told)


def test_a_served_model_becomes_a_checkpoint_that_waits_to_be_measured(call_as, olga, project, listed):
    asked = {"endpoint": "local", "model": "prm", "style": "qwen", "tokenizer": "/models/tokenizer", "threshold": 0.5}
    answer = call_as(olga).post(SCORERS, {"source": "served"} | asked)
    assert answer.status_code == 202
    told = answer.json()
    assert (told["source"], told["name"], told["state"]) == ("served", "prm", "trained")
    assert told["scorer"] == {"style": "qwen", "endpoint": "local", "tokenizer": "/models/tokenizer"}
    assert told["threshold"]["sentence"] == "0.5, as published for this model."
    assert [job["kind"] for job in told["jobs"]] == ["evaluate"]
    event = Event.objects.get(verb="add")
    assert (event.actor, event.subject, event.detail["name"]) == (olga, "checkpoint 1", "prm")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "http://127.0.0.1:1"}, "endpoint"),
        ({"tokenizer": "/etc"}, "tokenizer"),
        ({"style": "guess"}, "style"),
        ({"source": "trained"}, "source"),
        ({"source": "public", "style": "tokens"}, "endpoint"),
        ({"style": "judge"}, "tokenizer"),
        ({"threshold": 1.5}, "threshold"),
        ({"address": "http://127.0.0.1:1"}, "address"),
    ],
)
def test_a_slip_is_refused_by_its_field(call_as, olga, project, listed, change, field):
    asked = {"source": "served", "endpoint": "local", "model": "prm", "style": "qwen", "tokenizer": "owner/prm"}
    assert field in refused(call_as(olga).post(SCORERS, asked | change), 400, "invalid")
    assert not Checkpoint.objects.exists()


def test_without_a_listed_server_it_says_so(call_as, olga, project):
    asked = {"source": "served", "endpoint": "local", "model": "prm", "style": "qwen", "tokenizer": "owner/prm"}
    refused(call_as(olga).post(SCORERS, asked), 409, "scoring_off")


def test_a_file_of_scores_becomes_a_checkpoint_and_what_it_lacks_is_a_file(call_as, olga, project):
    solution = factories.SolutionFactory(problem__project=project)
    row = json.dumps({"solution_id": solution.key, "step_probs": [0.9, 0.8, 0.7]}).encode()
    asked = {"file": ContentFile(row + b"\n", name="scores.jsonl"), "name": "elsewhere", "aggregate": "min"}
    answer = call_as(olga).post("projects/apples/checkpoints/scores", asked)
    assert (answer.status_code, answer.json()["source"]) == (202, "imported")
    assert Job.objects.get().params["filename"] == "scores.jsonl"
    lines = b"".join(call_as(olga).get("projects/apples/checkpoints/1/scores").streaming_content)
    expected = {"id": solution.pk, "solution_id": solution.key, "problem": solution.problem.text}
    assert json.loads(lines) == expected | {"steps": solution.steps}


def test_what_is_no_file_of_lines_is_refused_at_once(call_as, olga, project):
    asked = {"file": ContentFile(b"PK\x03\x04", name="scores.zip"), "name": "elsewhere"}
    assert "file" in refused(call_as(olga).post("projects/apples/checkpoints/scores", asked), 400, "invalid")
    assert not Checkpoint.objects.exists()
