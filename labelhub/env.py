"""What a deployment can set: read once from the environment (and a `.env` file), one sentence per knob.

django-environ reads files and database URLs. What it lacks is here: the sentence of each setting, `NAME_FILE` for
secrets, and refusals that say which setting to change and how.
"""

import os
import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from labelhub import paths


def knob(sentence: str, default: Any = ...) -> Any:
    """A field whose sentence `.env.example` and the README repeat."""
    extra = {} if default is ... else {"default": default}
    return field(metadata={"sentence": sentence}, **extra)


def _sqlite(directory: Path) -> str:
    """The database of a site that names none: a file among its data."""
    return f"sqlite:///{directory / 'db.sqlite3'}"


@dataclass(frozen=True)
class Env:
    """The deployment's knobs; the environment variable has the field's name in capitals."""

    secret_key: str = knob("Signs sessions and CSRF tokens: at least 50 random characters, required, never shared.")
    debug: bool = knob("Shows tracebacks in the browser; never on a machine that others reach.", False)
    allowed_hosts: tuple[str, ...] = knob(
        "Host names this site answers to, comma separated.", ("localhost", "127.0.0.1")
    )
    csrf_trusted_origins: tuple[str, ...] = knob(
        "Origins (https://host) that a proxy forwards from, comma separated.", ()
    )
    https: bool = knob("The site is reached over HTTPS only: secure cookies, redirect and HSTS.", True)
    database_url: str = knob("postgres://user:password@host/name, or a SQLite file.", _sqlite(paths.DATA))
    redis_url: str = knob("The broker that carries work to the workers.", "redis://127.0.0.1:6379/0")
    data_dir: Path = knob("Where uploads, exports and checkpoints lie; web and workers share it.", paths.DATA)
    files_kept_days: int = knob(
        "Prepared exports and lists of rejected lines are deleted after so many days; 0 keeps them.", 30
    )
    job_silence_seconds: int = knob("A job unheard of for this long is taken for dead and put back on the queue.", 30)
    metrics_token: str = knob("Bearer token that may read /metrics; empty closes it.", "")
    trusted_proxies: int = knob(
        "How many proxies of ours stand in front; sign-in limits count the address behind them.", 0
    )
    sampling_endpoints: tuple[str, ...] = knob(
        "Servers that may be asked for solutions, as name=https://host/v1, comma separated; empty turns sampling off.",
        (),
    )
    scoring_endpoints: tuple[str, ...] = knob(
        "Servers of reward models that may score solutions, as name=http://host:port, comma separated; empty is none.",
        (),
    )
    base_models: tuple[str, ...] = knob(
        "Hub ids and directories of models that projects may train from or score with, comma separated.", ()
    )
    two_factor_for_operators: bool = knob("Operators enrol a second factor before they can do anything.", False)
    oidc_server: str = knob("An OpenID Connect issuer (https://host/path) to sign in with; empty is none.", "")
    oidc_client_id: str = knob("This site's name at the issuer.", "")
    oidc_client_secret: str = knob("This site's password at the issuer.", "")
    oidc_name: str = knob("What the sign-in page calls the issuer.", "Single sign-on")
    oidc_domains: tuple[str, ...] = knob(
        "Domains of verified e-mail addresses for whom the issuer's word makes an account; empty makes none.", ()
    )
    tokens_may_last: bool = knob("An API token may be made that never expires.", False)
    log_level: str = knob("How much the log says: DEBUG, INFO, WARNING or ERROR.", "INFO")


READERS = {bool: "bool", int: "int", str: "str", tuple[str, ...]: "tuple", Path: "path"}
LEAST = {"JOB_SILENCE_SECONDS": 1, "FILES_KEPT_DAYS": 0, "TRUSTED_PROXIES": 0}
WORDS = ("true", "false", "yes", "no", "on", "off", "1", "0")
ADDRESSES = {"SAMPLING": "http://127.0.0.1:8000/v1", "SCORING": "http://127.0.0.1:8000"}
ENDPOINT_NAME = re.compile(r"[a-z0-9_]{1,40}")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def read() -> Env:
    """The environment as one frozen value; `NAME_FILE` names a file that holds a secret.

    Raises ImproperlyConfigured, naming the knob, when one is missing or doesn't parse.
    """
    environ.Env.read_env(paths.HOME / ".env")
    values = {f.name: value for f in fields(Env) if (value := _value(f.name, f.type)) is not None}
    if paths.INSTALLED and "data_dir" in values:  # a checkout's file stays where it has always been
        values.setdefault("database_url", _sqlite(values["data_dir"]))
    return Env(**values)


def endpoints(purpose: str, listed: tuple[str, ...]) -> dict[str, str]:
    """SAMPLING_ENDPOINTS or SCORING_ENDPOINTS as base addresses by name. Raises ImproperlyConfigured."""
    setting = f"{purpose}_ENDPOINTS"
    found: dict[str, str] = {}
    for each in listed:
        name, _, url = each.strip().partition("=")
        if not ENDPOINT_NAME.fullmatch(name) or name in found:
            raise ImproperlyConfigured(
                f"{setting} has {name[:60]!r}: a name is a few lower-case letters, digits and underscores, "
                "and stands for one address."
            )
        if not _is_address(url):
            raise ImproperlyConfigured(
                f"{setting} has no address such as {ADDRESSES[purpose]} for {name}, and nothing more: "
                f"{key_name(purpose, name)} holds its key."
            )
        found[name] = url.rstrip("/")
    return found


def _is_address(url: str) -> bool:
    """Scheme, host, perhaps a port and a path; a password in it would be shown with it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and not ("@" in url or parts.query or parts.fragment)


def oidc_apps(read: Env) -> list[dict[str, Any]]:
    """The issuer as django-allauth takes it; none where OIDC is off. Raises ImproperlyConfigured."""
    if not read.oidc_server:
        return []
    if not _is_address(read.oidc_server) or not read.oidc_client_id:
        raise ImproperlyConfigured("OIDC_SERVER is the issuer's https:// address, and OIDC_CLIENT_ID goes with it.")
    return [
        {
            "provider_id": "site",
            "name": read.oidc_name,
            "client_id": read.oidc_client_id,
            "secret": read.oidc_client_secret,
            "settings": {"server_url": read.oidc_server.rstrip("/")},
        }
    ]


def oidc_origin(read: Env) -> list[str]:
    """The issuer's scheme and host, where there is one."""
    parts = urlsplit(read.oidc_server)
    return [f"{parts.scheme}://{parts.netloc}"] if read.oidc_server else []


def key_name(purpose: str, endpoint: str) -> str:
    """The environment variable that holds an endpoint's API key, or with _FILE behind it names its file."""
    return f"{purpose}_KEY_{endpoint.upper()}"


def endpoint_key(purpose: str, endpoint: str) -> str:
    """The endpoint's API key, empty where it needs none. Raises ImproperlyConfigured, and never says what it read."""
    name = key_name(purpose, endpoint)
    path = os.environ.get(f"{name}_FILE")
    key = _content(name, path) if path else os.environ.get(name, "")
    if not key.isascii() or not key.isprintable() or " " in key:  # the HTTP library's own error would quote it
        raise ImproperlyConfigured(f"{name} holds a character that no key has, such as a space or a newline.")
    return key


def _value(name: str, kind: Any) -> Any:
    key = name.upper()
    if path := os.environ.get(f"{key}_FILE"):
        return _read(key, _content(key, path), kind)
    if os.environ.get(key, "") == "":
        if name == "secret_key":
            raise ImproperlyConfigured("SECRET_KEY is not set: put 50 random characters into .env or the environment.")
        return None
    return _read(key, os.environ[key], kind)


def _content(key: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{key}_FILE names {path}, which can't be read: {error}") from error


def _read(key: str, text: str, kind: Any) -> Any:
    try:
        value = getattr(_Texts({key: text}), READERS[kind])(key)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{key} does not read as {READERS[kind]}: {error}") from error
    if kind is bool and text.lower() not in WORDS:
        raise ImproperlyConfigured(f"{key} is {text}; it is true or false.")  # else a slip of the pen would be false
    if key in LEAST and value < LEAST[key]:
        raise ImproperlyConfigured(f"{key} is {value}; it can't be less than {LEAST[key]}.")
    if key == "LOG_LEVEL" and value not in LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL is {value}; it is one of {', '.join(LEVELS)}.")
    return Path(value) if kind is Path else value


class _Texts(environ.Env):  # type: ignore[misc]  # comes without types
    """Reads these values and not the process's environment: one that came by a file is no variable."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__()
        self.ENVIRON = values
