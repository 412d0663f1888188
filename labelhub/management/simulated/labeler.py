"""One simulated labeler: gets an assignment, takes its time, rates it by the oracle, hands it in, goes on."""

import random
import time
from typing import TYPE_CHECKING, Any

from labelhub.management.simulated.oracle import Oracle, Ratings
from labelhub.management.simulated.site import Refused, Site

if TYPE_CHECKING:
    from labelhub.management.simulated.crew import Crew

UNKNOWN = "The simulated labelers' files do not know this solution."
LEFT_TO_PEOPLE = "left_to_people"
LOST = ("lease_lost", "generation_closed")  # the pass is void, and the labeler goes on


class Labeler:
    """Works for a crew until there is nothing more for it."""

    def __init__(self, name: str, site: Site, crew: "Crew", *, noise: float) -> None:
        self.name, self._site, self._crew, self._noise = name, site, crew, noise
        self._reason, self._asked_at = "", 0

    def work(self) -> None:
        """Until nothing is left that is worth waiting for, or the crew stops; what is held then is handed back."""
        assignment = self._claim()
        while not self._crew.stopping:
            if assignment is None and not self._crew.waits(self._reason, self._asked_at):
                return
            assignment = self._pass(assignment) if assignment else self._claim()
        if assignment:
            self._release(assignment)

    def _claim(self) -> dict[str, Any] | None:
        self._asked_at = self._crew.handed_in
        if not self._crew.reserve():
            self._reason = LEFT_TO_PEOPLE
            return None
        answer = self._site.call("POST", f"projects/{self._crew.project}/assignments/next", {"holding": []})
        if answer["assignment"] is None:
            self._crew.give_back()
            self._reason = answer["reason"]["code"]
            return None
        self._crew.took()
        return dict(answer["assignment"])

    def _pass(self, assignment: dict[str, Any]) -> dict[str, Any] | None:
        """Rate it and hand it in; the next assignment, if there is one that may be taken."""
        manner, started = self._crew.manner, time.monotonic()
        rng = random.Random(f"{manner.seed}:{self.name}:{assignment['solution_id']}")
        self._crew.rest(manner.pace * rng.uniform(0.5, 1.5))
        body = rate(assignment, self._crew.oracle, noise=self._noise, rng=rng)
        body["total_time"] = max(1, round(1000 * (time.monotonic() - started)))
        self._asked_at = self._crew.handed_in
        try:
            answer = self._site.call("PUT", f"assignments/{assignment['id']}/label", body)
        except Refused as refusal:
            if refusal.code not in LOST:
                raise
            self._crew.finished(refusal.code)
            return self._claim()
        self._crew.finished(body["finish_reason"])
        return self._following(answer["next"], answer["reason"])

    def _following(self, assignment: dict[str, Any] | None, reason: dict[str, str] | None) -> dict[str, Any] | None:
        if assignment and not self._crew.reserve():
            self._release(assignment)
            assignment, self._reason = None, LEFT_TO_PEOPLE
        elif assignment:
            self._crew.took()
        elif reason:
            self._reason = reason["code"]
        return assignment

    def _release(self, assignment: dict[str, Any]) -> None:
        self._site.call("POST", f"assignments/{assignment['id']}/release")


def rate(assignment: dict[str, Any], oracle: Oracle, *, noise: float, rng: random.Random) -> dict[str, Any]:
    """The body of a pass, all but its time: what the oracle knows, each rating turned over with probability `noise`."""
    body = {"lease": assignment["lease"]["token"], "flagged": [], "alternatives": [], "reason": ""}
    known = oracle.ratings(assignment["problem"], assignment["steps"])
    if known is None:
        return body | {"ratings": [], "finish_reason": "give_up", "reason": UNKNOWN}
    ratings = noisy(known, len(assignment["steps"]), noise=noise, rng=rng)
    return body | {
        "ratings": list(ratings),
        "flagged": [step for step, rating in enumerate(ratings) if rating is None],
        "finish_reason": "found_error" if ratings[-1] == -1 else "solution",
    }


def noisy(ratings: Ratings, steps: int, *, noise: float, rng: random.Random) -> Ratings:
    """The ratings of somebody who is wrong about a step with probability `noise`, to the first step taken for bad.

    Beyond the true first mistake nothing is known, so whoever overlooks it finds nothing bad in what follows.
    """
    seen: list[int | None] = []
    for rating in (*ratings, *(1,) * (steps - len(ratings))):
        turned = rating is not None and rng.random() < noise
        seen.append((1 if rating == -1 else -1) if turned else rating)
        if seen[-1] == -1:
            break
    return tuple(seen)
