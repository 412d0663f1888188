"""What an operator can get wrong, told at start with what to do about it."""

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.db import connection

LEAST_KEY_LENGTH, LEAST_KEY_SIGNS = 50, 10
WEAK = ("change-me", "changeme", "django-insecure", "secret-key")


@register(Tags.security)
def secret_key_is_strong(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    key = settings.SECRET_KEY
    strong = len(key) >= LEAST_KEY_LENGTH and len(set(key)) >= LEAST_KEY_SIGNS
    if strong and not any(word in key.lower() for word in WEAK):
        return []
    hint = 'python -c "import secrets; print(secrets.token_urlsafe(50))" makes one; put it into .env as SECRET_KEY.'
    level = Error if settings.ENV.https else Warning  # over plain HTTP it is a machine that nobody else reaches
    return [level("SECRET_KEY can be guessed, and with it every session.", hint=hint, id="labelhub.E001")]


@register(Tags.security)
def debug_is_off_in_the_open(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    if not (settings.DEBUG and settings.ENV.https):
        return []
    hint = "Set DEBUG=false, or HTTPS=false if this is a machine that nobody else reaches."
    return [Error("DEBUG shows the inside of the site to whoever meets an error.", hint=hint, id="labelhub.E002")]


@register(Tags.staticfiles)
def pages_are_built(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    if settings.DJANGO_VITE["default"]["manifest_path"].is_file():
        return []
    hint = "`make setup` builds them, or `npm ci && npm run build` in frontend/. The API works without."
    return [Warning("The pages aren't built: the site answers 503 where one should be.", hint=hint, id="labelhub.W003")]


@register(Tags.files)
def data_can_be_written(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    place = settings.DATA_DIR
    existing = next(each for each in (place, *place.absolute().parents) if each.exists())
    if existing.is_dir() and os.access(existing, os.W_OK):
        return []
    hint = f"Give this process the right to write to {existing}, or set DATA_DIR to a place where it may."
    return [Error(f"Uploads and checkpoints can't be kept in {place}.", hint=hint, id="labelhub.E004")]


@register(Tags.database)
def sqlite_writes_ahead(app_configs: Any, databases: Sequence[str] | None = None, **_: Any) -> Sequence[CheckMessage]:
    """Asked where databases are: on `migrate`, and `check --database default`."""
    if not databases or connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if mode in ("wal", "memory"):
        return []
    hint = "Keep the file on a local disk (network mounts have no shared memory), or use PostgreSQL by DATABASE_URL."
    sentence = f"SQLite's journal is {mode}, not wal: readers and the one writer block each other."
    return [Warning(sentence, hint=hint, id="labelhub.W005")]


@register(Tags.security, deploy=True)
def somebody_can_reach_the_site(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    if set(settings.ALLOWED_HOSTS) - {"localhost", "127.0.0.1", "[::1]"}:
        return []
    hint = "Set ALLOWED_HOSTS to the names people type, comma separated."
    return [Warning("The site answers to this machine alone.", hint=hint, id="labelhub.W006")]


@register(Tags.security, deploy=True)
def somebody_speaks_https(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """A note and no warning: a server that speaks TLS itself is rare, but right."""
    if not settings.ENV.https or settings.ENV.trusted_proxies:
        return []
    hint = "Set TRUSTED_PROXIES=1 behind a proxy that speaks HTTPS, or HTTPS=false if nobody does."
    sentence = "No proxy is trusted to have spoken HTTPS: every request by plain HTTP is sent on to https://, for ever."
    return [Info(sentence, hint=hint, id="labelhub.I007")]
