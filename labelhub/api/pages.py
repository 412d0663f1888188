"""What lies outside /api: the one page of the front end, and the doors for whoever watches the site."""

import hmac
from threading import Event

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from django_vite.core.exceptions import DjangoViteAssetNotFoundError

from labelhub.queries import metrics as product
from labelhub.queries import workers

NOT_BUILT = "The pages aren't built yet: run `npm ci && npm run build` in frontend/ (`make setup` does), then restart."
SEEN_APPLIED = Event()
WAITING = "Migrations are waiting: run `manage.py migrate`."


@require_safe
@never_cache
def app(request: HttpRequest) -> HttpResponse:
    """The front end's page, whatever the path: its router reads the rest."""
    try:
        return render(request, "app.html")
    except DjangoViteAssetNotFoundError:
        return HttpResponse(NOT_BUILT, status=503, content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up."""
    return JsonResponse({"up": True})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Database and broker answer and every migration is applied: send requests here. Else 503 with what is amiss."""
    amiss = {name: told for name, check in CHECKS.items() if (told := check())}
    return JsonResponse({"ready": not amiss, "amiss": amiss}, status=503 if amiss else 200)


def _database() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return None
    except DatabaseError:
        return "The database doesn't answer."


def _migrations() -> str | None:
    try:
        return None if _applied() else WAITING
    except DatabaseError:
        return WAITING


def _applied() -> bool:
    """Whether every migration is applied; once seen, it stays so while this process runs."""
    if not SEEN_APPLIED.is_set():
        executor = MigrationExecutor(connection)  # reads the whole graph: a tenth of a second, not for every probe
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        SEEN_APPLIED.set()
    return True


def _broker() -> str | None:
    return None if workers.broker_answers() else "The broker doesn't answer."


CHECKS = {"database": _database, "migrations": _migrations, "broker": _broker}


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for the METRICS_TOKEN or a signed-in superuser; to anyone else there is no such page."""
    if not (_has_metrics_token(request) or getattr(request.user, "is_superuser", False)):
        raise Http404
    exported: HttpResponse = ExportToDjangoView(request)
    exported.content += product.text()
    return exported


def _has_metrics_token(request: HttpRequest) -> bool:
    expected = settings.ENV.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
