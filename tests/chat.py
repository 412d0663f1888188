"""A small server that speaks OpenAI's chat protocol, as vLLM and llama.cpp's server do, over real sockets.

It checks what it is asked as they would, and answers what `model` makes of the messages and the seed. A `twist` spoils
one of its next answers; `hold` keeps answers back until they are released.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Model = Callable[[list[dict[str, str]], int], str]
Twist = Callable[["Handler", dict[str, Any]], dict[str, Any] | None]  # None where it has answered itself


def plain(messages: list[dict[str, str]], seed: int) -> str:
    """A solution, or a step, that is another one for each seed."""
    if messages[-1]["content"].startswith("Write the next step") or "Write the first step" in messages[-1]["content"]:
        return f"So 3 + 4 is 7 (thought {seed})."
    return f"Tom has 3 apples.\nHe buys 4, so he has 7 (thought {seed}).\n\n# Answer\n\n7"


class Chat:
    """What is served, what was asked, and what is to go wrong."""

    def __init__(self, model: Model = plain, *, key: str = "") -> None:
        self.model, self.key, self.url = model, key, ""
        self.twists: list[Twist] = []  # one for each of the next requests
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.busy = self.busiest = 0
        self.lock = threading.Lock()
        self.free = threading.Event()
        self.free.set()

    def hold(self) -> None:
        """From now on nothing is answered until `free` is set."""
        self.free.clear()

    def texts(self) -> list[str]:
        """What was last said in each request."""
        return [body["messages"][-1]["content"] for body in self.asked]

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        sides = [message["role"] for message in body["messages"]]
        assert sides == ["user", "assistant", "user"][: len(sides)], "some templates take no other order"
        assert body["max_tokens"] > 0 and 0 <= body["temperature"] <= 2 and 0 <= body["seed"] < 2**31
        text = self.model(body["messages"], body["seed"])
        message = {"role": "assistant", "content": text}
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return {"id": "chat-1", "object": "chat.completion", "model": body["model"], "choices": choices, "usage": usage}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    chat: Chat

    def do_POST(self) -> None:
        chat = self.chat
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with chat.lock:
            chat.asked.append(body)
            chat.paths.append(self.path)
            chat.headers.append(dict(self.headers))
            chat.busy += 1
            chat.busiest = max(chat.busiest, chat.busy)
            twist = chat.twists.pop(0) if chat.twists else None
        chat.free.wait()
        with chat.lock:
            chat.busy -= 1
        if chat.key and self.headers["Authorization"] != f"Bearer {chat.key}":
            return self.reply(401, {"error": {"message": "Incorrect API key provided."}})
        if self.path != "/v1/chat/completions":
            return self.reply(404, {"detail": "Not Found"})
        answer = chat.answer(body)
        spoilt = twist(self, answer) if twist else answer
        if spoilt is not None:
            self.reply(200, spoilt)

    def reply(self, status: int, answer: Any, **headers: str) -> None:
        self.send(status, json.dumps(answer).encode(), **headers)

    def send(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **told}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True  # an idle kept connection must not hold up the end
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever is killed hangs up: nothing to tell."""


@contextmanager
def serving(chat: Chat) -> Iterator[Chat]:
    server = Server(("127.0.0.1", 0), type("Of", (Handler,), {"chat": chat}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    chat.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield chat
    finally:
        chat.free.set()
        server.shutdown()
        server.server_close()
        thread.join()


def status(code: int, **headers: str) -> Twist:
    """Answers with this status instead."""
    return lambda handler, answer: handler.reply(code, {"error": {"message": "not now"}}, **headers)


def says(text: str | None, *, finish: str = "stop", **message: Any) -> Twist:
    """Answers with this text."""
    return lambda handler, answer: (
        answer | {"choices": [{"index": 0, "message": {"content": text, **message}, "finish_reason": finish}]}
    )


def raw(content: bytes) -> Twist:
    """Answers with these bytes."""
    return lambda handler, answer: handler.send(200, content)


def cut(handler: Handler, answer: dict[str, Any]) -> None:
    """Hangs up in the middle of the answer."""
    content = json.dumps(answer).encode()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[: len(content) // 2])
    handler.close_connection = True
