"""A server that holds a model: asked over HTTP again and again, and trusted in nothing it answers.

Redirects are not followed and the environment's proxies are not asked, so that a request reaches the address that was
given or nobody. The bearer token comes from the caller, or from the environment.
"""

import json
import os
from time import sleep
from typing import Any, NamedTuple

import httpx2

from selector.retrying import NoAnswer, TryAgain, may_recover, retry_after, retrying

TOKEN = "REMOTE_SCORER_TOKEN"  # the environment variable that holds the bearer token, if the server asks for one
IN_FLIGHT = 4  # requests at a time: the server queues, and batches across them
TIMEOUT = 120.0  # seconds without a byte: a request may stand behind others in the server's queue
MOST_BYTES = 64 * 2**20  # of an answer: a request's rows of probabilities take a hundredth of it
WAITS = (0.5, 1.0, 2.0, 4.0)  # seconds between attempts, unless the server says how long


class RemoteScorerError(Exception):
    """The remote model cannot be used; the message is the one sentence that the user reads."""


class RemoteScorerUnavailable(RemoteScorerError):
    """The server could not be reached, or was too busy, however often it was asked."""


class BadRemoteAnswer(RemoteScorerError):
    """The server answered, but not with probabilities of the steps it was asked about."""


class Refused(BadRemoteAnswer):
    """The server refused this one request for what is in it; others may be answered."""


class Reply(NamedTuple):
    """An answer that asking again won't change."""

    status: int
    content: bytes


class Server:
    """Asked from several threads at once, each with patience of its own."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self.url = _address(url)
        token = _token() if key is None else key
        self._client = httpx2.Client(
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=TIMEOUT,
            limits=httpx2.Limits(max_connections=IN_FLIGHT),
            follow_redirects=False,
            trust_env=False,
        )

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON at `path`. Raises RemoteScorerUnavailable, or BadRemoteAnswer where asking again won't help."""
        try:
            reply = retrying(lambda: self._send(path, body), waits=WAITS, wait=lambda seconds, _: sleep(seconds))
        except NoAnswer as error:
            raise RemoteScorerUnavailable(
                f"{self.url}{path} gave no answer in {error.attempts} attempts ({error})."
            ) from error
        return self._json(path, reply)

    def _send(self, path: str, body: dict[str, Any] | None) -> Reply:
        try:
            with self._client.stream("GET" if body is None else "POST", self.url + path, json=body) as response:
                if may_recover(response.status_code):
                    after = retry_after(response.headers.get("Retry-After", ""))
                    raise TryAgain(f"status {response.status_code}", after)
                return Reply(response.status_code, self._content(path, response))
        except httpx2.RequestError as error:
            raise TryAgain(str(error) or type(error).__name__) from error

    def _content(self, path: str, response: httpx2.Response) -> bytes:
        content = b""
        for piece in response.iter_bytes():
            content += piece
            if len(content) > MOST_BYTES:
                raise BadRemoteAnswer(f"{self.url}{path} answered with more than {MOST_BYTES:,} bytes.")
        return content

    def _json(self, path: str, reply: Reply) -> Any:
        if 300 <= reply.status < 400:
            raise BadRemoteAnswer(f"{self.url}{path} redirects, which is not followed: give the address itself.")
        if reply.status != 200:
            words = reply.content[:200].decode(errors="replace")
            kind = Refused if reply.status in (400, 413, 422) else BadRemoteAnswer
            raise kind(f"{self.url}{path} answered {reply.status}: {words!a}.")
        try:
            return json.loads(reply.content)
        except ValueError:
            raise BadRemoteAnswer(f"{self.url}{path} answered with something that is no JSON.") from None

    def window(self, model: str) -> int:
        """The longest sequence that the server takes for `model`, in tokens (`max_model_len` of /v1/models)."""
        try:
            served = {card["id"]: card["max_model_len"] for card in self.ask("/v1/models")["data"]}
        except (TypeError, KeyError) as error:
            raise BadRemoteAnswer(f"{self.url}/v1/models does not tell each model's max_model_len.") from error
        if model not in served:
            raise RemoteScorerError(f"{self.url} serves {', '.join(map(repr, served)) or 'no model'}, not {model!r}.")
        if type(served[model]) is not int:
            raise BadRemoteAnswer(f"{self.url}/v1/models tells no max_model_len of {model!r}.")
        return int(served[model])


def _address(url: str) -> str:
    try:
        parts = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise RemoteScorerError(f"{url!r} is no address: {error}.") from None
    if parts.userinfo:
        raise RemoteScorerError(f"An address holds no password: give the token in {TOKEN}.")
    if parts.scheme not in ("http", "https") or not parts.host or parts.query or parts.fragment:
        raise RemoteScorerError(f"{url!r} is no address such as http://127.0.0.1:8000.")
    return url.rstrip("/")


def _token() -> str:
    token = os.environ.get(TOKEN, "")
    if not token.isascii() or not token.isprintable() or " " in token:  # the library's own error would quote it
        raise RemoteScorerError(f"{TOKEN} holds a character that no token has, such as a space or a newline.")
    return token
