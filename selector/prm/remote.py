"""A reward model too big for a worker: vLLM serves it, this asks it over HTTP and checks every number that comes back.

Sequences travel as token ids to `POST /pooling` with task `token_classify` (vLLM, "Pooling API" and "Token
classification"), so that a step's end is a position, never something to be found in text. Softmax is asked for by name
(`use_activation`), and rows that don't sum to 1 are refused. vLLM halves float32 weights unless served with
`--dtype float32`. Each style (selector/prm/styles.py) says how its model is to be served.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import httpx2

from selector.prm.aggregate import log_score
from selector.prm.encode import Encoded, Row, by_tokens
from selector.prm.styles import STYLES, Style
from selector.retrying import NoAnswer, TryAgain, may_recover, retry_after, retrying
from selector.types import Scored

TOKEN = "REMOTE_SCORER_TOKEN"  # the environment variable that holds the bearer token, if the server asks for one
BATCH_TOKENS = 8192  # tokens per request: an answer has a row for each
IN_FLIGHT = 4  # requests at a time: the server queues, and batches across them
TIMEOUT = 120.0  # seconds without a byte: a request may stand behind others in the server's queue
WAITS = (0.5, 1.0, 2.0, 4.0)  # seconds between attempts, unless the server says how long
SUMS_TO_ONE = 1e-3  # what a softmax in half precision may be off


class RemoteScorerError(Exception):
    """The remote model cannot be used; the message is the one sentence that the user reads."""


class RemoteScorerUnavailable(RemoteScorerError):
    """The server could not be reached, or was too busy, however often it was asked."""


class BadRemoteAnswer(RemoteScorerError):
    """The server answered, but not with probabilities of the steps it was asked about."""


class Server:
    """vLLM's OpenAI-compatible server. Redirects are not followed, and proxies of the environment are not asked."""

    def __init__(self, url: str) -> None:
        self.url = _address(url)
        self._client = httpx2.Client(
            headers=_headers(),
            timeout=TIMEOUT,
            limits=httpx2.Limits(max_connections=IN_FLIGHT),
            follow_redirects=False,
            trust_env=False,
        )

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON at `path`. Raises RemoteScorerUnavailable, or BadRemoteAnswer where asking again won't help."""
        try:
            response = retrying(lambda: self._send(path, body), waits=WAITS, wait=lambda seconds, _: sleep(seconds))
        except NoAnswer as error:
            raise RemoteScorerUnavailable(
                f"{self.url}{path} gave no answer in {error.attempts} attempts ({error})."
            ) from error
        return self._json(response)

    def _send(self, path: str, body: dict[str, Any] | None) -> httpx2.Response:
        try:
            response = self._client.request("GET" if body is None else "POST", self.url + path, json=body)
        except httpx2.RequestError as error:
            raise TryAgain(str(error) or type(error).__name__) from error
        if may_recover(response.status_code):
            raise TryAgain(f"status {response.status_code}", retry_after(response.headers.get("Retry-After", "")))
        return response

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

    def _json(self, response: httpx2.Response) -> Any:
        if response.is_redirect:
            raise BadRemoteAnswer(f"{response.url} redirects, which is not followed: give the address itself.")
        if response.status_code != 200:
            raise BadRemoteAnswer(f"{response.url} answered {response.status_code}: {response.text[:200]!a}.")
        try:
            return response.json()
        except ValueError:
            raise BadRemoteAnswer(f"{response.url} answered with something that is no JSON.") from None


class RemoteScorer:
    """A served reward model: a `Scorer`. Raises RemoteScorerUnavailable and BadRemoteAnswer."""

    def __init__(self, server: Server, model: str, style: Style) -> None:
        self.server, self.model, self.style = server, model, style

    def score(self, rows: Sequence[Row]) -> list[Scored]:
        """One `Scored` per row, in the rows' order; equal sequences are asked about once."""
        encoded = self.style.encode(rows)
        probs = self._judge({sequence for sequences in encoded if sequences for sequence in sequences})
        return [self._scored(sequences, probs) for sequences in encoded]

    def _scored(self, sequences: list[Encoded] | None, probs: dict[Encoded, list[float]]) -> Scored:
        if sequences is None:
            return Scored(step_probs=None, log_score=None, too_long=True)
        step_probs = tuple(p for sequence in sequences for p in probs[sequence])
        if self.style.kind == "orm":
            return Scored(step_probs=None, log_score=log_score(step_probs, "last"))
        return Scored(step_probs=step_probs, log_score=log_score(step_probs, self.style.aggregate))

    def _judge(self, sequences: set[Encoded]) -> dict[Encoded, list[float]]:
        """P(correct) at each end of each sequence."""
        batches = list(by_tokens(sorted(sequences, key=lambda s: (len(s.ids), s.ids)), BATCH_TOKENS))
        with ThreadPoolExecutor(IN_FLIGHT) as pool:  # at the first error, map cancels what was not yet sent
            judged = pool.map(self._ask, batches)
            return {
                s: p for batch, probs in zip(batches, judged, strict=True) for s, p in zip(batch, probs, strict=True)
            }

    def _ask(self, batch: list[Encoded]) -> list[list[float]]:
        answer = self.server.ask(
            "/pooling",
            {
                "model": self.model,
                "task": "token_classify",
                "input": [sequence.ids for sequence in batch],
                "add_special_tokens": False,
                "use_activation": True,
                "encoding_format": "float",
            },
        )
        try:
            return [
                self._read(sequence, rows) for sequence, rows in zip(batch, _in_order(answer, len(batch)), strict=True)
            ]
        except ValueError as error:
            raise BadRemoteAnswer(f"{self.server.url}/pooling gave no scores of {self.model!r}: {error}") from None

    def _read(self, sequence: Encoded, rows: Any) -> list[float]:
        places = self.style.rows(sequence)
        if not isinstance(rows, list) or len(rows) != len(places):
            found = len(rows) if isinstance(rows, list) else "no"
            raise ValueError(f"{found} rows instead of {len(places)} for {len(sequence.ids)} tokens.")
        at = dict(zip(places, rows, strict=True))
        return [self.style.p_correct(_distribution(at[end], self.style.classes)) for end in sequence.ends]


def load(url: str, *, model: str, tokenizer: str, style: str) -> RemoteScorer:
    """The scorer for `model` as served at `url`, read in `style` (one of STYLES).

    `tokenizer` is a local directory or a hub id; for the style `tokens`, the checkpoint's directory.
    Raises RemoteScorerError, BadTokenizer and prm.BadCheckpoint, each with a sentence.
    """
    server = Server(url)
    return RemoteScorer(server, model, STYLES[style](tokenizer, server.window(model)))


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


def _headers() -> dict[str, str]:
    token = os.environ.get(TOKEN, "")
    if not token.isascii() or not token.isprintable() or " " in token:  # the library's own error would quote it
        raise RemoteScorerError(f"{TOKEN} holds a character that no token has, such as a space or a newline.")
    return {"Authorization": f"Bearer {token}"} if token else {}


def _in_order(answer: Any, count: int) -> list[Any]:
    """What was answered for each sequence, by the index that the server gives it. Raises ValueError."""
    try:
        found = [item["data"] for item in sorted(answer["data"], key=lambda item: item["index"])]
        indices = sorted(item["index"] for item in answer["data"])
    except (TypeError, KeyError):
        raise ValueError("the answer has another shape than vLLM's.") from None
    if indices != list(range(count)):
        raise ValueError(f"{len(found)} answers came back for {count} sequences, or not one for each.")
    return found


def _distribution(row: Any, classes: int) -> list[float]:
    """A row of `classes` probabilities. Raises ValueError."""
    if not isinstance(row, list) or len(row) != classes:
        found = len(row) if isinstance(row, list) else "no"
        raise ValueError(f"a row has {found} classes instead of {classes}.")
    if not all(type(p) in (int, float) and 0 <= p <= 1 for p in row):  # false for NaN too
        raise ValueError(f"a row holds {row}, which are no probabilities.")
    if abs(sum(row) - 1) > SUMS_TO_ONE:
        raise ValueError(f"a row sums to {sum(row)}, not to 1: the server applied no softmax.")
    return row
