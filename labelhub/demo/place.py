"""Where the demo keeps its things, and the settings it runs under. Imports nothing of Django: settings come of it."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from labelhub import paths

SAMPLE = "sample"


class Refused(Exception):
    """Why the demo can't start, as one sentence to the person at the terminal."""


@dataclass(frozen=True)
class Place:
    """One demo's directory; two demos never share one."""

    directory: Path

    @classmethod
    def here(cls) -> "Place":
        """`demo` among the data of this checkout or directory, or where DEMO_DIR says."""
        return cls(Path(os.environ.get("DEMO_DIR") or paths.DATA / "demo").resolve())

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def running(self) -> Path:
        """Which processes run, for the next start to find those that a kill -9 of this one left behind."""
        return self.directory / "running.json"

    @property
    def pool(self) -> Path:
        """The sample project's problems and solutions, as they are imported."""
        return self.directory / "pool.jsonl"

    @property
    def oracle(self) -> Path:
        """The sample project's true step labels, which the simulated labelers rate by."""
        return self.directory / "oracle.jsonl"

    @property
    def sockets(self) -> Path:
        """Short, since a unix socket's path may have about 100 characters; the same at every start."""
        mark = hashlib.sha256(f"{os.getuid()} {self.directory}".encode()).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"labelhub-{mark}"

    @property
    def broker(self) -> Path:
        return self.sockets / "valkey.sock"

    def environ(self) -> dict[str, str]:
        """Every knob that could lead the demo to another site's database, broker or host names."""
        return {
            "SECRET_KEY": self.secret("secret_key", 64),
            "DEBUG": "false",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "CSRF_TRUSTED_ORIGINS": "",
            "HTTPS": "false",
            "DATABASE_URL": f"sqlite:///{self.directory / 'db.sqlite3'}",
            "REDIS_URL": f"redis+socket://{self.broker}",
            "DATA_DIR": str(self.directory / "data"),
            "FILES_KEPT_DAYS": "30",
            "JOB_SILENCE_SECONDS": "30",
            "METRICS_TOKEN": "",
            "TRUSTED_PROXIES": "0",
            "SAMPLING_ENDPOINTS": "",
            "SCORING_ENDPOINTS": "",
            "BASE_MODELS": "",
            "TWO_FACTOR_FOR_OPERATORS": "false",
            "OIDC_SERVER": "",
            "OIDC_CLIENT_ID": "",
            "OIDC_CLIENT_SECRET": "",
            "OIDC_NAME": "Single sign-on",
            "OIDC_DOMAINS": "",
            "TOKENS_MAY_LAST": "false",
            "LOG_LEVEL": "INFO",
        }

    def enter(self) -> None:
        """Make the environment ours, before Django reads it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        for key, value in self.environ().items():
            os.environ.pop(f"{key}_FILE", None)
            os.environ[key] = value
        # Training shares the machine with the site and a browser: threads that spin while they wait for each other
        # made it take ten times as long.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // 2)))

    def secret(self, name: str, characters: int) -> str:
        """Made at the first start, the same ever after, and readable by its owner only."""
        path = self.directory / name
        if not path.exists():
            with private(path) as file:
                file.write(secrets.token_urlsafe(characters)[:characters])
        return path.read_text(encoding="utf-8")

    def lock(self) -> IO[str]:
        """Held while the demo runs; the kernel lets go of it however the process ends. Raises Refused."""
        file = (self.directory / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("A demo is running in this directory already; stop it with Ctrl-C first.") from None
        return file

    def reset(self) -> None:
        """Delete what the demo made, but not the lock we hold and the secret we run under."""
        for path in self.directory.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in ("lock", "secret_key"):
                path.unlink()
        shutil.rmtree(self.sockets, ignore_errors=True)


def private(path: Path) -> IO[str]:
    """The file, open to write, that nobody but its owner may read, from its first byte on."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")


def read_json(path: Path) -> Any:
    """None where the file is absent, or was being written when the machine stopped."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
