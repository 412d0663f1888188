"""A server that speaks vLLM's pooling protocol and replays the step scores that a Qwen PRM once gave.

    python -m studies.replay --problems P.jsonl --solutions S.jsonl --scores SCORES.jsonl --prm qwen_prm \
        --tokenizer DIR [--port 8123]

It shows a site with a served reward model where no GPU is at hand: the requests are those that vLLM gets, and the
answers are real scores. `SCORES` holds rows of `solution_id` and `prm_step_scores`, by model. Into DIR goes a tokenizer
of bytes with Qwen's special tokens: what it encodes, this server reads back letter by letter. A solution that isn't in
the file gets 0.5 at each step.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

START, END, TAG = SPECIAL = ("<|im_start|>", "<|im_end|>", "<extra_0>")
WINDOW = 32_768  # tokens
UNKNOWN = 0.5  # P(correct) of a step whose solution has no scores in the file

Key = tuple[str, tuple[str, ...]]  # problem and steps


def make_tokenizer(place: Path) -> PreTrainedTokenizerFast:
    """A tokenizer of single bytes and Qwen's special tokens, saved in the directory."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    bytewise = Tokenizer(models.BPE(vocab={letter: number for number, letter in enumerate(alphabet)}, merges=[]))
    bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    bytewise.decoder = decoders.ByteLevel()
    bytewise.add_special_tokens([AddedToken(name, special=True) for name in SPECIAL])
    made = PreTrainedTokenizerFast(tokenizer_object=bytewise)  # type: ignore[no-untyped-call]
    made.save_pretrained(place)
    return made


class Replay:
    """The scores by problem and steps, and how a request's token ids tell which solution it asks about."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, scores: Mapping[Key, Sequence[float]]) -> None:
        self.tokenizer, self.scores, self.unknown = tokenizer, scores, UNKNOWN
        vocabulary = tokenizer.get_vocab()
        self.end, self.tag = vocabulary[END], vocabulary[TAG]

    def rows(self, ids: Sequence[int]) -> list[list[float]]:
        """P(bad) and P(good) at each <extra_0>, as vLLM's STEP pooling answers for Qwen2.5-Math-PRM."""
        _, user, assistant, *_ = self._parts(ids, self.end)
        *steps, _ = self._parts(assistant, self.tag)
        problem = self._text(user).partition("user\n")[2]
        texts = [self._text(step) for step in steps]
        texts[0] = texts[0].partition("assistant\n")[2]
        found = self.scores.get((problem, tuple(texts)), [self.unknown] * len(texts))
        return [[1 - p, p] for p in found]

    def _parts(self, ids: Sequence[int], separator: int) -> list[list[int]]:
        parts: list[list[int]] = [[]]
        for each in ids:
            if each == separator:
                parts.append([])
            else:
                parts[-1].append(each)
        return parts

    def _text(self, ids: Sequence[int]) -> str:
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))


def scores_of(problems: Path, solutions: Path, scores: Path, prm: str) -> dict[Key, list[float]]:
    """One model's step scores by problem and steps."""
    texts = {row["problem_id"]: row["problem"] for row in _rows(problems)}
    by_id = {row["solution_id"]: row["prm_step_scores"][prm] for row in _rows(scores)}
    return {
        (texts[row["problem_id"]], tuple(row["steps"])): by_id[row["solution_id"]]
        for row in _rows(solutions)
        if row["solution_id"] in by_id
    }


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def server(replay: Replay, model: str, port: int) -> ThreadingHTTPServer:
    """The server, listening on this machine alone; port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            card = {"id": model, "object": "model", "max_model_len": WINDOW}
            self._reply(200, {"object": "list", "data": [card]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path != "/pooling" or body.get("model") != model:
                return self._reply(404, {"error": {"message": f"The model {body.get('model')!r} does not exist."}})
            data = [{"index": n, "object": "pooling", "data": replay.rows(ids)} for n, ids in enumerate(body["input"])]
            self._reply(200, {"object": "list", "model": model, "data": data})

        def _reply(self, status: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("problems", "solutions", "scores", "tokenizer"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--prm", required=True, help="whose scores of the file; the server's model has this name")
    parser.add_argument("--port", type=int, default=8123)
    options = parser.parse_args()
    known = scores_of(options.problems, options.solutions, options.scores, options.prm)
    serving = server(Replay(make_tokenizer(options.tokenizer), known), options.prm, options.port)
    sys.stderr.write(f"{options.prm} at http://127.0.0.1:{serving.server_port}: {len(known):,} solutions\n")
    with serving:
        serving.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
