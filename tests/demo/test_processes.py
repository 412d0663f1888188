"""Processes of the demo: brought back when they die, given up when they keep dying, never left behind."""

import json
import os
import signal
import sys

import pytest

from labelhub.demo import processes
from labelhub.demo.place import Place, Refused
from labelhub.demo.processes import Supervisor, end_leftovers, why_ended
from tests.workers import PATIENCE, wait_until

CHILD = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
PARENT = CHILD + "print('ready', flush=True); time.sleep(600)"


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    made.logs.mkdir()
    return made


@pytest.fixture
def told():
    return []


@pytest.fixture
def supervisor(place, told):
    made = Supervisor(place, told.append)
    yield made
    made.stop()


def sleeper(place):
    """A command with a child of its own; the place is named in it, as in every command of the demo."""
    return [sys.executable, "-c", PARENT, str(place.directory)]


def start(supervisor, place, name="worker"):
    process = supervisor.start(name, sleeper(place))
    wait_until(lambda: "ready" in process.log.read_text())
    return process


def group_is_gone(pid):
    def gone():
        try:
            os.killpg(pid, 0)
        except ProcessLookupError:
            return True
        return False

    return gone


def test_stopping_leaves_no_process_and_no_note(supervisor, place):
    process = start(supervisor, place)
    pid = process.popen.pid
    supervisor.stop()
    wait_until(group_is_gone(pid))
    assert not place.running.exists()


def test_one_that_is_killed_is_started_again_and_its_children_are_not_left(supervisor, place, told):
    process = start(supervisor, place)
    first = process.popen.pid
    os.kill(first, signal.SIGKILL)
    process.popen.wait()
    supervisor.watch()
    assert process.running
    wait_until(group_is_gone(first))
    assert told == ["The worker ended (killed by SIGKILL); started again."]
    assert json.loads(place.running.read_text()) == {"worker": process.popen.pid}


def test_one_that_is_well_is_left_alone(supervisor, place, told):
    process = start(supervisor, place)
    pid = process.popen.pid
    supervisor.watch()
    assert process.popen.pid == pid
    assert told == []


def test_one_that_keeps_dying_is_given_up_with_its_log(supervisor, place):
    process = supervisor.start("worker", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(Refused, match=r"The worker keeps ending by itself; its log is .*worker\.log"):
        for _ in range(processes.GIVE_UP_AFTER):
            process.popen.wait()
            supervisor.watch()


def test_replacing_ends_the_one_before(supervisor, place):
    first = start(supervisor, place).popen.pid
    second = supervisor.replace("worker", sleeper(place))
    wait_until(group_is_gone(first))
    assert second.running


def test_what_a_killed_demo_left_running_is_ended_by_the_next(supervisor, place):
    process = start(supervisor, place)
    assert end_leftovers(place) == 1
    process.popen.wait(PATIENCE)
    wait_until(group_is_gone(process.popen.pid))
    assert end_leftovers(place) == 0


def test_a_number_that_the_system_gave_to_somebody_else_is_not_ours(supervisor, place, tmp_path):
    process = start(supervisor, place)
    other = Place(tmp_path / "elsewhere")
    other.directory.mkdir()
    other.running.write_text(json.dumps({"worker": process.popen.pid}))
    assert end_leftovers(other) == 0
    assert process.running


def test_a_note_of_processes_long_gone_is_no_hindrance(place):
    place.running.write_text(json.dumps({"worker": 2**22 - 1}))
    assert end_leftovers(place) == 0
    assert not place.running.exists()


@pytest.mark.parametrize(("code", "told"), [(-9, "killed by SIGKILL"), (-15, "killed by SIGTERM"), (1, "exit code 1")])
def test_why_it_ended_is_told_in_words(code, told):
    assert why_ended(code) == told
