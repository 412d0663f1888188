"""A server is asked with patience and bounds: it decides when it is asked again, and not how much is read."""

import pytest

from selector.prm.served import server
from selector.prm.served.server import BadRemoteAnswer, Refused, RemoteScorerUnavailable, Server
from tests.chat import Chat, cut, raw, serving, status


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long would have been waited before each further attempt."""
    waited: list[float] = []
    monkeypatch.setattr(server, "sleep", waited.append)
    monkeypatch.delenv(server.TOKEN, raising=False)
    return waited


BODY = {"model": "m", "messages": [{"role": "user", "content": "?"}], "max_tokens": 1, "temperature": 0, "seed": 1}


def ask(chat: Chat) -> object:
    return Server(chat.url).ask("/chat/completions", BODY)


def test_a_server_says_when_it_is_asked_again(pauses: list[float]) -> None:
    with serving(Chat()) as chat:
        chat.twists = [status(503, Retry_After="11"), status(429, Retry_After="2")]
        assert ask(chat)
    assert pauses == [11.0, 2.0] and len(chat.asked) == 3


def test_a_server_that_hangs_up_is_asked_again_a_few_times(pauses: list[float]) -> None:
    with serving(Chat()) as chat:
        chat.twists = [cut] * 9
        with pytest.raises(RemoteScorerUnavailable, match="gave no answer in 5 attempts"):
            ask(chat)
    assert len(chat.asked) == len(server.WAITS) + 1 == len(pauses) + 1


def test_an_answer_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_BYTES", 1000)
    with serving(Chat()) as chat:
        chat.twists = [raw(b" " * 1001)]
        with pytest.raises(BadRemoteAnswer, match="answered with more than 1,000 bytes"):
            ask(chat)
        assert ask(chat)


@pytest.mark.parametrize("code", [400, 413, 422])
def test_a_request_that_is_refused_for_what_is_in_it_is_told_apart(code: int) -> None:
    with serving(Chat()) as chat:
        chat.twists = [status(code)]
        with pytest.raises(Refused, match=rf"/chat/completions answered {code}: .+not now"):
            ask(chat)


@pytest.mark.parametrize("code", [401, 403, 404, 405])
def test_a_request_that_no_other_would_fare_better_than_ends_it(code: int) -> None:
    with serving(Chat()) as chat:
        chat.twists = [status(code)]
        with pytest.raises(BadRemoteAnswer, match=f"answered {code}") as caught:
            ask(chat)
    assert not isinstance(caught.value, Refused) and len(chat.asked) == 1
