"""The work of a sampling: a bounded number of requests in flight, every answer kept as soon as it is there."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import chain
from typing import Any

from django.db import transaction

from labelhub.models import Project
from labelhub.services.data.sampling.alternatives import Alternatives
from labelhub.services.data.sampling.chat import Answer, Server
from labelhub.services.data.sampling.reading import Reason, Unusable
from labelhub.services.data.sampling.recipe import ALTERNATIVES, SOLUTIONS, Parameters, Subject, Wanted
from labelhub.services.data.sampling.solutions import Solutions
from labelhub.services.data.sampling.state import Place, State
from labelhub.services.endpoints import SAMPLING

Beat = Callable[[int, int, str], None]
Keep = Callable[..., None]  # takes a result, as keywords

MOST_IN_A_ROW = 20  # requests refused or unanswered, one after the other, until the sampling stops: it would go on so
PATIENCE = 1.0  # seconds without an answer until the beat is given all the same
SUBJECTS: dict[str, Callable[[Project, Parameters], Subject]] = {SOLUTIONS: Solutions, ALTERNATIVES: Alternatives}


class EndpointFailed(OSError):
    """The server can't be used as it is; the message is the sentence that the operator reads."""


class Work:
    """One attempt at a sampling. The threads ask; this one alone reads and writes the database."""

    def __init__(
        self, project: Project, parameters: Parameters, so_far: dict[str, Any], beat: Beat, keep: Keep
    ) -> None:
        self._asked = parameters
        self._subject = SUBJECTS[parameters.what](project, parameters)
        self._state = State.of(so_far)
        self._begun, self._total = self._state.done, self._subject.total()
        self._flying: dict[Future[Answer], Place] = {}
        self._in_a_row = 0
        self._beat, self._keep = beat, keep

    def run(self) -> dict[str, Any]:
        """Ask for all that is missing, and tell what became of it.

        Raises EndpointFailed; Refusal and ImproperlyConfigured where the endpoint isn't listed here; what `beat` and
        `keep` raise.
        """
        server = Server(SAMPLING.with_key(self._asked.endpoint), connections=self._asked.at_once)
        pool = ThreadPoolExecutor(self._asked.at_once, thread_name_prefix="sampling")
        missed = sorted(self._state.missed)
        wanted = chain(self._subject.again(missed), self._subject.behind(self._state.reached))
        try:
            while self._send(wanted, server, pool):
                ready, _ = wait(self._flying, timeout=PATIENCE, return_when=FIRST_COMPLETED)
                if ready:
                    self._take([(self._flying.pop(each), each.result()) for each in ready])
                self._tell()
        finally:
            server.close()
            pool.shutdown(wait=False, cancel_futures=True)  # who was overtaken doesn't wait for answers
        return self._result()

    def _send(self, wanted: Iterator[Wanted], server: Server, pool: ThreadPoolExecutor) -> bool:
        """Have as many requests in flight as may be; False when there are none any more."""
        while len(self._flying) < self._asked.at_once and (each := next(wanted, None)):
            self._state.hand_out(each.place)
            if each.body is None:
                self._state.kept["there"] += 1
                self._tell()
            else:
                self._flying[pool.submit(server.ask, each.body)] = each.place
        return bool(self._flying)

    def _take(self, answers: list[tuple[Place, Answer]]) -> None:
        """Keep what came, and where the sampling stands with it, in one transaction. Raises EndpointFailed."""
        read: dict[Place, Any] = {}
        for place, answer in answers:
            if answer.usage:
                self._state.pay(answer.usage)
            try:
                read[place] = self._subject.read(_text(answer))
            except Unusable as failure:
                self._state.fail(place, failure, again=answer.hopeless or failure.reason is Reason.UNAVAILABLE)
            self._in_a_row = 0 if answer.reason not in (Reason.REFUSED, Reason.UNAVAILABLE) else self._in_a_row + 1
        with transaction.atomic():
            self._state.kept.update(self._subject.keep(read).values())
            self._keep(**self._result())
        if hopeless := next((answer for _, answer in answers if answer.hopeless), None):
            raise EndpointFailed(f"The server at {self._asked.endpoint} can't be used. {hopeless.sentence}")
        if self._in_a_row >= MOST_IN_A_ROW:
            sentence = answers[-1][1].sentence
            raise EndpointFailed(f"{self._in_a_row} requests in a row came to nothing, the last one so: {sentence}")

    def _tell(self) -> None:
        what = f"Sampling {self._asked.what} from {self._asked.endpoint}"
        self._beat(min(self._state.done, self._total), self._total, what)

    def _result(self) -> dict[str, Any]:
        return self._state.as_dict(self._flying.values(), total=self._total, begun=self._begun)


def _text(answer: Answer) -> str:
    """What the model wrote. Raises Unusable where nothing came of the request."""
    if answer.reason is not None:
        raise Unusable(answer.reason, answer.sentence)
    return answer.text
