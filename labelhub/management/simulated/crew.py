"""All simulated labelers of a project: how many items they leave to people, and when they are through."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from labelhub.management.simulated.labeler import LEFT_TO_PEOPLE, Labeler
from labelhub.management.simulated.oracle import Oracle
from labelhub.management.simulated.site import Site

LOOK_EVERY = 1.0  # seconds


@dataclass(frozen=True)
class Manner:
    """How they work: `pace` in seconds per solution, `noise` per step; `leave` items are not touched.

    Of two noises the first labeler has the one and the last the other, with even steps between.
    After `patience` seconds in which nobody finished anything they take those too (0: never).
    """

    pace: float = 0.0
    noise: tuple[float, ...] = (0.0,)
    seed: int = 0
    leave: int = 0
    patience: float = 0.0
    keep_going: bool = False

    def noise_of(self, place: int, labelers: int) -> float:
        """Of the labeler at `place`, from 0, among so many."""
        low, high = self.noise[0], self.noise[-1]
        return low + (high - low) * place / max(1, labelers - 1)


class Crew:
    """What the labelers' threads share; everything that changes is behind one condition."""

    def __init__(self, project: str, oracle: Oracle, manner: Manner, say: Callable[[str], None]) -> None:
        self.project, self.oracle, self.manner = project, oracle, manner
        self.outcomes: Counter[str] = Counter()
        self.handed_in = 0
        self._say = say
        self._changed = threading.Condition()
        self._stopping = False
        self._looks_begun = self._looks_done = 0
        self._at_work = self._busy = self._claiming = 0
        self._free = 0  # items that may be taken until the next look; counts only where some are left to people
        self._last_finish: tuple[object, float] = (None, time.monotonic())
        self._failure: Exception | None = None

    def run(self, sites: Mapping[str, Site], overseer: Site) -> None:
        """Until they are through, or the caller is interrupted. Raises what ended one of them."""
        if self.manner.leave:
            self._look(overseer)
        threads = [
            threading.Thread(target=self._employ, args=(name, site, self.manner.noise_of(place, len(sites))), name=name)
            for place, (name, site) in enumerate(sites.items())
        ]
        self._at_work = len(threads)
        for thread in threads:
            thread.start()
        try:
            self._oversee(overseer)
        finally:
            self.stop()
            for site in sites.values():
                site.give_up()
            for thread in threads:
                thread.join()
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    @property
    def stopping(self) -> bool:
        return self._stopping

    def reserve(self) -> bool:
        """Whether the labeler may take an item now; what it then doesn't get it gives back."""
        with self._changed:
            self._changed.wait_for(lambda: self._looks_done == self._looks_begun or self._stopping)
            if self._stopping or (self.manner.leave and self._free <= 0):
                return False
            self._free -= 1
            self._claiming += 1
            self._busy += 1
            return True

    def give_back(self) -> None:
        with self._changed:
            self._claiming -= 1
            self._busy -= 1

    def took(self) -> None:
        with self._changed:
            self._claiming -= 1

    def finished(self, outcome: str) -> None:
        with self._changed:
            self._busy -= 1
            self.outcomes[outcome] += 1
            self.handed_in += 1
            self._changed.notify_all()

    def rest(self, seconds: float) -> None:
        """Take the time that rating takes, unless the crew is told to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, seconds)

    def waits(self, reason: str, asked_at: int) -> bool:
        """Wait a moment if there may be more for a labeler who was told this; False if it may go home.

        `asked_at` is how many passes were `handed_in` when it asked: what came in since may have given something back.
        """
        with self._changed:
            if reason == LEFT_TO_PEOPLE:
                begun = self._looks_begun  # what was counted before is stale
                self._changed.wait_for(lambda: self._stopping or self._looks_done > begun)
                may_come = self._busy > 0 or self._free > 0 or self.manner.patience > 0
            else:
                may_come = reason == "preparing" or (reason == "all_leased" and self._others_since(asked_at))
                self._changed.wait(LOOK_EVERY if may_come or self.manner.keep_going else 0)
            return (may_come or self.manner.keep_going) and not self._stopping

    def _others_since(self, asked_at: int) -> bool:
        return self._busy > 0 or self.handed_in > asked_at

    def _employ(self, name: str, site: Site, noise: float) -> None:
        try:
            Labeler(name, site, self, noise=noise).work()
        except Exception as error:
            self._failure = self._failure or error
            self.stop()
        finally:
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()

    def _oversee(self, overseer: Site) -> None:
        told = 0
        while self._at_work and not self._stopping:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or not self._at_work, LOOK_EVERY)
                handed_in = self.handed_in
            if self.manner.leave:
                self._look(overseer)
            if handed_in != told:
                told = handed_in
                self._say(f"{told:,} passes handed in")

    def _look(self, overseer: Site) -> None:
        """Count anew how many items may be taken; a claim under way may or may not be counted, so it is taken off."""
        with self._changed:
            self._looks_begun, claiming = self._looks_begun + 1, self._claiming
        try:
            batch = overseer.call("GET", f"projects/{self.project}/progress")["batch"]
            leave = 0 if self._out_of_patience(batch) else self.manner.leave
            # Where nothing is open each may ask once, to be told why.
            self._free = batch["open"] - leave - claiming if batch and batch["open"] else self._at_work
        finally:
            with self._changed:
                self._looks_done += 1
                self._changed.notify_all()

    def _out_of_patience(self, batch: dict[str, Any] | None) -> bool:
        done = batch and (batch["done"], batch["withdrawn"])
        if done != self._last_finish[0]:
            self._last_finish = (done, time.monotonic())
        waited = time.monotonic() - self._last_finish[1]
        return bool(self.manner.patience) and waited >= self.manner.patience
