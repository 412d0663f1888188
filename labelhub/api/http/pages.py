"""What lies outside /api: the one page of the front end, and the doors for whoever watches the site."""

import hmac
import sqlite3
import tempfile
from contextlib import closing
from threading import Event

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from django_vite.core.exceptions import DjangoViteAssetNotFoundError

from labelhub.api.http import errors
from labelhub.errors import Unavailable
from labelhub.queries import metrics as product
from labelhub.queries.loop import workers

NOT_BUILT = "The pages aren't built yet: run `npm ci && npm run build` in frontend/ (`make setup` does), then restart."
SEEN_APPLIED = Event()
READ_ONLY = "The database can't be written: its disk is full, or it is open for reading only."
NO_ROOM = "DATA_DIR can't be written, or has no room left."
LEAST_ROOM = 2**18  # bytes
WAITING = "Migrations are waiting: run the command `migrate`."


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
    """Send requests here: database, broker and disk are there, all migrations applied. Else 503 with what is amiss."""
    amiss = {name: told for name, check in CHECKS.items() if (told := check())}
    if not amiss:
        return JsonResponse({"ready": True, "amiss": {}})
    return errors.unavailable(Unavailable(" ".join(amiss.values())), ready=False, amiss=amiss)


def _database() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")  # SQLite replaces a lost file by an empty one
            if connection.vendor == "postgresql":
                cursor.execute("SHOW transaction_read_only")
                return READ_ONLY if cursor.fetchone()[0] == "on" else None
        return _sqlite_takes_a_write(connection.settings_dict["NAME"])
    except Error:
        return "The database doesn't answer, or has no tables."


def _sqlite_takes_a_write(path: str) -> str | None:
    """Write one page of the file anew, as it was; a file that somebody else is writing right now is not waited for."""
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as own:
            (version,) = own.execute("PRAGMA user_version").fetchone()
            own.execute(f"PRAGMA user_version = {version}")
    except sqlite3.Error as error:
        return None if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY else READ_ONLY
    return None


def _migrations() -> str | None:
    try:
        return None if _applied() else WAITING
    except Error:
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


def _disk() -> str | None:
    """Uploads, exports and checkpoints go to DATA_DIR: a file written there, and gone at once, shows that they can."""
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.DATA_DIR, buffering=0) as file:
            return None if file.write(bytes(LEAST_ROOM)) == LEAST_ROOM else NO_ROOM
    except OSError:
        return NO_ROOM


CHECKS = {"database": _database, "migrations": _migrations, "broker": _broker, "disk": _disk}


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
