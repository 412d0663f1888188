"""The demo's processes: started in groups of their own, restarted when they die, and never left behind."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from labelhub import paths
from labelhub.demo.place import Place, Refused, private, read_json

PATIENCE = 5.0  # seconds a process has to end by itself before its group is killed
GIVE_UP_AFTER = 5  # deaths within GIVE_UP_WITHIN seconds: restarting it would only repeat them
GIVE_UP_WITHIN = 60.0


@dataclass
class Process:
    """One command of the demo, with its output in a log file."""

    name: str
    command: Sequence[str]
    log: Path
    started: list[float] = field(default_factory=list)
    popen: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        self.started.append(time.monotonic())
        with self.log.open("ab") as log:
            # A group of its own: Ctrl-C reaches us alone, who stop the processes in order.
            self.popen = subprocess.Popen(
                self.command, cwd=paths.HOME, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def running(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def end(self) -> None:
        """Ask it to stop, wait, then kill what is left of its group: a dead parent may have left children."""
        if self.popen is None:
            return
        if self.running:
            self.popen.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.popen.wait(PATIENCE)
        kill_group(self.popen.pid)
        self.popen.wait()
        self.popen = None

    def keeps_dying(self) -> bool:
        recent = [at for at in self.started if at > time.monotonic() - GIVE_UP_WITHIN]
        return len(recent) >= GIVE_UP_AFTER


class Supervisor:
    """Starts processes in order, brings back those that die, and ends all of them, last first."""

    def __init__(self, place: Place, say: Callable[[str], None]) -> None:
        self._place, self._say = place, say
        self._processes: list[Process] = []

    def start(self, name: str, command: Sequence[str]) -> Process:
        process = Process(name, command, self._place.logs / f"{name.replace(' ', '-')}.log")
        self._processes.append(process)
        process.start()
        self._note()
        return process

    def watch(self) -> None:
        """Restart what has died since the last look. Raises Refused for one that keeps dying."""
        for process in [each for each in self._processes if not each.running]:
            code = process.popen.returncode if process.popen else None
            if process.keeps_dying():
                raise Refused(f"The {process.name} keeps ending by itself; its log is {process.log}.")
            process.end()
            process.start()
            self._note()
            self._say(f"The {process.name} ended ({why_ended(code)}); started again.")

    def replace(self, name: str, command: Sequence[str]) -> Process:
        """Start it in place of the one of that name, if there is one."""
        for process in [each for each in self._processes if each.name == name]:
            self._processes.remove(process)
            process.end()
        return self.start(name, command)

    def stop(self) -> None:
        while self._processes:
            self._processes.pop().end()
        self._place.running.unlink(missing_ok=True)

    def _note(self) -> None:
        with private(self._place.running) as file:
            json.dump({each.name: each.popen.pid for each in self._processes if each.popen}, file)


def why_ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def end_leftovers(place: Place) -> int:
    """Kill what a demo that was itself killed left running here; how many process groups that were."""
    noted = read_json(place.running) or {}
    ended = [pid for pid in noted.values() if is_ours(pid, place) and kill_group(pid)]
    place.running.unlink(missing_ok=True)
    return len(ended)


def is_ours(pid: int, place: Place) -> bool:
    """Whether this number is still the process we noted: the system may have given it to somebody else."""
    command = command_line(pid)
    return str(place.directory) in command or str(place.sockets) in command


def command_line(pid: int) -> str:
    """What the process was started with, or nothing; from /proc, or `ps` where there is none (macOS)."""
    if Path("/proc/self").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout


def kill_group(pid: int) -> bool:
    """False where nothing of the group is left."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS answers the latter for a group of zombies
        return False
    return True


def tail(log: Path, lines: int = 8) -> Iterator[str]:
    """The last lines that a process said."""
    with suppress(FileNotFoundError):
        yield from log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
