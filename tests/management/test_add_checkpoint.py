"""`manage.py add_checkpoint`: a model from elsewhere, by command."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from labelhub.models import Checkpoint, Job
from tests import factories

pytestmark = pytest.mark.django_db

SERVED = ("--served", "prm", "--endpoint", "local", "--style", "qwen", "--tokenizer", "owner/prm")


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch, settings) -> list[Job]:
    """What would go to the broker."""
    jobs: list[Job] = []
    monkeypatch.setattr("labelhub.tasks.send", jobs.append)
    settings.SCORING_ENDPOINTS = {"local": "http://127.0.0.1:1"}
    settings.BASE_MODELS = ("owner/prm",)
    return jobs


def add(*arguments: str) -> str:
    out = StringIO()
    call_command("add_checkpoint", "apples", *arguments, stdout=out)
    return out.getvalue()


def test_a_served_model_is_added_and_its_job_sent(project, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert add(*SERVED, "--threshold", "0.5") == "Checkpoint 1 of apples: trained\n"
    assert [(job.kind, job.checkpoint.source) for job in sent] == [("evaluate", "served")]


def test_a_file_of_scores_is_added(project, sent, tmp_path, django_capture_on_commit_callbacks):
    solution = factories.SolutionFactory(problem__project=project)
    path = tmp_path / "scores.jsonl"
    path.write_text(json.dumps({"solution_id": solution.key, "step_probs": [0.9, 0.9, 0.9]}) + "\n")
    with django_capture_on_commit_callbacks(execute=True):
        add("--scores", str(path), "--name", "elsewhere", "--aggregate", "min")
    assert [job.params["filename"] for job in sent] == ["scores.jsonl"]
    assert Checkpoint.objects.get().config["aggregate"] == "min"


def test_a_judge_needs_no_tokenizer(project, sent):
    add("--served", "qwq", "--endpoint", "local", "--style", "judge")
    assert Checkpoint.objects.get().scorer == {"style": "judge", "endpoint": "local"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--served", "qwq", "--endpoint", "local", "--style", "judge", "--tokenizer", "owner/prm"),
            "--tokenizer means nothing here: leave it out.",
        ),
        (("--served", "prm", "--style", "qwen"), "This takes --endpoint and --tokenizer too."),
        ((*SERVED, "--aggregate", "min"), "--aggregate means nothing here: leave it out."),
        (("--scores", "/no/such/file", "--name", "x"), "/no/such/file could not be read"),
        (("--public", "/etc", "--style", "tokens"), "A model is one that BASE_MODELS lists: owner/prm. (invalid)"),
    ],
)
def test_what_is_missing_or_means_nothing_is_said(project, arguments, sentence):
    with pytest.raises(CommandError) as refusal:
        add(*arguments)
    assert sentence in str(refusal.value)
    assert not Checkpoint.objects.exists()
