"""A reward model too big for a worker: vLLM serves it, this asks it over HTTP and checks every number that comes back.

Sequences travel as token ids to `POST /pooling` with task `token_classify` (vLLM, "Pooling API" and "Token
classification"), so that a step's end is a position, never something to be found in text. Softmax is asked for by name
(`use_activation`), and rows that don't sum to 1 are refused; of a value head the bare value is asked for. vLLM halves
float32 weights unless served with `--dtype float32`. docs/public-models.md says how each style's model is served.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from selector.prm import identity
from selector.prm.encode import Encoded, Row, by_tokens
from selector.prm.identity import PROBE, Identity
from selector.prm.served.server import IN_FLIGHT, BadRemoteAnswer, Server
from selector.prm.styles import STYLES, Style
from selector.prm.styles.style import sigmoid
from selector.types import Scored

BATCH_TOKENS = 8192  # tokens per request: an answer has a row for each
SUMS_TO_ONE = 1e-3  # what a softmax in half precision may be off


class RemoteScorer:
    """A served reward model: a `Scorer`. Raises RemoteScorerUnavailable and BadRemoteAnswer."""

    def __init__(self, server: Server, model: str, style: Style, style_name: str) -> None:
        self.server, self.model, self.style, self.style_name = server, model, style, style_name

    def identity(self) -> Identity:
        """What the model says of a few fixed solutions now: compare it before scores are put beside earlier ones."""
        return identity.of_served(self, style=self.style_name, name=self.model)

    def score(self, rows: Sequence[Row]) -> list[Scored]:
        """One `Scored` per row, in the rows' order; equal sequences are asked about once."""
        encoded = self.style.encode(rows)
        probs = self._judge({sequence for sequences in encoded if sequences for sequence in sequences})
        return [
            self.style.scored(None if sequences is None else [p for sequence in sequences for p in probs[sequence]])
            for sequences in encoded
        ]

    def check_value(self) -> None:
        """Raises BadRemoteAnswer where a value head's values were made probabilities before they came back.

        Nothing else tells such a number from a value: of the probe, no value head puts all between 0 and 1.
        """
        probe = [sequence for sequences in self.style.encode(PROBE) if sequences for sequence in sequences]
        values = [value for rows in self._rows(probe) for row in rows for value in row]
        if all(0 <= value <= 1 for value in values):
            raise BadRemoteAnswer(
                f"{self.server.url}/pooling gives {self.model!r} values from 0 to 1 alone: an activation was applied "
                "already, or the model isn't one of a value head."
            )

    def _judge(self, sequences: set[Encoded]) -> dict[Encoded, list[float]]:
        """P(correct) at each end of each sequence."""
        batches = list(by_tokens(sorted(sequences, key=lambda s: (len(s.ids), s.ids)), BATCH_TOKENS))
        with ThreadPoolExecutor(IN_FLIGHT) as pool:  # at the first error, map cancels what was not yet sent
            judged = pool.map(self._ask, batches)
            return {
                s: p for batch, probs in zip(batches, judged, strict=True) for s, p in zip(batch, probs, strict=True)
            }

    def _ask(self, batch: list[Encoded]) -> list[list[float]]:
        return [[self.style.p_correct(self._probs(row)) for row in rows] for rows in self._rows(batch)]

    def _probs(self, row: list[float]) -> list[float]:
        return row if self.style.outputs > 1 else [sigmoid(row[0])]

    def _rows(self, batch: list[Encoded]) -> list[list[list[float]]]:
        """What the server says at each end of each sequence: a distribution over the classes, or a value."""
        answer = self.server.ask(
            "/pooling",
            {
                "model": self.model,
                "task": "token_classify",
                "input": [sequence.ids for sequence in batch],
                "add_special_tokens": False,
                "use_activation": self.style.outputs > 1,
                "encoding_format": "float",
            },
        )
        try:
            return [
                self._read(sequence, rows) for sequence, rows in zip(batch, _in_order(answer, len(batch)), strict=True)
            ]
        except ValueError as error:
            raise BadRemoteAnswer(f"{self.server.url}/pooling gave no scores of {self.model!r}: {error}") from None

    def _read(self, sequence: Encoded, rows: Any) -> list[list[float]]:
        places = self.style.answered(sequence)
        if not isinstance(rows, list) or len(rows) != len(places):
            found = len(rows) if isinstance(rows, list) else "no"
            raise ValueError(f"{found} rows instead of {len(places)} for {len(sequence.ids)} tokens.")
        at = dict(zip(places, rows, strict=True))
        check = _distribution if self.style.outputs > 1 else _value
        return [check(at[end], self.style.outputs) for end in sequence.ends]


def load(url: str, *, model: str, tokenizer: str, style: str, key: str | None = None) -> RemoteScorer:
    """The scorer for `model` as served at `url`, read in `style` (one of STYLES).

    `tokenizer` is a local directory or a hub id; for the style `tokens`, the checkpoint's directory. `key` is the
    server's bearer token; None takes it from the environment.
    Raises RemoteScorerError, BadTokenizer and prm.BadCheckpoint, each with a sentence.
    """
    server = Server(url, key)
    scorer = RemoteScorer(server, model, STYLES[style](tokenizer, server.window(model)), style)
    if scorer.style.outputs == 1:
        scorer.check_value()
    return scorer


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


def _value(row: Any, outputs: int) -> list[float]:
    """A row of the value alone. Raises ValueError."""
    if not isinstance(row, list) or len(row) != outputs:
        found = len(row) if isinstance(row, list) else "no"
        raise ValueError(f"a row has {found} numbers instead of {outputs}.")
    if not all(type(value) in (int, float) and math.isfinite(value) for value in row):
        raise ValueError(f"a row holds {row}, which is no value.")
    return row
