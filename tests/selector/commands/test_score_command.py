"""`python -m selector score` with published models, here and served, and with judges."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selector.__main__ import main
from selector.commands import score
from selector.prm.served import judge, server
from selector.prm.styles import STYLES
from tests.chat import Chat, says
from tests.chat import serving as chatting
from tests.selector import replicas
from tests.selector.replicas import Replica
from tests.selector.served import Served, serving
from tests.selector.tiny import PROBLEM, ROWS

Command = Callable[..., tuple[list[dict[str, Any]], str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Replica]:
    return {style: replicas.make(style, tmp_path_factory.mktemp(style)) for style in STYLES}


@pytest.fixture
def command(tmp_path: Path, capfdbinary: Any, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `score` on the eight solutions."""
    monkeypatch.delenv(server.TOKEN, raising=False)
    monkeypatch.setattr(server, "sleep", lambda seconds: None)
    problem = {"problem_id": 1, "problem": PROBLEM, "ground_truth_answer": "8"}
    solutions = [{"problem_id": 1, "solution_id": n, "steps": list(steps)} for n, (_, steps) in enumerate(ROWS)]
    for name, rows in {"problems": [problem], "solutions": solutions}.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def run(*words: str, status: int = 0) -> tuple[list[dict[str, Any]], str]:
        files = (str(tmp_path / "solutions.jsonl"), "--problems", str(tmp_path / "problems.jsonl"))
        capfdbinary.readouterr()
        assert main(["score", *files, *words]) == status
        out, said = capfdbinary.readouterr()
        return [json.loads(line) for line in out.decode().splitlines()], said.decode()

    return run


def as_its_card(rows: list[dict[str, Any]], replica: Replica) -> bool:
    for row, (problem, steps) in zip(rows, ROWS, strict=True):
        assert row["step_probs"] == pytest.approx(replica.reference(problem, list(steps)), abs=1e-5)
        assert "threshold" not in row
    return True


@pytest.mark.parametrize("style", sorted(STYLES))
def test_score_takes_a_model_from_a_directory(style, command, made):
    rows, _ = command("--model", str(made[style].path), "--style", style)
    assert as_its_card(rows, made[style])


def test_score_takes_the_style_from_the_architecture(command, made):
    rows, _ = command("--model", str(made["skywork"].path))
    assert as_its_card(rows, made["skywork"])


@pytest.mark.parametrize("style", ["tokens", "math_shepherd", "rlhflow", "skywork"])
def test_score_asks_a_server(style, command, made):
    replica = made[style]
    with serving(Served(replica.logits, window=replicas.WINDOW)) as served:
        words = ("--endpoint", served.url, "--model", "prm", "--tokenizer", str(replica.path), "--style", style)
        assert as_its_card(command(*words)[0], replica)


def test_a_served_model_that_is_named_by_its_directory_needs_no_tokenizer(command, made):
    replica = made["rlhflow"]
    with serving(Served(replica.logits, window=replicas.WINDOW, name=str(replica.path))) as served:
        rows, _ = command("--endpoint", served.url, "--model", str(replica.path), "--style", "rlhflow")
    assert as_its_card(rows, replica)


def test_score_asks_a_judge_and_tells_the_votes_it_left_out(command, monkeypatch):
    monkeypatch.setattr(score, "JUDGED", 3)
    with chatting(Chat(lambda messages, seed: "First mistake: none")) as served:
        served.twists = [says("Hm."), says("First mistake: 1")]
        rows, said = command("--endpoint", served.url, "--model", "m", "--style", "judge", "--votes", "2")
    assert len(rows) == len(ROWS) and len(served.asked) == 2 * len(ROWS)
    assert all(0 <= p <= 1 for row in rows for p in row["step_probs"])
    assert "Solutions scored: 3.\nSolutions scored: 6.\nSolutions scored: 8.\n" in said
    assert said.endswith("Votes left out, because they could not be read: 1 of 16.\n")


def test_a_judge_that_follows_no_instructions_ends_score_with_a_sentence(command):
    with chatting(Chat(lambda messages, seed: "Hm.")) as served:
        rows, said = command("--endpoint", served.url, "--model", "m", "--style", "judge", status=1)
    assert rows == [] and "None of the 40 votes of 'm'" in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--checkpoint", "c", "--endpoint", "http://h"), "--endpoint asks for --model too."),
        (("--checkpoint", "c", "--style", "qwen"), "--style asks for --model too."),
        (("--checkpoint", "c", "--identity", "f"), "--identity asks for --model too."),
        (("--model", "m", "--features", "f"), "--features asks for --checkpoint too."),
        (("--model", "m", "--tokenizer", "t"), "--tokenizer asks for --endpoint too"),
        (("--model", "m", "--style", "judge"), "--style judge asks for --endpoint too"),
        (("--model", "m", "--endpoint", "http://h", "--revision", "r"), "--revision is of a model that is loaded here"),
    ],
)
def test_words_that_do_not_go_together_are_told(words, told, command):
    rows, said = command(*words, status=1)
    assert rows == [] and told in said and "Traceback" not in said


def test_what_is_wrong_with_a_model_is_told(command, made, tmp_path):
    (tmp_path / "empty").mkdir()
    for words, told in {
        ("--model", str(tmp_path / "empty")): "holds no weights",
        ("--model", str(made["rlhflow"].path)): "say which (--style)",
        ("--model", str(made["qwen"].path), "--style", "skywork"): "isn't known in the style skywork",
    }.items():
        rows, said = command(*words, status=1)
        assert rows == [] and told in said and "Traceback" not in said


# Which model it is


def test_the_identity_is_written_and_another_model_refused(command, made, tmp_path):
    kept = ("--identity", str(tmp_path / "identity.json"))
    command("--model", str(made["qwen"].path), *kept)
    told = json.loads((tmp_path / "identity.json").read_text())
    assert (told["source"], told["style"], told["name"]) == ("local", "qwen", str(made["qwen"].path))
    rows, _ = command("--model", str(made["qwen"].path), *kept)
    assert as_its_card(rows, made["qwen"])
    rows, said = command("--model", str(made["skywork"].path), *kept, status=1)
    assert rows == [] and "Scores of different models are never compared" in said


def test_a_served_model_keeps_its_identity(command, made, tmp_path):
    replica = made["rlhflow"]
    with serving(Served(replica.logits, window=replicas.WINDOW)) as served:
        words = ("--endpoint", served.url, "--model", "prm", "--tokenizer", str(replica.path), "--style", "rlhflow")
        for _ in range(2):
            command(*words, "--identity", str(tmp_path / "identity.json"))
        served.logits = lambda ids: -replica.logits(ids)
        rows, said = command(*words, "--identity", str(tmp_path / "identity.json"), status=1)
    assert rows == [] and "never compared" in said


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"probe": [], "colour": "blue"}'])
def test_a_file_that_holds_no_identity_is_told(content, command, made, tmp_path):
    (tmp_path / "identity.json").write_text(content)
    words = ("--model", str(made["qwen"].path), "--identity", str(tmp_path / "identity.json"))
    rows, said = command(*words, status=1)
    assert rows == [] and "holds no identity that --identity wrote" in said


def test_the_command_names_what_there_is():
    assert set(score.STYLES) == set(STYLES) and score.VOTES == judge.VOTES
