"""Real Celery workers for tests: prefork, with beat, on the test's own database and broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeVar

from django.db import connection

from labelhub.celery import app

ROOT = Path(__file__).resolve().parents[1]
T = TypeVar("T")
PATIENCE = 180  # seconds: a busy machine is slow, not wrong, and where all is well nobody waits


def wait_until(
    promise: Callable[[], T | Literal[False] | None], *, seconds: float = PATIENCE, why: Callable[[], str] = lambda: ""
) -> T:
    """The promise's value once it is true; fails the test when it isn't in time."""
    deadline = time.monotonic() + seconds
    while not (value := promise()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Not true after {seconds} s: {promise}\n{why()}")
        time.sleep(0.05)  # another process makes it true; there is nothing to wait on but the clock
    return value


class Worker:
    """One `celery worker --beat` that reads both queues, as the demo's does; two processes by default."""

    def __init__(self, place: Path, processes: int = 2, **environ: str) -> None:
        self.log_path = place / f"worker-{time.monotonic_ns()}.log"
        self.name = f"{self.log_path.stem}@tests"
        arguments = ["--hostname", self.name, "--schedule", str(self.log_path.with_suffix(".beat"))]
        arguments += ["--queues", "default,gpu", "--concurrency", str(processes), "--loglevel", "INFO"]
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "labelhub", "worker", "--beat", *arguments],
                cwd=ROOT,
                env={**os.environ, **product_environ(), **environ},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a process group of its own: kill -9 takes parent and children alike
            )

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def wait_ready(self) -> None:
        wait_until(self._answers, why=lambda: self.log)

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"The worker ended with {self.process.returncode}:\n{self.log}")
        return bool(app.control.ping(destination=[self.name], timeout=0.5))

    def kill(self) -> None:
        """kill -9 of the whole worker, parent and children, in the middle of whatever it does."""
        self._signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """As an operator stops it; after 20 s, as one who is out of patience."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=20)
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def product_environ() -> dict[str, str]:
    """What a process of the product needs to work on this test's database; broker and data are in os.environ."""
    return {"DJANGO_SETTINGS_MODULE": "labelhub.settings", "DATABASE_URL": database_url(), "LOG_LEVEL": "INFO"}


def database_url() -> str:
    """The test database as a URL: Django has put the name it created into the settings."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    who = f"{settings['USER']}:{settings['PASSWORD']}" if settings["PASSWORD"] else settings["USER"]
    where = f"{settings['HOST']}:{settings['PORT']}" if settings["PORT"] else settings["HOST"]
    socket = settings["OPTIONS"].get("host")
    return f"postgres://{who}@{where}/{settings['NAME']}" + (f"?host={socket}" if socket else "")
