"""The demo from start to end: make ready, start, tell, watch, stop."""

import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import OutputWrapper

from labelhub import paths
from labelhub.demo import sample, site
from labelhub.demo.news import News
from labelhub.demo.place import Place
from labelhub.demo.processes import Supervisor, end_leftovers
from labelhub.models import Project

LOOK_EVERY = 1.0  # seconds
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HURRIED, CALM = 1.5, 20.0  # seconds a solution: a newcomer sees the loop turn soon, a laptop rests afterwards
SHOWN = 2  # generations: the second one's challenger is the first that meets a champion
BANNER = """
  LabelHub is at {address}

  sign in as   password       to
  labeler      {labeler:<14} rate steps
  operator     {operator:<14} watch the loop, judge checkpoints, export

  Data and checkpoints are in {data}, logs in {logs}.
  Ctrl-C stops everything; the next start goes on from here.
"""


class Show:
    """One run of the demo, telling what it does on `out`."""

    def __init__(self, place: Place, out: OutputWrapper, *, port: int, simulation: bool, reset: bool) -> None:
        self._place, self._out = place, out
        self._port, self._simulation, self._reset = port, simulation, reset
        self._pace = HURRIED
        self._processes = Supervisor(place, self._tell)

    def run(self) -> None:
        """Until a signal ends it. Raises Refused when it can't start or go on."""
        with self._place.lock():
            try:
                for number in ENDINGS:
                    signal.signal(number, signal.default_int_handler)  # each becomes KeyboardInterrupt
                self._make_ready()
                self._start()
                self._watch()
            except KeyboardInterrupt:
                self._say("\n  Stopping.")
            finally:
                # Ending in order takes some seconds; an impatient second Ctrl-C must not leave processes behind.
                for number in ENDINGS:
                    signal.signal(number, signal.SIG_IGN)
                self._processes.stop()
                shutil.rmtree(self._place.sockets, ignore_errors=True)
        self._say("  Stopped.")

    def _make_ready(self) -> None:
        leftovers = end_leftovers(self._place)
        if leftovers:
            self._say("  An earlier demo was killed; what it left running is ended now.")
        site.check_port(self._port, patience=5 if leftovers else 0)  # a killed process lets go a moment later
        if self._reset:
            self._say(
                f"  Deleting {shown(self._place.directory)}: the sample project, its labels, checkpoints and logs."
            )
            self._place.reset()
        self._place.logs.mkdir(parents=True, exist_ok=True)
        with self._stage("Database", "migrate"):
            call_command("migrate", verbosity=0, interactive=False)
        if not site.is_static_collected():
            with self._stage("Static files", "collect and compress"):
                site.collect_static()

    def _start(self) -> None:
        self._processes.start("broker", site.broker(self._place))
        self._processes.start("worker", site.worker(self._place))
        web = self._processes.start("web server", site.web(self._place, self._port))
        project = None if sample.is_seeded() else self._seed()
        with self._stage("Site", "broker, worker, web server"):
            site.wait_ready(self._port, web)
        if project:
            sample.launch(project)
        self._say(self._banner())

    def _seed(self) -> Project:
        with self._stage("Sample project", f"{sample.PROBLEMS} problems, {sample.SAMPLES} solutions each"):
            return sample.seed(self._place)

    def _watch(self) -> None:
        news = News()
        if self._simulation:
            self._set_pace(HURRIED if news.closed() < SHOWN else CALM)
        while True:
            self._processes.watch()
            for line in news.since_last_look():
                self._tell(line)
            if self._simulation and self._pace == HURRIED and news.closed() >= SHOWN:
                self._tell("You have seen the loop turn: from here on the simulated labelers take their time.")
                self._set_pace(CALM)
            time.sleep(LOOK_EVERY)

    def _set_pace(self, pace: float) -> None:
        self._pace = pace
        self._processes.replace("simulated labelers", site.labelers(self._place, self._port, pace=pace))

    def _banner(self) -> str:
        passwords = {each.username: each.password for each in sample.sign_ins(self._place)}
        paths = {"data": shown(self._place.directory), "logs": shown(self._place.logs)}
        return BANNER.format(address=site.address(self._port), **passwords, **paths)

    @contextmanager
    def _stage(self, name: str, what: str) -> Iterator[None]:
        """One line: what is being done, and how long it took once it is."""
        self._out.write(f"  {name:<20}{what:<44}", ending="")
        self._out.flush()
        start = time.monotonic()
        try:
            yield
        except BaseException:
            self._say("failed")
            raise
        self._say(f"{time.monotonic() - start:7.1f} s")

    def _tell(self, line: str) -> None:
        self._say(f"  {time.strftime('%H:%M:%S')}  {line}")

    def _say(self, line: str) -> None:
        self._out.write(line)
        self._out.flush()


def shown(path: Path) -> str:
    """As the person at the terminal would type it."""
    return str(path.relative_to(paths.HOME) if path.is_relative_to(paths.HOME) else path)
