"""One table: each route and method, and what each person is answered. A route without a row fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver

from labelhub.api import urls
from labelhub.models import Checkpoint, Generation, Job, Label, Project, User
from labelhub.queries.accounts.sessions import public_id
from labelhub.services.data.sampling import Parameters
from tests import factories

pytestmark = pytest.mark.django_db

IMPORT = {"filename": "a.jsonl", "format": "auto", "split": None, "stored": "a"}
EXPORT = {"format": "prm800k", "view": "all", "generation": None, "checkpoint": None, "source": None}
EXPORT |= {"filename": "apples.prm800k.jsonl"}
SAMPLING = Parameters(what="solutions", endpoint="local", model="small", n=2).as_dict()
PEOPLE = ["nobody", "stranger", "ann", "rita", "olga", "root"]


def anyone(status: int) -> dict[str, int]:
    return dict.fromkeys(PEOPLE, status)


def signed_in(status: int) -> dict[str, int]:
    return anyone(status) | {"nobody": 401}


def from_labeler(status: int) -> dict[str, int]:
    """Strangers meet 404: for them the project doesn't exist."""
    return signed_in(status) | {"stranger": 404}


def from_reviewer(status: int) -> dict[str, int]:
    return from_labeler(status) | {"ann": 403}


def from_operator(status: int) -> dict[str, int]:
    return from_reviewer(status) | {"rita": 403}


def a_file() -> dict[str, Any]:
    return {
        "file": SimpleUploadedFile("a.jsonl", b'{"problem_id": "p", "problem": "1?", "ground_truth_answer": "1"}\n')
    }


def a_gold_file(world: dict[str, Any]) -> dict[str, Any]:
    return a_file() | {"purpose": "practice"}


def some_scores(world: dict[str, Any]) -> dict[str, Any]:
    return a_file() | {"name": "elsewhere"}


def holder(status: int) -> dict[str, int]:
    """ann has the assignment; not even a superuser acts for her."""
    return anyone(404) | {"nobody": 401, "ann": status}


# (method, route): (path, body, what each person is answered). 409: past the door, and the world says no.
TABLE: dict[tuple[str, str], tuple[str, Any, dict[str, int]]] = {
    ("get", "schema"): ("schema", None, anyone(200)),
    ("post", "auth/login"): ("auth/login", {"username": "ann", "password": "wrong"}, anyone(401)),
    ("post", "auth/login/code"): ("auth/login/code", {"code": "123456"}, anyone(401)),
    ("get", "auth/doors"): ("auth/doors", None, anyone(200)),
    ("get", "auth/session"): ("auth/session", None, anyone(200)),
    ("get", "auth/two-factor"): ("auth/two-factor", None, signed_in(200)),
    ("post", "auth/two-factor"): ("auth/two-factor", {"password": factories.PASSWORD}, signed_in(201)),
    ("post", "auth/two-factor/challenge"): ("auth/two-factor/challenge", None, signed_in(409)),
    ("post", "auth/two-factor/passkeys/begin"): (
        "auth/two-factor/passkeys/begin",
        {"password": factories.PASSWORD},
        signed_in(200),
    ),
    ("post", "auth/two-factor/passkeys"): (
        "auth/two-factor/passkeys",
        {"name": "key", "passkey": {}},
        signed_in(401),  # none was begun
    ),
    ("patch", "auth/two-factor/devices/<int:pk>"): ("auth/two-factor/devices/1", {"name": "key"}, signed_in(404)),
    ("post", "auth/two-factor/devices/<int:pk>/remove"): (
        "auth/two-factor/devices/1/remove",
        {"password": factories.PASSWORD},
        signed_in(404),
    ),
    ("put", "auth/password"): (
        "auth/password",
        {"current": factories.PASSWORD, "new": "a horse and two dogs"},
        signed_in(204),
    ),
    ("get", "auth/sessions"): ("auth/sessions", None, signed_in(200)),
    ("post", "auth/sessions/end-others"): ("auth/sessions/end-others", None, signed_in(204)),
    ("delete", "auth/sessions/<slug:pk>"): ("auth/sessions/{session}", None, holder(204)),
    ("get", "auth/events"): ("auth/events", None, signed_in(200)),
    ("get", "auth/events/export/<slug:format>"): ("auth/events/export/csv", None, signed_in(200)),
    ("get", "accounts/events"): ("accounts/events", None, signed_in(403) | {"root": 200}),
    ("get", "accounts/events/export/<slug:format>"): (
        "accounts/events/export/csv",
        None,
        signed_in(403) | {"root": 200},
    ),
    ("post", "auth/two-factor/confirm"): ("auth/two-factor/confirm", {"code": "123456"}, signed_in(401)),
    ("post", "auth/two-factor/recovery-codes"): ("auth/two-factor/recovery-codes", {"code": "1"}, signed_in(400)),
    ("post", "auth/two-factor/remove"): ("auth/two-factor/remove", {"code": "1"}, signed_in(400)),
    ("post", "auth/logout"): ("auth/logout", None, signed_in(204)),
    ("get", "auth/me"): ("auth/me", None, signed_in(200)),
    ("get", "auth/tokens"): ("auth/tokens", None, signed_in(200)),
    ("post", "auth/tokens"): ("auth/tokens", {"name": "a script"}, signed_in(201)),
    ("delete", "auth/tokens/<int:pk>"): ("auth/tokens/{token}", None, holder(204)),
    ("get", "projects"): ("projects", None, signed_in(200)),
    ("post", "projects"): (
        "projects",
        {"slug": "pears", "name": "Pears"},
        signed_in(403) | {"olga": 201, "root": 201},
    ),
    ("get", "projects/<slug:slug>"): ("projects/apples", None, from_labeler(200)),
    ("patch", "projects/<slug:slug>"): ("projects/apples", {"name": "Pears"}, from_operator(200)),
    ("get", "projects/<slug:slug>/instructions"): ("projects/apples/instructions", None, from_labeler(200)),
    ("post", "projects/<slug:slug>/instructions"): (
        "projects/apples/instructions",
        {"text": "Rate."},
        from_operator(201),
    ),
    ("get", "projects/<slug:slug>/members"): ("projects/apples/members", None, from_operator(200)),
    ("post", "projects/<slug:slug>/members"): (
        "projects/apples/members",
        {"username": "new", "role": "labeler"},
        from_operator(201),
    ),
    ("patch", "projects/<slug:slug>/members/<int:pk>"): (
        "projects/apples/members/{member}",
        {"role": "reviewer"},
        from_operator(200),
    ),
    ("delete", "projects/<slug:slug>/members/<int:pk>"): (
        "projects/apples/members/{member}",
        None,
        from_operator(204),
    ),
    ("post", "projects/<slug:slug>/members/<int:pk>/suspend"): (
        "projects/apples/members/{member}/suspend",
        {"reason": "away"},
        from_operator(200),
    ),
    ("post", "projects/<slug:slug>/members/<int:pk>/bring-back"): (
        "projects/apples/members/{member}/bring-back",
        {"reason": "back again"},
        from_operator(409),
    ),
    ("post", "projects/<slug:slug>/members/<int:pk>/transfer"): (
        "projects/apples/members/{member}/transfer",
        lambda world: {"to": world["member"]},
        from_operator(409),
    ),
    ("get", "projects/<slug:slug>/invitations"): ("projects/apples/invitations", None, from_operator(200)),
    ("post", "projects/<slug:slug>/invitations"): (
        "projects/apples/invitations",
        {"role": "operator"},
        from_operator(201),
    ),
    ("delete", "projects/<slug:slug>/invitations/<int:pk>"): (
        "projects/apples/invitations/{invitation}",
        None,
        from_operator(204),
    ),
    ("post", "auth/invitations/look"): ("auth/invitations/look", {"secret": "come in"}, anyone(200)),
    ("post", "auth/invitations/accept"): (
        "auth/invitations/accept",
        {"secret": "come in"},
        signed_in(409) | {"stranger": 200, "root": 200},
    ),
    ("post", "auth/invitations/join"): (
        "auth/invitations/join",
        {"secret": "come in", "username": "new", "password": "a horse and two dogs"},
        anyone(201),
    ),
    ("get", "projects/<slug:slug>/events"): ("projects/apples/events", None, from_operator(200)),
    ("get", "projects/<slug:slug>/events/export/<slug:format>"): (
        "projects/apples/events/export/csv",
        None,
        from_operator(200),
    ),
    ("get", "projects/<slug:slug>/imports"): ("projects/apples/imports", None, from_operator(200)),
    ("post", "projects/<slug:slug>/imports"): ("projects/apples/imports", a_file, from_operator(202)),
    ("post", "projects/<slug:slug>/imports/check"): ("projects/apples/imports/check", a_file, from_operator(200)),
    ("get", "projects/<slug:slug>/imports/<int:pk>"): ("projects/apples/imports/{job}", None, from_operator(200)),
    ("get", "projects/<slug:slug>/imports/<int:pk>/rejected/<slug:format>"): (
        "projects/apples/imports/{job}/rejected/csv",
        None,
        from_operator(404),  # nothing was rejected
    ),
    ("get", "projects/<slug:slug>/training"): ("projects/apples/training", None, from_operator(200)),
    ("get", "projects/<slug:slug>/rules"): ("projects/apples/rules", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/scorers"): ("projects/apples/scorers", None, from_operator(200)),
    ("post", "projects/<slug:slug>/scorers"): (
        "projects/apples/scorers",
        {"source": "public", "model": "/etc", "style": "qwen"},
        from_operator(400),
    ),
    ("post", "projects/<slug:slug>/checkpoints/scores"): (
        "projects/apples/checkpoints/scores",
        some_scores,
        from_operator(202),
    ),
    ("get", "projects/<slug:slug>/checkpoints/<int:number>/scores"): (
        "projects/apples/checkpoints/1/scores",
        None,
        from_operator(200),
    ),
    ("post", "projects/<slug:slug>/checkpoints/<int:number>/scores"): (
        "projects/apples/checkpoints/1/scores",
        a_file,
        from_operator(409),  # it was trained here
    ),
    ("get", "projects/<slug:slug>/samplings"): ("projects/apples/samplings", None, from_operator(200)),
    ("post", "projects/<slug:slug>/samplings"): (
        "projects/apples/samplings",
        {"endpoint": "local", "model": "small"},
        from_operator(409),
    ),
    ("get", "projects/<slug:slug>/samplings/endpoints"): (
        "projects/apples/samplings/endpoints",
        None,
        from_operator(200),
    ),
    ("get", "projects/<slug:slug>/samplings/<int:pk>"): (
        "projects/apples/samplings/{sampling}",
        None,
        from_operator(200),
    ),
    ("post", "projects/<slug:slug>/samplings/<int:pk>/stop"): (
        "projects/apples/samplings/{sampling}/stop",
        None,
        from_operator(200),
    ),
    ("post", "projects/<slug:slug>/jobs/<int:pk>/retry"): (
        "projects/apples/jobs/{job}/retry",
        None,
        from_operator(200),
    ),
    ("get", "projects/<slug:slug>/generations"): ("projects/apples/generations", None, from_reviewer(200)),
    ("post", "projects/<slug:slug>/generations"): (
        "projects/apples/generations",
        {"rule": "uniform", "k": 1},
        from_operator(409),
    ),
    ("post", "projects/<slug:slug>/generations/preview"): (
        "projects/apples/generations/preview",
        {"rule": "uniform", "k": 1},
        from_operator(409),
    ),
    ("get", "projects/<slug:slug>/generations/<int:number>"): (
        "projects/apples/generations/0",
        None,
        from_reviewer(200),
    ),
    ("get", "projects/<slug:slug>/generations/<int:number>/items"): (
        "projects/apples/generations/0/items",
        None,
        from_reviewer(200),
    ),
    ("get", "projects/<slug:slug>/generations/<int:number>/watch"): (
        "projects/apples/generations/0/watch",
        None,
        from_reviewer(200),
    ),
    ("post", "projects/<slug:slug>/generations/<int:number>/leases/<int:pk>/revoke"): (
        "projects/apples/generations/0/leases/{assignment}/revoke",
        {"reason": "went home"},
        from_operator(204),
    ),
    ("post", "projects/<slug:slug>/generations/<int:number>/close"): (
        "projects/apples/generations/0/close",
        None,
        from_operator(409),
    ),
    ("post", "projects/<slug:slug>/generations/<int:number>/cancel"): (
        "projects/apples/generations/0/cancel",
        {"reason": "a mistake"},
        from_operator(200),
    ),
    ("post", "projects/<slug:slug>/generations/<int:number>/retry"): (
        "projects/apples/generations/0/retry",
        None,
        from_operator(409),
    ),
    ("post", "projects/<slug:slug>/assignments/next"): (
        "projects/apples/assignments/next",
        {"holding": []},
        from_labeler(200),
    ),
    ("get", "projects/<slug:slug>/practice"): ("projects/apples/practice", None, from_labeler(200)),
    ("get", "projects/<slug:slug>/practice/<int:pk>"): ("projects/apples/practice/{gold}", None, from_labeler(200)),
    ("post", "projects/<slug:slug>/practice/<int:pk>"): (
        "projects/apples/practice/{gold}",
        {"ratings": [1, 1, 1]},
        from_labeler(200),
    ),
    ("get", "projects/<slug:slug>/problems"): ("projects/apples/problems", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/solutions"): ("projects/apples/solutions", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/solutions/<int:pk>"): (
        "projects/apples/solutions/{solution}",
        None,
        from_reviewer(200),
    ),
    ("get", "projects/<slug:slug>/labels"): ("projects/apples/labels", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/screening"): ("projects/apples/screening", None, from_reviewer(200)),
    ("post", "projects/<slug:slug>/screening"): ("projects/apples/screening", None, from_operator(409)),
    ("get", "projects/<slug:slug>/screening/labelers"): (
        "projects/apples/screening/labelers",
        None,
        from_reviewer(200),
    ),
    ("post", "projects/<slug:slug>/screening/close"): ("projects/apples/screening/close", {}, from_operator(409)),
    ("post", "projects/<slug:slug>/screening/retake"): ("projects/apples/screening/retake", None, from_labeler(409)),
    ("post", "projects/<slug:slug>/screening/admit"): (
        "projects/apples/screening/admit",
        {"labeler": "{labeler}", "reason": "I know her."},
        from_operator(204),
    ),
    ("post", "projects/<slug:slug>/screening/grant"): (
        "projects/apples/screening/grant",
        {"labeler": "{labeler}", "reason": "The page had crashed."},
        from_operator(409),
    ),
    ("get", "projects/<slug:slug>/gold"): ("projects/apples/gold", None, from_reviewer(200)),
    ("post", "projects/<slug:slug>/gold"): (
        "projects/apples/gold",
        {"purpose": "check", "solution_id": 2**40, "first_mistakes": []},
        from_reviewer(404),
    ),
    ("post", "projects/<slug:slug>/gold/file"): ("projects/apples/gold/file", a_gold_file, from_operator(200)),
    ("get", "projects/<slug:slug>/gold/mistakes"): ("projects/apples/gold/mistakes", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/gold/<int:pk>"): ("projects/apples/gold/{gold}", None, from_reviewer(200)),
    ("patch", "projects/<slug:slug>/gold/<int:pk>"): (
        "projects/apples/gold/{gold}",
        {"explanation": "3 and 4 make 7."},
        from_reviewer(200),
    ),
    ("post", "projects/<slug:slug>/gold/<int:pk>/retire"): (
        "projects/apples/gold/{gold}/retire",
        {},
        from_reviewer(204),
    ),
    ("get", "projects/<slug:slug>/me"): ("projects/apples/me", None, from_labeler(200)),
    ("get", "projects/<slug:slug>/me/passes"): ("projects/apples/me/passes", None, from_labeler(200)),
    ("get", "projects/<slug:slug>/progress"): ("projects/apples/progress", None, from_labeler(200)),
    ("get", "projects/<slug:slug>/overview"): ("projects/apples/overview", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/agreement"): ("projects/apples/agreement", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/labelers"): ("projects/apples/labelers", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/review"): ("projects/apples/review", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/review/<int:pk>"): ("projects/apples/review/{solution}", None, from_reviewer(200)),
    ("post", "projects/<slug:slug>/review/<int:pk>/rulings"): (
        "projects/apples/review/{solution}/rulings",
        {"kind": "leave", "reason": "nothing to it"},
        from_reviewer(200),
    ),
    ("get", "projects/<slug:slug>/checks"): ("projects/apples/checks", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/quarantines"): ("projects/apples/quarantines", None, from_reviewer(200)),
    ("post", "projects/<slug:slug>/quarantines/<int:pk>/decisions"): (
        "projects/apples/quarantines/{quarantine}/decisions",
        {"kind": "discard", "reason": "All Bad."},
        from_reviewer(200),
    ),
    ("get", "projects/<slug:slug>/contradictions"): ("projects/apples/contradictions", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/checkpoints"): ("projects/apples/checkpoints", None, from_reviewer(200)),
    ("post", "projects/<slug:slug>/checkpoints"): (
        "projects/apples/checkpoints",
        {"kind": "prm"},
        from_operator(409),
    ),
    ("get", "projects/<slug:slug>/checkpoints/champions"): (
        "projects/apples/checkpoints/champions",
        None,
        from_reviewer(200),
    ),
    ("get", "projects/<slug:slug>/checkpoints/loop"): ("projects/apples/checkpoints/loop", None, from_reviewer(200)),
    ("get", "projects/<slug:slug>/checkpoints/teachable"): (
        "projects/apples/checkpoints/teachable",
        None,
        from_reviewer(200),
    ),
    ("get", "projects/<slug:slug>/checkpoints/<int:number>"): (
        "projects/apples/checkpoints/1",
        None,
        from_reviewer(200),
    ),
    ("post", "projects/<slug:slug>/checkpoints/<int:number>/orm"): (
        "projects/apples/checkpoints/1/orm",
        None,
        from_operator(409),
    ),
    ("post", "projects/<slug:slug>/checkpoints/<int:number>/evaluation"): (
        "projects/apples/checkpoints/1/evaluation",
        None,
        from_operator(202),
    ),
    ("post", "projects/<slug:slug>/checkpoints/<int:number>/promote"): (
        "projects/apples/checkpoints/1/promote",
        {"reason": "better"},
        from_operator(200),
    ),
    ("get", "projects/<slug:slug>/checkpoints/<int:number>/evaluation"): (
        "projects/apples/checkpoints/1/evaluation",
        None,
        from_reviewer(200),
    ),
    ("get", "projects/<slug:slug>/exports/<slug:format>"): (
        "projects/apples/exports/prm800k",
        None,
        from_operator(200),
    ),
    ("get", "projects/<slug:slug>/exports"): ("projects/apples/exports", None, from_operator(200)),
    ("post", "projects/<slug:slug>/exports"): ("projects/apples/exports", {"format": "trl"}, from_operator(202)),
    ("get", "projects/<slug:slug>/exports/jobs/<int:pk>"): (
        "projects/apples/exports/jobs/{export}",
        None,
        from_operator(200),
    ),
    ("delete", "projects/<slug:slug>/exports/jobs/<int:pk>"): (
        "projects/apples/exports/jobs/{export}",
        None,
        from_operator(204),
    ),
    ("get", "projects/<slug:slug>/exports/jobs/<int:pk>/file"): (
        "projects/apples/exports/jobs/{export}/file",
        None,
        from_operator(404),  # not written yet
    ),
    ("get", "assignments/<int:pk>"): ("assignments/{handed_in}", None, holder(200)),
    ("put", "assignments/<int:pk>/label"): (
        "assignments/{assignment}/label",
        {"lease": "lease", "ratings": [1, 1, 1], "finish_reason": "solution", "total_time": 1},
        holder(200),
    ),
    ("post", "assignments/<int:pk>/renew"): ("assignments/{assignment}/renew", None, holder(200)),
    ("post", "assignments/<int:pk>/release"): ("assignments/{assignment}/release", None, holder(204)),
}


@pytest.fixture
def world(
    project: Project, generation: Generation, ann: User, bob: User, rita: User, olga: User, stranger: User
) -> dict[str, Any]:
    """Something of everything: ids for the paths, and the people by name."""
    item = factories.BatchItemFactory(generation=generation, state="leased")
    factories.CheckpointFactory(project=project, number=1, kind=Checkpoint.Kind.PRM)
    root = factories.UserFactory(username="root", is_superuser=True)
    handed_in = factories.LabelFactory(
        assignment__item__generation=generation, assignment__labeler=ann.labeler, finish_reason="give_up", ratings=[1]
    )
    Client().force_login(ann)
    return {
        "session": public_id(ann.sessions.get()),
        "token": factories.ApiTokenFactory(user=ann).pk,
        "member": bob.memberships.get().pk,
        "invitation": factories.InvitationFactory(project=project, created_by=olga, secret="come in").pk,
        "job": factories.JobFactory(project=project, state=Job.State.FAILED, params=IMPORT).pk,
        "sampling": factories.JobFactory(project=project, kind=Job.Kind.SAMPLE, params=SAMPLING).pk,
        "export": factories.JobFactory(project=project, kind=Job.Kind.EXPORT, params=EXPORT).pk,
        "handed_in": handed_in.assignment_id,
        "quarantine": factories.QuarantineFactory(until=handed_in).pk,
        "labeler": str(bob.labeler.pk),
        "gold": factories.GoldFactory(solution__problem__project=project).pk,
        "solution": item.solution_id,
        "assignment": factories.AssignmentFactory(item=item, labeler=ann.labeler, lease_token="lease").pk,
        "people": {"nobody": None, "stranger": stranger, "ann": ann, "rita": rita, "olga": olga, "root": root},
    }


def filled(body: Any, world: dict[str, Any]) -> Any:
    """The body, where it is a dict with the world's ids in the texts that name them."""
    if body is a_file:
        return a_file()
    if callable(body):
        return body(world)
    if not isinstance(body, dict):
        return body
    return {name: value.format(**world) if isinstance(value, str) else value for name, value in body.items()}


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each method of each route that is there."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            view = pattern.callback.view_class  # type: ignore[attr-defined]  # of each view that as_view made
            methods = [method for method in view.http_method_names if hasattr(view, method)]
            yield from ((method, route) for method in methods if method not in ("options", "head"))


def test_every_route_and_method_has_a_row_and_every_row_a_route():
    assert set(routes(urls.urlpatterns)) == set(TABLE)


@pytest.mark.parametrize(("method", "route"), TABLE)
def test_each_person_is_answered_as_the_table_says(call_as, world, method, route):
    path, body, expected = TABLE[method, route]
    answered: dict[str, int] = {}
    for name, user in world["people"].items():
        with transaction.atomic():  # each meets the same world
            answered[name] = call_as(user).call(method, path.format(**world), filled(body, world)).status_code
            transaction.set_rollback(True)
    assert answered == expected


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "imports/{job}"),
        ("post", "jobs/{job}/retry"),
        ("get", "samplings/{sampling}"),
        ("post", "samplings/{sampling}/stop"),
        ("get", "generations/7"),
        ("get", "generations/7/items"),
        ("post", "generations/7/close"),
        ("post", "generations/7/cancel"),
        ("post", "generations/7/retry"),
        ("get", "checkpoints/7"),
        ("post", "checkpoints/7/orm"),
        ("post", "checkpoints/7/evaluation"),
        ("post", "checkpoints/7/promote"),
        ("get", "checkpoints/7/evaluation"),
        ("get", "checkpoints/7/scores"),
        ("post", "checkpoints/7/scores"),
        ("patch", "members/{member}"),
        ("delete", "members/{member}"),
        ("post", "members/{member}/suspend"),
        ("post", "members/{member}/bring-back"),
        ("post", "members/{member}/transfer"),
        ("delete", "invitations/{invitation}"),
        ("post", "quarantines/{quarantine}/decisions"),
        ("get", "exports/prm800k?checkpoint=7"),
        ("get", "exports/jobs/{export}"),
        ("delete", "exports/jobs/{export}"),
        ("get", "exports/jobs/{export}/file"),
    ],
)
def test_what_belongs_to_another_project_is_absent(call_as, olga, method, path):
    pears = factories.ProjectFactory(slug="pears")
    seventh = factories.GenerationFactory(project=pears, number=7)
    factories.CheckpointFactory(project=pears, number=7)
    ids = {
        "job": factories.JobFactory(project=pears, state=Job.State.FAILED).pk,
        "member": factories.MembershipFactory(project=pears).pk,
        "invitation": factories.InvitationFactory(project=pears).pk,
        "quarantine": factories.QuarantineFactory(until__assignment__item__generation=seventh).pk,
        "sampling": factories.JobFactory(project=pears, kind=Job.Kind.SAMPLE, params=SAMPLING).pk,
        "export": factories.JobFactory(project=pears, kind=Job.Kind.EXPORT, params=EXPORT, state=Job.State.DONE).pk,
    }
    bodies: dict[str, Any] = {"promote": {"reason": "better"}, "transfer": {"to": ids["member"]}}
    bodies |= {"suspend": {"reason": "away"}, "bring-back": {"reason": "back"}}
    bodies |= {"decisions": {"kind": "release", "reason": "fine"}}
    bodies |= {"members": {"role": "labeler"}, "cancel": {"reason": ""}}
    body = next((body for word, body in bodies.items() if word in path and method != "delete"), None)
    response = call_as(olga).call(method, f"projects/apples/{path.format(**ids)}", body)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert Job.objects.get(pk=ids["job"]).state == Job.State.FAILED


def test_who_left_the_project_has_no_assignment_there_any_more(call_as, world):
    ann: User = world["people"]["ann"]
    ann.memberships.all().delete()
    body = TABLE["put", "assignments/<int:pk>/label"][1]
    assert call_as(ann).put(f"assignments/{world['assignment']}/label", body).status_code == 404
    assert not Label.objects.filter(assignment=world["assignment"]).exists()


def test_options_tells_nothing(call_as, olga):
    response = call_as(olga).client.options("/api/v1/projects/apples")
    assert response.status_code == 405
    assert "name" not in response.json()
