"""The product's settings with what tests need: a place of their own, plain HTTP, a fast password hash.

The database is a SQLite file, or what TEST_DATABASE_URL names (`python -m tests.run` sets it to PostgreSQL);
a file and not memory, because a worker started by a test opens it too.
"""

import os
import secrets
import tempfile
from pathlib import Path

from tests import servers

# Only a path: tests/conftest.py makes the directory, since type checkers read these settings too and tidy nothing up.
# Short: a unix socket's path has about 100 characters.
PLACE = Path(tempfile.gettempdir()) / f"lh-{secrets.token_hex(4)}"

os.environ.update(
    SECRET_KEY="tests-only-" + "k" * 50,
    DEBUG="false",
    HTTPS="false",
    ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
    DATA_DIR=str(PLACE),
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{PLACE}/db.sqlite3",
    REDIS_URL=servers.redis_url(PLACE),
    LOG_LEVEL="WARNING",
)
# Training a tiny model on a busy machine: threads that spin while they wait for each other take ten times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from labelhub.settings import *  # noqa: E402, F403
from labelhub.settings import DATABASES  # noqa: E402

STATIC_ROOT = PLACE / "static"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if "TEST_DATABASE_URL" not in os.environ:
    DATABASES["default"]["TEST"] = {"NAME": str(PLACE / "test.sqlite3")}
