"""One server that speaks OpenAI's chat protocol: asked over HTTP, with patience, and trusted in nothing it answers.

Redirects are not followed and the environment's proxies are not used, so a request reaches the address that the
deployment listed or nobody. One choice is asked for at a time: llama.cpp's server long took no other number, an answer
is kept as soon as it is there, and servers keep the prompt they have just read.
"""

import threading
import time
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson

from labelhub.services.data.sampling.reading import Reason
from labelhub.services.endpoints import Endpoint
from selector.retrying import NoAnswer, TryAgain, may_recover, retry_after, retrying

TIMEOUT = httpx2.Timeout(300.0, connect=10.0)  # seconds without a byte: the answer comes when it is whole
WAITS = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds between attempts, unless the server says how long
MOST_BYTES = 4 * 2**20  # of an answer: more than any max_tokens here could fill
LONGEST_SENTENCE = 300
MOST_TOKENS = 10**9  # told for one answer: more is no count


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that one answer is paid for; None where the server tells none."""

    prompt: int | None = None
    completion: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request: a text, or the reason why there is none. Usage is None where nothing is paid for."""

    text: str = ""
    reason: Reason | None = None
    sentence: str = ""
    hopeless: bool = False  # asking for another would be answered the same
    usage: Usage | None = None


class Server:
    """Asked from several threads at once; `stopped` ends their waiting."""

    def __init__(self, endpoint: Endpoint, *, connections: int) -> None:
        self.stopped = threading.Event()
        self._url = f"{endpoint.url}/chat/completions"
        self._not_before = 0.0  # monotonic seconds: who is told to wait waits for all
        self._client = httpx2.Client(
            headers={"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {},
            timeout=TIMEOUT,
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """End the waiting; requests under way end by themselves."""
        self.stopped.set()
        self._client.close()

    def ask(self, body: dict[str, Any]) -> Answer:
        """The server's answer, after at most six attempts. Raises nothing that a server can do."""
        try:
            return retrying(lambda: self._once(body), waits=WAITS, wait=self._wait)
        except NoAnswer as error:
            sentence = _short(f"No answer in {error.attempts} attempts ({error}).")
            return Answer(reason=Reason.UNAVAILABLE, sentence=sentence)

    def _once(self, body: dict[str, Any]) -> Answer:
        self._pause()
        try:
            status, headers, content = self._send(body)
        except httpx2.RequestError as error:
            raise TryAgain(str(error) or type(error).__name__) from error
        if may_recover(status):
            raise TryAgain(f"status {status}: {_message(content)}", retry_after(headers.get("Retry-After", "")))
        return read(status, content)

    def _send(self, body: dict[str, Any]) -> tuple[int, httpx2.Headers, bytes | None]:
        """Status, headers and body; None for one that is too long to be read."""
        with self._client.stream("POST", self._url, json=body) as response:
            content = b""
            for piece in response.iter_bytes():
                content += piece
                if len(content) > MOST_BYTES:
                    return response.status_code, response.headers, None
            return response.status_code, response.headers, content

    def _wait(self, seconds: float, trouble: TryAgain) -> None:
        if trouble.after is not None:  # the server said so, and means everybody
            self._not_before = max(self._not_before, time.monotonic() + seconds)
        else:
            self.stopped.wait(seconds)

    def _pause(self) -> None:
        while (left := self._not_before - time.monotonic()) > 0 and not self.stopped.wait(left):
            pass


def read(status: int, content: bytes | None) -> Answer:
    """What the server said with a status that asking again won't change."""
    if 300 <= status < 400:
        sentence = f"The server redirects (status {status}), which is not followed: list the address itself."
        return Answer(reason=Reason.REFUSED, sentence=sentence, hopeless=True)
    if status != 200:
        sentence = _short(f"Status {status}: {_message(content)}")
        return Answer(reason=Reason.REFUSED, sentence=sentence, hopeless=status in (401, 404))
    if content is None:
        sentence = f"The answer is longer than {MOST_BYTES:,} bytes."
        return Answer(reason=Reason.TOO_LONG, sentence=sentence, usage=Usage())
    try:
        return _completion(orjson.loads(content))
    except (orjson.JSONDecodeError, TypeError, KeyError, IndexError, AttributeError):
        sentence = _short(f"This is no chat completion: {content[:120]!r}")
        return Answer(reason=Reason.UNREADABLE, sentence=sentence, usage=Usage())


def _completion(answer: dict[str, Any]) -> Answer:
    """Raises TypeError, KeyError, IndexError or AttributeError for another shape than the protocol's."""
    choice, usage = answer["choices"][0], _usage(answer.get("usage"))
    message, finish = choice["message"], choice.get("finish_reason")
    text = message.get("content") or ""
    if finish == "length":
        return Answer(reason=Reason.TOO_LONG, sentence="Cut off at max_tokens.", usage=usage)
    if finish == "content_filter" or (message.get("refusal") and not text):
        return Answer(reason=Reason.REFUSED, sentence="The server's filter took it.", usage=usage)
    if not isinstance(text, str):
        raise TypeError
    return Answer(text=text, usage=usage)


def _usage(told: Any) -> Usage:
    counts = [told.get(name) if isinstance(told, dict) else None for name in ("prompt_tokens", "completion_tokens")]
    return Usage(*(n if type(n) is int and 0 <= n <= MOST_TOKENS else None for n in counts))


def _message(content: bytes | None) -> str:
    """The server's own words, where it has any that can be read."""
    try:
        told = orjson.loads(content or b"")
        error = told.get("error", told)
        return str(error["message"] if isinstance(error, dict) else error)
    except (orjson.JSONDecodeError, AttributeError, KeyError):
        return repr(content[:120].decode(errors="replace")) if content else "no words with it"


def _short(sentence: str) -> str:
    """What fits a list of failures, and every database: no NUL, nothing that is half a character."""
    clean = sentence.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
    return clean if len(clean) <= LONGEST_SENTENCE else f"{clean[: LONGEST_SENTENCE - 3]}..."
