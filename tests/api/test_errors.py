"""One shape for every refusal, whoever raised it."""

import json
import sqlite3
from contextlib import closing

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from django.urls import path
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub import urls
from tests import factories
from tests.api.conftest import PREFIX, refused

pytestmark = pytest.mark.django_db


class Crashes(APIView):
    permission_classes = []

    def get(self, request: Request) -> Response:
        raise RuntimeError("a secret of the inside")


class AsksNonsense(APIView):
    permission_classes = []

    def get(self, request: Request) -> Response:
        with connection.cursor() as cursor:
            cursor.execute(request.query_params["sql"])
        return Response({})


class Throttles(APIView):
    permission_classes = []

    def get(self, request: Request) -> Response:
        raise Throttled(wait=7)


urlpatterns = [
    path("api/v1/crashes", Crashes.as_view()),
    path("api/v1/asks-nonsense", AsksNonsense.as_view()),
    path("api/v1/throttles", Throttles.as_view()),
    *urls.urlpatterns,
]
handler500 = urls.handler500


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1/", "/api/v1/projects/", "/api/v2/projects", "/api/v1/no/such/call"]
)
def test_an_unknown_call_is_told_as_json(client, method, path):
    refused(getattr(client, method)(path), 404, "not_found")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api", "/api/v1/no/such/call", "/api/v2/projects"])
@pytest.mark.parametrize("who", ["nobody", "ann"])
@pytest.mark.parametrize("csrf", [True, False])
def test_an_unknown_call_is_told_as_json_whatever_token_comes_with_it(ann, method, path, who, csrf):
    browser = Client(enforce_csrf_checks=True)
    if who == "ann":
        browser.force_login(ann, backend="django.contrib.auth.backends.ModelBackend")
    token = {"X-CSRFToken": browser.get("/api/v1/auth/me").cookies["csrftoken"].value} if csrf else {}
    refused(getattr(browser, method)(path, headers=token), 404, "not_found")


@pytest.mark.parametrize("path", ["/api/v1/auth/login", "/api/v1/projects", "/api/v1/auth/logout"])
def test_a_missing_csrf_token_is_told_as_json(ann, path):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ann, backend="django.contrib.auth.backends.ModelBackend")
    refused(browser.post(path, {"username": "ann"}, content_type="application/json"), 403, "csrf_failed")


@pytest.mark.parametrize("path", ["/oidc/school/login", "/admin/login/"])
def test_a_missing_csrf_token_elsewhere_is_a_sentence(path):
    response = Client(enforce_csrf_checks=True).post(path)
    assert (response.status_code, response["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert b"reload the page" in response.content


def test_a_method_a_call_does_not_have_is_named(call_as, ann):
    refused(call_as(ann).delete("projects"), 405, "method_not_allowed")


@pytest.mark.parametrize("text", ["", "{", "[1,", "nul", '{"holding": NaN}', '{"holding": "\\ud800"}', "\x00", "\xff"])
def test_what_is_not_json_is_refused(call_as, ann, text):
    response = call_as(ann).client.post(
        f"{PREFIX}projects/apples/assignments/next", data=text.encode("latin-1"), content_type="application/json"
    )
    if text:
        refused(response, 400, "invalid")
    else:
        assert response.status_code == 200  # no body at all: everything has its default


@pytest.mark.parametrize("body", [[], "text", 7, None, True])
def test_a_body_that_is_no_object_is_refused(call_as, olga, body):
    response = call_as(olga).client.patch(
        f"{PREFIX}projects/apples", data=json.dumps(body), content_type="application/json"
    )
    assert set(refused(response, 400, "invalid")) == {""}


def test_a_misspelt_field_is_named_and_not_ignored(call_as, olga):
    body = {"rule": "uniform", "k": 3, "wrongshare": 0.5}
    assert set(refused(call_as(olga).post("projects/apples/generations", body), 400, "invalid")) == {"wrongshare"}


def test_a_misspelt_parameter_is_named_and_not_ignored(call_as, olga, generation):
    response = call_as(olga).get("projects/apples/generations/0/items", strata="gate")
    assert set(refused(response, 400, "invalid")) == {"strata"}


def test_each_wrong_field_has_its_sentence(call_as, olga):
    body = {"rule": "best", "scope": "global", "k": "many", "wrong_share": 1.5, "seed": -1, "gate_k": 10**12}
    fields = refused(call_as(olga).post("projects/apples/generations", body), 400, "invalid")
    assert set(fields) == {"rule", "k", "wrong_share", "seed", "gate_k"}


@pytest.mark.parametrize("k", ["3", 3.0, True, None, 0, -1, 2**31, 2**70])
def test_a_whole_number_comes_as_one_and_fits_its_column(call_as, olga, k):
    fields = refused(call_as(olga).post("projects/apples/generations", {"rule": "uniform", "k": k}), 400, "invalid")
    assert set(fields) == {"k"}


def test_a_nested_complaint_says_where(call_as, ann, generation):
    body = {"lease": "x", "ratings": [1, 2], "finish_reason": "solution", "total_time": 1, "alternatives": [{"id": 1}]}
    assignment = factories.AssignmentFactory(labeler=ann.labeler, item__generation=generation)
    fields = refused(call_as(ann).put(f"assignments/{assignment.pk}/label", body), 400, "invalid")
    assert fields["ratings"][0].startswith("1: ")
    assert "rating" in fields["alternatives"][0]


def test_a_form_is_not_taken_for_json(call_as, olga):
    response = call_as(olga).client.post(f"{PREFIX}projects", {"slug": "pears"})
    refused(response, 415, "unsupported_media_type")


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_a_body_past_the_limit_is_refused(call_as, olga):
    response = call_as(olga).post("projects/apples/instructions", {"text": "x" * 1000})
    refused(response, 413, "too_large")


def test_an_upload_past_the_limit_is_refused_before_it_is_read(call_as, olga, settings, tmp_path):
    # Not the decorator beside the fixture: they would undo each other in the wrong order, and leave the limit behind.
    settings.UPLOAD_MAX_BYTES, settings.MEDIA_ROOT = 1000, tmp_path
    file = SimpleUploadedFile("a.jsonl", b"{}\n" * 1000)
    refused(call_as(olga).post("projects/apples/imports", {"file": file}), 413, "too_large")
    assert not list(tmp_path.iterdir())


@pytest.mark.urls("tests.api.test_errors")
def test_a_throttled_call_says_for_how_long(client):
    response = client.get("/api/v1/throttles")
    refused(response, 429, "throttled")
    assert response["Retry-After"] == "7"


@pytest.mark.urls("tests.api.test_errors")
def test_a_crash_keeps_the_shape_and_tells_nothing_of_the_inside(client):
    client.raise_request_exception = False
    response = client.get("/api/v1/crashes")
    refused(response, 500, "crashed")
    assert b"secret" not in response.content


@pytest.mark.data_layer
@pytest.mark.urls("tests.api.test_errors")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "sql", ["SELECT FROM WHERE", "SELECT 1 FROM no_such_table", "SELECT no_such_column FROM labelhub_user"]
)
def test_a_statement_of_ours_that_is_wrong_is_a_crash_and_no_outage(client, sql):
    client.raise_request_exception = False
    refused(client.get("/api/v1/asks-nonsense", {"sql": sql}), 500, "crashed")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows, not the database")
@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_locked_is_told_and_nothing_is_half_done(call_as, olga):
    caller = call_as(olga)
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        connection.cursor().execute("PRAGMA busy_timeout = 10")  # instead of 20 seconds
        response = caller.patch("projects/apples", {"name": "Pears"})
        refused(response, 503, "unavailable")
        assert response["Retry-After"] == "5"
        somebody.execute("ROLLBACK")
    connection.close()  # with its short patience
    assert caller.get("projects/apples").json()["name"] != "Pears"
    assert caller.patch("projects/apples", {"name": "Pears"}).status_code == 200


def test_a_host_we_do_not_answer_to_is_refused_in_the_shape(client):
    refused(client.get("/api/v1/projects", headers={"Host": "elsewhere.example"}), 400, "invalid")


def test_401_names_the_scheme(client):
    response = client.get("/api/v1/projects")
    refused(response, 401, "not_signed_in")
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "path", ["projects/apples%00", "projects/..%2fapples", "assignments/99999999999999999999/renew"]
)
def test_odd_paths_are_absent_and_no_crash(call_as, olga, path):
    caller = call_as(olga)
    method = caller.client.post if path.endswith("renew") else caller.client.get
    refused(method(PREFIX + path), 404, "not_found")


@pytest.mark.parametrize("name", ["holding", "ordering", "sort", "labeler__user__password", "format"])
def test_no_parameter_reaches_into_other_tables(call_as, olga, generation, name):
    response = call_as(olga).get("projects/apples/generations/0/items", **{name: "labeler__user__password"})
    assert set(refused(response, 400, "invalid")) == {name}


@pytest.mark.parametrize("wish", ["text/html", "application/xml;q=0.9, */*;q=0.1", "image/png", "nonsense"])
def test_whatever_is_asked_for_the_answer_is_json(call_as, ann, wish):
    answer = call_as(ann).call("get", "auth/me", headers={"Accept": wish})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["username"] == ann.username
