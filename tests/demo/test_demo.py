"""`manage.py demo` as a person at a terminal meets it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from labelhub.demo.place import Place
from tests.workers import PATIENCE, wait_until

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    """One `manage.py demo` in a directory of its own."""

    def __init__(self, directory, port, *arguments):
        self.place, self.port = Place(directory), port
        self._output = directory.parent / f"output-{len(list(directory.parent.glob('output-*')))}"
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(port), *arguments],
                cwd=ROOT,
                env={**os.environ, "DEMO_DIR": str(directory), "DJANGO_SETTINGS_MODULE": "labelhub.settings"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self):
        return self._output.read_text()

    def wait_for(self, text):
        def found():
            if self.process.poll() is not None and text not in self.said:
                raise AssertionError(f"The demo ended with {self.process.returncode}:\n{self.said}")
            return text in self.said

        wait_until(found, why=lambda: self.said)

    def get(self, path):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path)
        return connection.getresponse().status

    def pids(self):
        return json.loads(self.place.running.read_text())

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@pytest.fixture
def start(tmp_path):
    """`start(*arguments)` in one directory; whatever still runs is ended afterwards."""
    demos = []
    directory = tmp_path / "demo"
    directory.mkdir()

    def start(*arguments, port=None):
        demos.append(Demo(directory, port or free_port(), *arguments))
        return demos[-1]

    yield start
    for demo in demos:
        demo.stop()


def signs_in(demo):
    """The names and passwords that it shows."""
    return dict(re.findall(r"^  (labeler|operator) +(\S{12}) ", demo.said, re.MULTILINE))


def is_gone(pid):
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_it_starts_answers_recovers_and_stops_without_a_trace(start):
    demo = start("--no-simulation")
    demo.wait_for("Generation 0 is open")
    assert f"http://127.0.0.1:{demo.port}" in demo.said
    assert len(signs_in(demo)) == 2
    assert demo.get("/readyz") == 200

    second = start("--no-simulation")
    assert second.process.wait(PATIENCE) == 1
    assert "A demo is running in this directory already" in second.said

    worker = demo.pids()["worker"]
    os.kill(worker, signal.SIGKILL)
    demo.wait_for("The worker ended (killed by SIGKILL); started again.")
    wait_until(lambda: is_gone(worker))

    running = demo.pids().values()
    assert demo.stop() == 0
    assert demo.said.endswith("Stopped.\n")
    assert not demo.place.sockets.exists()
    wait_until(lambda: all(is_gone(pid) for pid in running))


def test_a_start_after_kill_9_goes_on_where_it_was(start):
    demo = start("--no-simulation")
    demo.wait_for("Generation 0 is open")
    signs = signs_in(demo)
    left = demo.pids().values()
    demo.process.kill()
    demo.process.wait()
    again = start("--no-simulation", port=demo.port)
    again.wait_for("Generation 0 is open")
    assert "An earlier demo was killed; what it left running is ended now." in again.said
    wait_until(lambda: all(is_gone(pid) for pid in left))
    assert signs_in(again) == signs
    assert "Sample project" not in again.said


def test_a_busy_port_is_one_sentence_and_changes_nothing(start):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        demo = start("--reset", port=port)
        (demo.place.directory / "db.sqlite3").touch()
        assert demo.process.wait(PATIENCE) == 1
        assert (demo.place.directory / "db.sqlite3").exists()
    assert f"Port {port} is in use; choose another, such as --port {port + 1}." in demo.said
    assert "Traceback" not in demo.said
