"""A small server that speaks vLLM's pooling protocol, and computes what it answers with a real model.

It keeps what vLLM promises of `/v1/models` and `/pooling` (task token_classify): names, windows, one answer for each
sequence by its index, softmax (of a single number: sigmoid) unless `use_activation` is false. A `twist` spoils its next
answers.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import torch

Logits = Callable[[Sequence[int]], torch.Tensor]  # ids to (rows, classes)
Twist = Callable[["Handler", dict[str, Any]], dict[str, Any] | None]  # None where it has answered itself


class Served:
    """What is served, what was asked, and what is to go wrong."""

    def __init__(self, logits: Logits, window: int = 256, name: str = "prm", token: str | None = None) -> None:
        self.logits, self.window, self.name, self.token = logits, window, name, token
        self.twists: list[Twist] = []  # one for each of the next answers to /pooling
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.busy = self.busiest = 0
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.url = ""

    def rows(self, ids: Sequence[int], activation: bool) -> list[list[float]]:
        with torch.inference_mode():
            logits = self.logits(ids).float()
            if activation:
                logits = torch.sigmoid(logits) if logits.shape[-1] == 1 else torch.softmax(logits, dim=-1)
            rows: list[list[float]] = logits.tolist()
        return rows

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if body["model"] != self.name:
            return 404, {"error": {"message": f"The model `{body['model']}` does not exist."}}
        if any(len(ids) > self.window for ids in body["input"]):
            return 400, {"error": {"message": "This model's maximum context length is exceeded."}}
        assert body["task"] == "token_classify"
        rows = [self.rows(ids, body.get("use_activation") is not False) for ids in body["input"]]
        data = [{"index": n, "object": "pooling", "data": found} for n, found in enumerate(rows)]
        return 200, {"id": "pool-1", "object": "list", "created": 0, "model": self.name, "data": data}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Served

    def do_GET(self) -> None:
        self.served.paths.append(self.path)
        card = {"id": self.served.name, "object": "model", "max_model_len": self.served.window}
        self.reply(200 if self.allowed() else 401, {"object": "list", "data": [card]})

    def do_POST(self) -> None:
        served = self.served
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with served.lock:
            served.paths.append(self.path)
            served.asked.append(body)
            served.busy += 1
            served.busiest = max(served.busiest, served.busy)
            twist = served.twists.pop(0) if served.twists else None
        try:
            status, answer = served.answer(body) if self.allowed() else (401, {"error": "Unauthorized"})
        finally:
            with served.lock:
                served.busy -= 1
        spoilt = twist(self, answer) if twist else answer
        if spoilt is not None:
            self.reply(status, spoilt)

    def allowed(self) -> bool:
        return self.served.token is None or self.headers["Authorization"] == f"Bearer {self.served.token}"

    def reply(self, status: int, answer: Any, **headers: str) -> None:
        content = json.dumps(answer).encode()  # NaN as NaN, as Python's own servers write it
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(served: Served) -> Iterator[Served]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Of", (Handler,), {"served": served}))
    server.daemon_threads = True  # an idle kept connection must not hold up the end
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield served
    finally:
        served.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def status(code: int, **headers: str) -> Twist:
    """Answers with this status instead."""
    return lambda handler, answer: handler.reply(code, {"error": {"message": "not now"}}, **headers)


def dropped(handler: Handler, answer: dict[str, Any]) -> None:
    """Hangs up without a word."""
    handler.close_connection = True


def cut(handler: Handler, answer: dict[str, Any]) -> None:
    """Hangs up in the middle of the answer."""
    content = json.dumps(answer).encode()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[: len(content) // 2])
    handler.close_connection = True


def silent(handler: Handler, answer: dict[str, Any]) -> None:
    """Says nothing until the server ends."""
    handler.served.released.wait()
    handler.close_connection = True


def changed(change: Callable[[list[Any]], Any]) -> Twist:
    """Answers with what `change` makes of the list of answers."""
    return lambda handler, answer: answer | {"data": change(answer["data"])}
