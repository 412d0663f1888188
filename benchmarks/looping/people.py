"""Those who label: each on a connection of their own, kept alive, one request after the other."""

import http.client
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass
class Tally:
    """What one round came to."""

    seconds: float
    milliseconds: list[float] = field(default_factory=list)
    errors: int = 0
    labels: list[int] = field(default_factory=list)

    @property
    def loops_per_s(self) -> float:
        return len(self.milliseconds) / self.seconds


class Client:
    """A kept-alive connection with its headers and cookies."""

    def __init__(self, port: int, **headers: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Content-Type": "application/json", **headers}
        self.cookies: dict[str, str] = {}

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """The answer; raises ValueError for any other status."""
        self.connection.request(method, path, json.dumps(body), self.headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != expect:
            raise ValueError(f"{method} {path}: {response.status} {answer[:300]!r}")
        for header in response.headers.get_all("Set-Cookie", []):
            self._keep(header.partition(";")[0])
        return json.loads(answer)

    def _keep(self, cookie: str) -> None:
        name, _, value = cookie.partition("=")
        self.cookies[name] = value
        self.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if name == "csrftoken":
            self.headers["X-CSRFToken"] = value


class Person(Protocol):
    """Somebody who loops: hands in what they hold and takes the next, and returns the label's id."""

    client: Client

    def loop(self) -> int: ...


class Script:
    """LabelHub as a script uses it: a token, and one item in hand."""

    def __init__(self, port: int, token: str) -> None:
        self.client = Client(port, Authorization=f"Bearer {token}")
        self.held = self.take()

    def take(self, *holding: int) -> Any:
        path = "/api/v1/projects/bench/assignments/next"
        return self.client.call("POST", path, {"holding": holding})["assignment"]

    def loop(self) -> int:
        label, self.held = self.hand_in(self.held)
        return label

    def hand_in(self, held: Any, *holding: int) -> tuple[int, Any]:
        if held is None:
            raise ValueError("the queue is empty: ask for fewer --seconds or --rounds")
        body = {"lease": held["lease"]["token"], "ratings": [1, 0, -1], "finish_reason": "found_error"}
        path = f"/api/v1/assignments/{held['id']}/label"
        answer = self.client.call("PUT", path, body | {"total_time": 30_000, "holding": holding})
        return int(answer["label"]["id"]), answer["next"]


class Page(Script):
    """LabelHub as its page uses it: a signed-in session, the CSRF token, and the next item prefetched."""

    def __init__(self, port: int, name: str, password: str) -> None:
        self.client = Client(port)
        self.client.call("GET", "/api/v1/auth/me", expect=401)  # brings the CSRF cookie
        self.client.call("POST", "/api/v1/auth/login", {"username": name, "password": password})
        self.held = self.take()
        self.ahead = self.take(self.held["id"])

    def loop(self) -> int:
        label, following = self.hand_in(self.held, *([self.ahead["id"]] if self.ahead else []))
        self.held, self.ahead = self.ahead, following
        return label


class Bare:
    """The baseline."""

    def __init__(self, port: int) -> None:
        self.client = Client(port)
        self.held = self.client.call("POST", "/next", {"item": None})["item"]

    def loop(self) -> int:
        submitted: int = self.held
        self.held = self.client.call("POST", "/next", {"item": submitted, "ratings": [1, 0, -1]})["item"]
        return submitted


def run_round(people: Sequence[Person], seconds: float) -> Tally:
    """Everybody loops until the time is up."""
    tally, end = Tally(seconds), time.monotonic() + seconds

    def work(person: Person) -> None:
        person.client.connection.close()  # kept alive over others' rounds, the server has closed it by now
        while (started := time.monotonic()) < end:
            try:
                tally.labels.append(person.loop())
                tally.milliseconds.append(1000 * (time.monotonic() - started))
            except (ValueError, OSError, http.client.HTTPException) as error:
                tally.errors += 1
                print(error, file=sys.stderr)
                return

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally
