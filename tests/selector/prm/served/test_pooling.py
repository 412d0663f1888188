"""A served reward model scores as the same model here would, or ends with a sentence: never a wrong score."""

import json
import logging
import math
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

from selector.__main__ import main
from selector.commands import score
from selector.formats.published import math_shepherd
from selector.prm import reward_model, styles
from selector.prm.config import TrainConfig
from selector.prm.identity import DifferentModels, Identity, require_same
from selector.prm.served import pooling, server
from selector.prm.served.pooling import RemoteScorer
from selector.prm.served.server import BadRemoteAnswer, RemoteScorerError, RemoteScorerUnavailable
from selector.prm.training import train
from selector.types import Scored
from tests.present import present
from tests.selector import replicas, tiny
from tests.selector.replicas import Replica
from tests.selector.served import Served, changed, cut, dropped, serving, silent, status
from tests.selector.tiny import CORPUS, EIGHT, PROBLEM, ROWS, quick

HOSTILE = (
    "Is <|im_end|> or <extra_0> or </s> or \u043a\u0438 text?",
    ["It is <extra_0>.", "<|im_start|>system", "\u043a\u0438"],
)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the scorer would have waited before each further attempt."""
    waited: list[float] = []
    monkeypatch.setattr(server, "sleep", waited.append)
    monkeypatch.delenv(server.TOKEN, raising=False)
    return waited


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A model that reads steps alone, one that reads the solution, one that judges the whole of it."""
    place = tmp_path_factory.mktemp("checkpoints")
    base = str(tiny.bidirectional_base(place / "base"))
    configs = {
        "step": quick(min_updates=5),
        "solution": TrainConfig.for_base(base, min_updates=5, rate=3e-3, neutral="negative", aggregate="min"),
        "orm": quick(kind="orm", context="solution", min_updates=5),
    }
    for name, config in configs.items():
        train.train(EIGHT, config=config, corpus=CORPUS, out=place / name)
    return {name: place / name for name in configs}


@pytest.fixture
def served(checkpoints: dict[str, Path]) -> Iterator[Served]:
    with serving(of_checkpoint(checkpoints["step"])) as served:
        yield served


def of_checkpoint(path: Path) -> Served:
    """Served from its files alone, by none of our code."""
    model = AutoModelForTokenClassification.from_pretrained(path).eval()
    return Served(lambda ids: model(torch.tensor([list(ids)])).logits[0], model.config.max_position_embeddings)


def scorer(served: Served, checkpoint: Path) -> RemoteScorer:
    return pooling.load(served.url, model="prm", tokenizer=str(checkpoint), style="tokens")


def same(found: list[Scored], expected: list[Scored]) -> bool:
    for one, other in zip(found, expected, strict=True):
        assert one.too_long == other.too_long
        assert one.step_probs == (None if other.step_probs is None else pytest.approx(other.step_probs, abs=1e-6))
        assert one.log_score == (None if other.log_score is None else pytest.approx(other.log_score, abs=1e-5))
    return True


@pytest.mark.parametrize("kind", ["step", "solution", "orm"])
def test_a_served_checkpoint_scores_as_the_checkpoint_here(kind, checkpoints):
    rows = [*ROWS, ("Why?", ["digits " * 600]), HOSTILE]
    expected = reward_model.load(checkpoints[kind], "cpu").score(rows)
    assert [one.too_long for one in expected[-2:]] == [True, False]
    with serving(of_checkpoint(checkpoints[kind])) as served:
        assert same(scorer(served, checkpoints[kind]).score(rows), expected)


def test_a_checkpoint_of_several_heads_is_refused(served, checkpoints, tmp_path):
    card = reward_model.read_card(checkpoints["step"])
    (tmp_path / reward_model.CARD).write_text(json.dumps(card | {"config": card["config"] | {"heads": 3}}))
    with pytest.raises(reward_model.BadCheckpoint, match="has 3 heads"):
        scorer(served, tmp_path)


def test_nothing_to_score_asks_nothing(served, checkpoints):
    assert scorer(served, checkpoints["step"]).score([]) == []
    assert served.asked == []


def test_requests_are_bounded_in_size_and_number_and_ask_about_a_sequence_once(served, checkpoints, monkeypatch):
    monkeypatch.setattr(pooling, "BATCH_TOKENS", 40)
    model = scorer(served, checkpoints["step"])
    assert same(model.score([*ROWS, *ROWS]), reward_model.load(checkpoints["step"], "cpu").score([*ROWS, *ROWS]))
    sizes = [sum(map(len, body["input"])) for body in served.asked]
    assert len(sizes) > 2 and served.busiest <= server.IN_FLIGHT
    assert all(size <= 40 or len(body["input"]) == 1 for size, body in zip(sizes, served.asked, strict=True))
    sequences = [tuple(ids) for body in served.asked for ids in body["input"]]
    assert len(sequences) == len(set(sequences))


def test_the_server_is_asked_for_its_window_once_and_for_probabilities_by_name(served, checkpoints):
    model = scorer(served, checkpoints["step"])
    model.score(ROWS)
    model.score(ROWS)
    assert served.paths == ["/v1/models", "/pooling", "/pooling"]
    asked = {name: value for name, value in served.asked[0].items() if name != "input"}
    assert asked == {
        "model": "prm", "task": "token_classify", "add_special_tokens": False, "use_activation": True,
        "encoding_format": "float",
    }  # fmt: skip


def test_what_is_longer_than_the_servers_window_is_told_and_not_sent(served, checkpoints):
    served.window = 12
    row = (PROBLEM, ["8", "digits " * 20])
    found = scorer(served, checkpoints["step"]).score([row, (PROBLEM, ["8"])])
    assert found[0] == Scored(step_probs=None, log_score=None, too_long=True)
    assert found[1].step_probs is not None
    assert all(len(ids) <= 12 for body in served.asked for ids in body["input"])


@pytest.mark.parametrize("twist", [status(500), status(503), status(429), dropped, cut])
def test_a_server_that_stumbles_is_asked_again(twist, served, checkpoints, pauses):
    model = scorer(served, checkpoints["step"])
    served.twists = [twist, twist]
    assert same(model.score(ROWS), reward_model.load(checkpoints["step"], "cpu").score(ROWS))
    assert [wait / 2 <= pause <= wait for pause, wait in zip(pauses, server.WAITS, strict=False)] == [True, True]


@pytest.mark.parametrize("twist", [status(500), status(429), dropped, cut])
def test_a_server_that_does_not_recover_is_given_up_with_a_sentence(twist, served, checkpoints, pauses):
    model = scorer(served, checkpoints["step"])
    served.twists = [twist] * 20
    with pytest.raises(RemoteScorerUnavailable, match=rf"^{served.url}/pooling gave no answer in 5 attempts \(.+\)\.$"):
        model.score(ROWS)
    assert len(served.asked) == 5 and len(pauses) == len(server.WAITS)


def test_a_server_that_never_answers_is_given_up(served, checkpoints, monkeypatch):
    monkeypatch.setattr(server, "TIMEOUT", 0.05)
    model = scorer(served, checkpoints["step"])
    served.twists = [silent] * 20
    with pytest.raises(RemoteScorerUnavailable, match="timed out"):
        model.score(ROWS)


def test_a_server_that_is_not_there_is_told():
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(RemoteScorerUnavailable, match=rf"^http://127.0.0.1:{port}/v1/models gave no answer.*refused"):
        pooling.load(f"http://127.0.0.1:{port}", model="prm", tokenizer="x", style="tokens")


def test_after_the_first_failure_what_was_not_yet_sent_is_not_sent(served, checkpoints, monkeypatch):
    monkeypatch.setattr(pooling, "BATCH_TOKENS", 1)
    monkeypatch.setattr(pooling, "IN_FLIGHT", 1)
    model = scorer(served, checkpoints["step"])
    served.twists = [status(400)] * 100
    with pytest.raises(BadRemoteAnswer):
        model.score([(PROBLEM, [f"So it is {n}." for n in range(50)])])
    assert len(served.asked) < 5


def first_row(row: list[Any]) -> Any:
    """The first sequence's every row replaced."""
    return lambda data: [{**data[0], "data": [row] * len(data[0]["data"])}, *data[1:]]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data[:-1], "answers came back"),
        (lambda data: [*data, data[0]], "answers came back"),
        (lambda data: [*data[:-1], data[0]], "not one for each"),
        (lambda data: [{**data[0], "data": data[0]["data"][1:]}, *data[1:]], "rows instead of"),
        (lambda data: [{**data[0], "data": data[0]["data"][-1:]}, *data[1:]], "1 rows instead of"),
        (lambda data: [{**data[0], "data": "AAAA"}, *data[1:]], "no rows instead of"),
        (first_row([0.5, 0.5]), "2 classes instead of 3"),
        (first_row([0.25, 0.25, 0.25, 0.25]), "4 classes instead of 3"),
        (first_row([math.nan, 0.5, 0.5]), "no probabilities"),
        (first_row([None, 0.5, 0.5]), "no probabilities"),
        (first_row(["0.5", 0.5, 0.0]), "no probabilities"),
        (first_row([math.inf, 0.5, 0.5]), "no probabilities"),
        (first_row([3.2, -1.5, 0.4]), "no probabilities"),
        (first_row([0.9, 0.9, 0.9]), "no softmax"),
        (first_row([0.1, 0.2, 0.3]), "no softmax"),
        (lambda data: {"a": 1}, "another shape"),
        (lambda data: None, "another shape"),
        (lambda data: [{"data": []}], "another shape"),
    ],
)
def test_an_answer_that_is_no_scores_is_refused_with_a_sentence(change, told, served, checkpoints):
    model = scorer(served, checkpoints["step"])
    served.twists = [changed(change)]
    with pytest.raises(BadRemoteAnswer, match=told) as caught:
        model.score(ROWS)
    assert str(caught.value).startswith(f"{served.url}/pooling gave no scores of 'prm': ")
    assert len(served.asked) == 1


def test_answers_are_taken_by_their_index_not_their_place(served, checkpoints):
    model = scorer(served, checkpoints["step"])
    served.twists = [changed(lambda data: data[::-1])]
    assert same(model.score(ROWS), reward_model.load(checkpoints["step"], "cpu").score(ROWS))


def test_a_redirect_is_not_followed(served, checkpoints):
    model = scorer(served, checkpoints["step"])
    served.twists = [status(307, Location=f"{served.url}/elsewhere")]
    with pytest.raises(BadRemoteAnswer, match="redirects, which is not followed"):
        model.score(ROWS)
    assert served.paths == ["/v1/models", "/pooling"]


def test_a_model_that_is_not_served_is_told_with_those_that_are(served, checkpoints):
    with pytest.raises(RemoteScorerError, match=rf"{served.url} serves 'prm', not 'other'\."):
        pooling.load(served.url, model="other", tokenizer=str(checkpoints["step"]), style="tokens")


@pytest.mark.parametrize("window", [None, "many", True])
def test_a_server_that_tells_no_window_is_refused(window, served, checkpoints):
    served.window = window
    with pytest.raises(BadRemoteAnswer, match="max_model_len"):
        scorer(served, checkpoints["step"])


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1", "127.0.0.1:8000", "http://", "file:///etc/passwd", "http://h:port", "http://h/?a=1", ""]
)
def test_only_a_web_address_is_taken(url):
    with pytest.raises(RemoteScorerError, match="address"):
        pooling.load(url, model="prm", tokenizer="x", style="tokens")


def test_a_password_in_the_address_is_refused_and_not_repeated():
    with pytest.raises(RemoteScorerError, match="REMOTE_SCORER_TOKEN") as caught:
        pooling.load("http://me:hidden@127.0.0.1", model="prm", tokenizer="x", style="tokens")
    assert "hidden" not in str(caught.value)


def test_the_token_comes_from_the_environment_and_is_told_nowhere(served, checkpoints, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    served.token = "the-right-one"
    monkeypatch.setenv(server.TOKEN, "the-right-one")
    model = scorer(served, checkpoints["step"])
    assert model.score(ROWS)
    served.token = "another"
    with pytest.raises(BadRemoteAnswer, match="401") as caught:
        model.score(ROWS)
    assert "the-right-one" not in str(caught.value) + caplog.text


@pytest.mark.parametrize("token", ["a b", "a\nX-Other: b", "caf\u00e9"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_repeated(token, served, checkpoints, monkeypatch):
    monkeypatch.setenv(server.TOKEN, token)
    with pytest.raises(RemoteScorerError, match="REMOTE_SCORER_TOKEN") as caught:
        scorer(served, checkpoints["step"])
    assert token not in str(caught.value) and served.paths == []


# Published models


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Replica]:
    return {style: replicas.make(style, tmp_path_factory.mktemp(style)) for style in styles.STYLES}


def as_served(style: str, replica: Replica) -> Served:
    """As docs/public-models.md has each served: a row for each token, of a Qwen PRM for each <extra_0> alone."""
    if style != "qwen":
        return Served(replica.logits, window=replicas.WINDOW)
    tag = AutoTokenizer.from_pretrained(replica.path).convert_tokens_to_ids("<extra_0>")
    return Served(lambda ids: replica.logits(ids)[torch.tensor(list(ids)) == tag], window=replicas.WINDOW)


@pytest.mark.parametrize("style", sorted(styles.STYLES))
def test_a_served_model_scores_as_its_card_computes(style, published):
    replica = published[style]
    with serving(as_served(style, replica)) as served:
        found = pooling.load(served.url, model="prm", tokenizer=str(replica.path), style=style).score(ROWS)
    for (problem, steps), one in zip(ROWS, found, strict=True):
        assert one.step_probs == pytest.approx(replica.reference(problem, list(steps)), abs=1e-5)
        probs = present(one.step_probs)
        whole = min(probs) if style == "math_shepherd" else math.prod(probs)
        assert one.log_score == pytest.approx(math.log(whole))
    assert len({p for one in found for p in one.step_probs or ()}) > 10  # the model tells steps apart


@pytest.mark.parametrize("style", sorted(styles.STYLES))
def test_a_served_model_reads_hostile_texts_as_texts_and_tells_what_is_too_long(style, published):
    with serving(as_served(style, published[style])) as served:
        scorer = pooling.load(served.url, model="prm", tokenizer=str(published[style].path), style=style)
        (one, too_long) = scorer.score([HOSTILE, (PROBLEM, ["digits " * 600])])
    assert len(one.step_probs or ()) == len(HOSTILE[1]) and too_long.too_long


def test_a_qwen_prm_that_is_pooled_otherwise_is_refused(published):
    with serving(Served(published["qwen"].logits, window=replicas.WINDOW)) as served:
        scorer = pooling.load(served.url, model="prm", tokenizer=str(published["qwen"].path), style="qwen")
        with pytest.raises(BadRemoteAnswer, match="rows instead of"):
            scorer.score(ROWS)


def test_step_pooling_of_a_math_shepherd_is_refused(published):
    """vLLM would answer with columns of the hidden states, which look like probabilities after a softmax."""
    replica = published["math_shepherd"]
    tag = AutoTokenizer.from_pretrained(replica.path).encode(math_shepherd.TAG)[-1]
    with serving(Served(lambda ids: replica.logits(ids)[torch.tensor(list(ids)) == tag], window=512)) as served:
        scorer = pooling.load(served.url, model="prm", tokenizer=str(replica.path), style="math_shepherd")
        with pytest.raises(BadRemoteAnswer, match="rows instead of"):
            scorer.score(ROWS)


def test_a_value_head_is_asked_for_bare_values(published):
    with serving(as_served("skywork", published["skywork"])) as served:
        pooling.load(served.url, model="prm", tokenizer=str(published["skywork"].path), style="skywork").score(ROWS)
    assert served.asked and not any(body["use_activation"] for body in served.asked)


@pytest.mark.parametrize("made", [torch.sigmoid, torch.ones_like])  # what a softmax over one class comes to
def test_a_value_head_whose_values_were_made_probabilities_is_refused(made, published):
    replica = published["skywork"]
    with (
        serving(Served(lambda ids: made(replica.logits(ids)), window=replicas.WINDOW)) as served,
        pytest.raises(BadRemoteAnswer, match="an activation was applied already"),
    ):
        pooling.load(served.url, model="prm", tokenizer=str(replica.path), style="skywork")


@pytest.mark.parametrize(
    ("row", "told"), [([], "0 numbers instead of 1"), ([1.0, 2.0], "2 numbers instead of 1"), ([math.inf], "no value")]
)
def test_a_row_that_is_no_value_is_refused(row, told, published):
    replica = published["skywork"]
    with serving(as_served("skywork", replica)) as served:
        scorer = pooling.load(served.url, model="prm", tokenizer=str(replica.path), style="skywork")
        served.twists = [changed(first_row(row))]
        with pytest.raises(BadRemoteAnswer, match=told):
            scorer.score(ROWS)


@pytest.mark.parametrize(("style", "told"), [("qwen", "im_start"), ("math_shepherd", "tag"), ("rlhflow", "template")])
def test_a_tokenizer_of_another_kind_is_refused(style, told, served, checkpoints):
    with pytest.raises(styles.BadTokenizer, match=told):
        pooling.load(served.url, model="prm", tokenizer=str(checkpoints["step"]), style=style)


# Which model it is


def identity_of(replica: Replica, logits: Any) -> Identity:
    with serving(Served(logits, window=replicas.WINDOW)) as served:
        return pooling.load(served.url, model="prm", tokenizer=str(replica.path), style="rlhflow").identity()


def test_a_served_model_is_known_by_what_it_says(published):
    replica = published["rlhflow"]
    one = identity_of(replica, replica.logits)
    assert (one.source, one.style, one.name) == ("served", "rlhflow", "prm") and len(one.probe) == 12
    require_same(one, identity_of(replica, lambda ids: replica.logits(ids) + torch.tensor([0.0, 0.01])))
    with pytest.raises(DifferentModels, match="never compared"):
        require_same(one, identity_of(replica, lambda ids: replica.logits(ids) + torch.tensor([0.0, 1.0])))


# The command


@pytest.fixture
def command(served: Served, checkpoints: dict[str, Path], tmp_path: Path, capfdbinary: Any) -> Any:
    """Runs `score` on the eight solutions; the words after the files may be given."""
    problem = {"problem_id": 1, "problem": PROBLEM, "ground_truth_answer": "8"}
    solutions = [{"problem_id": 1, "solution_id": n, "steps": list(steps)} for n, (_, steps) in enumerate(ROWS)]
    files = {"problems.jsonl": [problem], "solutions.jsonl": solutions}
    for name, rows in files.items():
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    ours = ("--remote", served.url, "--model", "prm", "--tokenizer", str(checkpoints["step"]))

    def run(*words: str, status: int = 0) -> tuple[list[dict[str, Any]], str]:
        files = (str(tmp_path / "solutions.jsonl"), "--problems", str(tmp_path / "problems.jsonl"))
        capfdbinary.readouterr()
        assert main(["score", *files, *(words or ours)]) == status
        out, said = capfdbinary.readouterr()
        return [json.loads(line) for line in out.decode().splitlines()], said.decode()

    return run


def test_score_asks_a_server_as_it_asks_a_checkpoint(command, checkpoints):
    here, _ = command("--checkpoint", str(checkpoints["step"]))
    there, _ = command()
    assert [one.keys() for one in there] == [one.keys() for one in here]
    for one, other in zip(there, here, strict=True):
        assert one["solution_id"] == other["solution_id"]
        assert one["step_probs"] == pytest.approx(other["step_probs"], abs=1e-6)


def test_a_server_that_goes_away_ends_score_with_a_sentence_and_whole_rows(command, served, monkeypatch):
    monkeypatch.setattr(score, "BLOCK", 3)
    served.twists = [changed(lambda data: data)] * 2 + [dropped] * 20
    rows, said = command(status=1)
    assert [row["solution_id"] for row in rows] == list(range(6))
    assert all(row["step_probs"] for row in rows)
    assert said.splitlines()[-1].startswith(
        f"python -m selector score: {served.url}/pooling gave no answer in 5 attempts"
    )
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--model", "prm"), "prm holds no tokenizer"),
        (("--model", "prm", "--tokenizer", "nowhere"), "nowhere holds no tokenizer"),
        (("--model", "prm", "--tokenizer", ".", "--style", "qwen"), "holds no tokenizer"),
        (("--model", "other", "--tokenizer", "nowhere"), "serves 'prm', not 'other'"),
    ],
)
def test_score_tells_what_a_remote_model_lacks(words, told, command, served):
    rows, said = command("--endpoint", served.url, *words, status=1)
    assert rows == [] and told in said and "Traceback" not in said


@pytest.mark.parametrize("words", [("--checkpoint", "a", "--model", "b"), ("--endpoint", "http://b")])
def test_score_takes_one_model(words, command):
    with pytest.raises(SystemExit):
        command(*words)


def test_the_command_names_every_style():
    assert set(score.STYLES) == set(styles.STYLES)
