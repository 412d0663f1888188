"""The site's processes: their commands, the port they need, and when they are ready."""

import hashlib
import os
import socket
import stat
import sys
import time
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from labelhub.demo.place import SAMPLE, Place, Refused
from labelhub.demo.processes import Process, tail

HOST = "127.0.0.1"
SECONDS_TO_START = 60.0


def broker(place: Place) -> list[str]:
    """Raises Refused where somebody else made the sockets' directory first: who owns it could give our worker work."""
    place.sockets.mkdir(mode=0o700, exist_ok=True)
    found = place.sockets.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
        raise Refused(f"{place.sockets} isn't this account's alone; delete it, or set TMPDIR to a place of your own.")
    return [sys.executable, "-m", "labelhub.demo.broker", str(place.broker), str(place.directory / "valkey")]


def worker(place: Place) -> list[str]:
    """One worker that does everything: two processes, so that a short job needn't wait for a training run."""
    beat = ["--beat", "--schedule", str(place.directory / "beat")]
    queues = ["--queues", "default,gpu", "--concurrency", "2"]
    return [sys.executable, "-m", "celery", "-A", "labelhub", "worker", *beat, *queues, "--loglevel", "INFO"]


def web(place: Place, port: int) -> list[str]:
    listen = ["--bind", f"{HOST}:{port}", "--threads", "8", "--worker-tmp-dir", str(place.sockets)]
    return [sys.executable, "-m", "gunicorn", "labelhub.wsgi", *listen, "--access-logfile", "-", "--no-control-socket"]


def labelers(place: Place, port: int, *, pace: float) -> list[str]:
    """A few who rate like people do, over HTTP, in `pace` seconds a solution; they leave the last items to a person."""
    command = [sys.executable, "-m", "labelhub", "simulate_labelers", SAMPLE, "--oracle", str(place.oracle)]
    manner = ["--labelers", "6", "--noise", "0", "0.1", "--pace", str(pace), "--leave", "8", "--patience", "12"]
    return [*command, *manner, "--keep-going", "--url", address(port)]


def address(port: int) -> str:
    return f"http://{HOST}:{port}"


def check_port(port: int, *, patience: float = 0) -> None:
    """Raises Refused where something still listens after `patience` seconds, or we may not."""
    deadline = time.monotonic() + patience
    while _answers(port):
        if time.monotonic() > deadline:
            raise Refused(f"Port {port} is in use; choose another, such as --port {port + 1}.")
        time.sleep(0.1)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does: TIME_WAIT is no hindrance
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise Refused(f"Port {port} can't be used ({error}); choose another, such as --port 8001.") from None


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def wait_ready(port: int, process: Process) -> None:
    """Return once the site says that it is ready. Raises Refused when it ends before, or isn't ready in a minute."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.running:
        if _ready(port):
            return
        time.sleep(0.1)
    said = "\n".join(f"    {line}" for line in tail(process.log))
    raise Refused(f"The {process.name} did not get ready; its log is {process.log} and ends with\n{said}")


def _ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)  # not urllib, which would ask a proxy for it
    with suppress(OSError, HTTPException), closing(connection):
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    return False


def is_static_collected() -> bool:
    """Always where it is installed: nothing has to be collected there."""
    if settings.STATIC_ROOT is None:
        return True
    return _static_stamp().is_file() and _static_stamp().read_text() == _static_digest()


def collect_static() -> None:
    """Gather and compress what the browser loads."""
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    _static_stamp().write_text(_static_digest())


def _static_stamp() -> Path:
    return Path(str(settings.STATIC_ROOT)) / ".stamp"


def _static_digest() -> str:
    """Of the names, sizes and times of the built front end; the rest comes with the installed packages."""
    files = sorted(path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*") if path.is_file())
    told = [f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join([sys.version, *told]).encode()).hexdigest()
