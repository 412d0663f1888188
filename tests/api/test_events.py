"""The record of consequential acts: complete, searchable, and safe to open."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from labelhub.models import Event
from labelhub.queries.audit import harmless
from labelhub.services import audit
from tests import factories
from tests.api.test_permissions import TABLE, filled, world  # noqa: F401  the fixture

pytestmark = pytest.mark.django_db

EVENTS = "projects/apples/events"
WRITES = [key for key in TABLE if key[0] != "get"]
# Why a call that isn't a read leaves no event. Every other one must.
NOT_RECORDED = {
    "auth/invitations/look": "changes nothing",
    "auth/sessions/end-others": "recorded where there were others: test_sessions",
    "auth/two-factor/challenge": "changes nothing",
    "auth/two-factor/passkeys/begin": "a challenge in one's own session: `enrol` is recorded",
    "auth/two-factor/devices/<int:pk>": "a passkey's name is its owner's alone",
    "auth/two-factor": "a secret in one's own session, not taken up yet: `enrol` is recorded",
    "projects/<slug:slug>/generations/preview": "changes nothing",
    "projects/<slug:slug>/imports/check": "changes nothing",
    "projects/<slug:slug>/assignments/next": "a lease is a row of its own, with labeler and times",
    "assignments/<int:pk>/renew": "the lease's row tells",
    "assignments/<int:pk>/release": "the lease's row tells",
    "assignments/<int:pk>/label": "labels are immutable rows, with who, when and each revision",
    "projects/<slug:slug>/practice/<int:pk>": "practice counts for nothing; its passes are kept as rows",
    "projects/<slug:slug>/screening/retake": "an attempt is a row of its own; its result is recorded",
}
ELSEWHERE = {  # in the table's world these meet a refusal; where they are recorded is a test of its own
    "auth/login",
    "auth/login/code",
    "auth/two-factor/confirm",
    "auth/two-factor/passkeys",
    "auth/two-factor/devices/<int:pk>/remove",
    "auth/two-factor/recovery-codes",
    "auth/two-factor/remove",
    "projects/<slug:slug>/members/<int:pk>/bring-back",
    "projects/<slug:slug>/members/<int:pk>/transfer",
    "projects/<slug:slug>/samplings",
    "projects/<slug:slug>/scorers",
    "projects/<slug:slug>/checkpoints/<int:number>/scores",
    "projects/<slug:slug>/generations",
    "projects/<slug:slug>/generations/<int:number>/close",
    "projects/<slug:slug>/generations/<int:number>/retry",
    "projects/<slug:slug>/screening",
    "projects/<slug:slug>/screening/close",
    "projects/<slug:slug>/screening/grant",
    "projects/<slug:slug>/gold",
    "projects/<slug:slug>/checkpoints",
    "projects/<slug:slug>/checkpoints/<int:number>/orm",
}


@pytest.mark.parametrize(("method", "route"), WRITES)
def test_every_write_is_recorded_or_says_why_not(call_as, world, method, route):  # noqa: F811
    path, body, expected = TABLE[method, route]
    able = [name for name, status in expected.items() if status < 300 and name != "nobody"]
    if not able or route in NOT_RECORDED:
        assert route in NOT_RECORDED or route in ELSEWHERE
        return
    before = Event.objects.count()
    who = "olga" if "olga" in able else able[0]
    with transaction.atomic():
        answer = call_as(world["people"][who]).call(method, path.format(**world), filled(body, world))
    assert answer.status_code == expected[who]
    assert Event.objects.count() > before


@pytest.fixture
def record(project, olga, rita) -> list[Event]:
    acts = [
        (olga, "launch", "generation 1"),
        (None, "stop advancing", "apples"),
        (rita, "make gold", "solution 7"),
        (olga, "close", "generation 1"),
        (olga, "launch", "generation 2"),
    ]
    rows = [audit.record(project=project, actor=who, verb=verb, subject=what) for who, verb, what in acts]
    for age, row in enumerate(reversed(rows)):
        Event.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(days=age))
    audit.record(project=factories.ProjectFactory(slug="pears"), actor=olga, verb="launch", subject="generation 9")
    return rows


def told(answer) -> list[tuple[str, str]]:
    return [(each["verb"], each["subject"]) for each in answer.json()["events"]]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 5),
        ({"actor": "olga"}, 3),
        ({"verb": "launch"}, 2),
        ({"verb": "laun"}, 0),
        ({"subject": "generation"}, 3),
        ({"actor": "olga", "verb": "launch", "subject": "generation 2"}, 1),
    ],
)
def test_acts_are_found_by_person_verb_and_subject(call_as, olga, record, asked, count):
    assert len(told(call_as(olga).get(EVENTS, **asked))) == count


def test_acts_are_found_by_time(call_as, olga, record):
    def ago(days: float) -> str:
        return (timezone.now() - timedelta(days=days)).isoformat()

    assert told(call_as(olga).get(EVENTS, since=ago(0.5))) == [("launch", "generation 2")]
    assert len(told(call_as(olga).get(EVENTS, since=ago(2.5), until=ago(0.5)))) == 2


def test_pages_go_on_where_the_last_one_ended_also_when_something_happens_meanwhile(call_as, olga, record, project):
    browser, seen = call_as(olga), []
    before: dict[str, str] = {}
    while True:
        page = browser.get(EVENTS, limit=2, **before)
        seen += told(page)
        audit.record(project=project, actor=olga, verb="change", subject="project apples")
        if page.json()["next"] is None:
            break
        before = {"before": page.json()["next"]}
    assert seen == [(each.verb, each.subject) for each in reversed(record)]


def test_a_page_costs_one_query(call_as, olga, record, django_assert_num_queries):
    browser = call_as(olga)
    with django_assert_num_queries(3):  # session with its account, project with role, events
        browser.get(EVENTS)


@pytest.mark.parametrize("asked", [{"ordering": "actor__password"}, {"actor__password": "x"}, {"since": "yesterday"}])
def test_filters_are_those_and_no_others(call_as, olga, asked):
    assert call_as(olga).get(EVENTS, **asked).status_code == 400


def test_the_record_goes_out_as_lines_and_as_a_table(call_as, olga, record):
    lines = b"".join(call_as(olga).get(f"{EVENTS}/export/jsonl", verb="launch").streaming_content).splitlines()
    assert [json.loads(line)["subject"] for line in lines] == ["generation 2", "generation 1"]
    table = b"".join(call_as(olga).get(f"{EVENTS}/export/csv").streaming_content).decode()
    rows = list(csv.reader(io.StringIO(table)))
    assert rows[0] == ["at", "actor", "verb", "subject", "reason", "detail", "account"]
    assert len(rows) == 6
    assert call_as(olga).get(f"{EVENTS}/export/xlsx").status_code == 404


def test_an_empty_record_has_its_heading(call_as, olga):
    table = b"".join(call_as(olga).get(f"{EVENTS}/export/csv").streaming_content)
    assert table == b"at,actor,verb,subject,reason,detail,account\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"])
def test_no_cell_is_a_formula(text):
    assert harmless(text) == f"'{text}"
    assert harmless("generation 1 = 2") == "generation 1 = 2"
