"""What lies outside /api: the one page, and the doors for whoever watches the site."""

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_vite.core.asset_loader import DjangoViteAssetLoader

from labelhub.api.http import pages
from labelhub.celery import app
from labelhub.queries import metrics
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def built(settings, tmp_path):
    """A front end as Vite leaves it: the manifest and what it names."""
    manifest = {"src/main.tsx": {"file": "assets/main-1.js", "css": ["assets/main-1.css"], "isEntry": True}}
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest))
    yield from _with_manifest(settings, path)


@pytest.fixture
def not_built(settings, tmp_path):
    yield from _with_manifest(settings, tmp_path / "manifest.json")


def _with_manifest(settings, path):
    settings.DJANGO_VITE = {"default": {"manifest_path": path}}
    before, DjangoViteAssetLoader._instance = DjangoViteAssetLoader._instance, None
    yield
    DjangoViteAssetLoader._instance = before


@pytest.mark.parametrize("path", ["/", "/sign-in", "/projects/apples/generations/3", "/healthy", "/statics", "/a.b"])
def test_every_other_path_is_the_one_page(client, built, path):
    response = client.get(path)
    assert response.status_code == 200
    html = response.content.decode()
    assert 'src="/static/assets/main-1.js"' in html
    assert 'href="/static/assets/main-1.css"' in html
    assert "no-cache" in response["Cache-Control"]


def test_the_page_obeys_its_own_policy(client, built):
    response = client.get("/")
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe-eval" not in response["Content-Security-Policy"]
    html = response.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", html)
    assert not re.search(r"\son\w+=", html)
    assert "<style" not in html


def test_before_the_pages_are_built_a_sentence_says_how(client, not_built):
    response = client.get("/")
    assert response.status_code == 503
    assert b"npm run build" in response.content


@pytest.mark.parametrize("path", ["/static/none.js", "/static/../labelhub/settings.py", "/static/%2e%2e/manage.py"])
def test_what_is_no_page_is_absent(client, built, path):
    assert client.get(path).status_code == 404


def test_admin_without_its_slash_finds_the_way(client, built):
    assert client.get("/admin", follow=True).request["PATH_INFO"] == "/sign-in"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_page_only_answers_reads(client, built, method):
    assert getattr(client, method)("/projects").status_code == 405


def test_healthz_says_the_process_is_up_whatever_else_is_down(client):
    with connection.execute_wrapper(broken):
        assert client.get("/healthz").json() == {"up": True}


def test_readyz_is_ready_when_all_answer(client, broker_url):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ready": True, "amiss": {}})


def test_readyz_names_a_database_that_does_not_answer(client, broker_url):
    pages.SEEN_APPLIED.clear()
    with connection.execute_wrapper(broken):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert set(response.json()["amiss"]) == {"database", "migrations"}


def test_readyz_waits_for_migrations(client, broker_url):
    pages.SEEN_APPLIED.clear()
    MigrationRecorder.Migration.objects.filter(app="labelhub").latest("name").delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "migrate" in response.json()["amiss"]["migrations"]


def test_readyz_names_a_disk_that_takes_nothing(client, broker_url, settings, tmp_path):
    (tmp_path / "file").touch()
    settings.DATA_DIR = tmp_path / "file" / "data"
    response = client.get("/readyz")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    told = response.json()
    assert (told["code"], set(told["amiss"])) == ("unavailable", {"disk"})


def test_readyz_leaves_nothing_behind_on_the_disk(client, broker_url, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert client.get("/readyz").status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_readyz_names_a_broker_that_does_not_answer(client, monkeypatch):
    monkeypatch.setattr(app, "connection_for_read", lambda **_: app.connection("redis://127.0.0.1:1/0"))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert set(response.json()["amiss"]) == {"broker"}


def broken(execute, sql, params, many, context):
    raise DatabaseError("gone")


@pytest.fixture
def metrics_token():
    before = configured.ENV.metrics_token
    object.__setattr__(configured.ENV, "metrics_token", "a-token-for-metrics")
    yield "a-token-for-metrics"
    object.__setattr__(configured.ENV, "metrics_token", before)


def test_metrics_open_to_their_token(client, metrics_token):
    response = client.get("/metrics", headers={"Authorization": f"Bearer {metrics_token}"})
    assert response.status_code == 200
    assert b"python_info" in response.content


def sample(text: str, name: str) -> float:
    (line,) = [line for line in text.splitlines() if line.startswith(name + " ")]
    return float(line.split()[-1])


@pytest.mark.data_layer
def test_metrics_tell_what_waits_what_runs_and_who_is_there(
    client, metrics_token, generation, django_assert_num_queries
):
    now = timezone.now()
    factories.BatchItemFactory.create_batch(2, generation=generation)
    factories.AssignmentFactory(item__generation=generation)
    factories.AssignmentFactory(item__generation=generation, expires_at=now - timedelta(seconds=1))
    factories.LabelFactory(assignment__item__generation=generation, source="simulated")
    factories.LabelFactory(assignment__item__generation=generation, submitted_at=now - timedelta(hours=2))
    quiet = now - timedelta(minutes=5)
    factories.JobFactory(project=generation.project, state="queued", heartbeat_at=quiet)
    factories.JobFactory(project=generation.project, state="running", kind="grade", heartbeat_at=now)
    factories.JobFactory(project=generation.project, state="failed", kind="train")
    factories.JobFactory(project=generation.project, state="done", heartbeat_at=quiet - timedelta(days=1))
    with django_assert_num_queries(7):  # one for each, two for the jobs, one for whether a worker beats
        text = client.get("/metrics", headers={"Authorization": f"Bearer {metrics_token}"}).content.decode()
    assert sample(text, "labelhub_database_answers") == 1
    assert sample(text, "labelhub_open_items") == 2
    assert sample(text, "labelhub_live_leases") == 1
    assert sample(text, 'labelhub_labels_last_hour{source="simulated"}') == 1
    assert sample(text, 'labelhub_labels_last_hour{source="human"}') == 0
    assert [sample(text, f'labelhub_jobs{{state="{state}"}}') for state in ("queued", "running", "failed")] == [1, 1, 1]
    assert 300 <= sample(text, "labelhub_job_silence_seconds") < 360
    assert sample(text, "labelhub_worker_answers") == 1


def test_without_a_database_the_process_is_still_told(client, metrics_token, monkeypatch):
    def gone():
        raise DatabaseError("gone")

    monkeypatch.setattr(metrics, "_open_items", gone)
    response = client.get("/metrics", headers={"Authorization": f"Bearer {metrics_token}"})
    assert response.status_code == 200
    assert b"python_info" in response.content
    assert sample(response.content.decode(), "labelhub_database_answers") == 0


def test_metrics_open_to_a_superuser(client):
    client.force_login(factories.UserFactory(is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/metrics").status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", "Bearer a-token-for-metric", "Bearer \u2603"])
def test_to_anyone_else_there_are_no_metrics(client, metrics_token, header):
    assert client.get("/metrics", headers={"Authorization": header}).status_code == 404


def test_an_empty_metrics_token_opens_nothing(client, olga):
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    client.force_login(olga, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/metrics").status_code == 404


def test_the_admin_site_is_for_staff_and_only_looks(client, olga, generation):
    client.force_login(olga, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/").status_code == 302
    root = factories.UserFactory(is_superuser=True, is_staff=True)
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("user", "project", "membership", "generation", "checkpoint", "job", "event"):
        assert client.get(f"/admin/labelhub/{name}/").status_code == 200
    assert client.get(f"/admin/labelhub/generation/{generation.pk}/change/").status_code == 200
    assert client.post(f"/admin/labelhub/generation/{generation.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/labelhub/generation/add/").status_code == 403
