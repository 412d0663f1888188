"""A judge's votes become P(correct) per step; what can't be read is counted and left out, never guessed."""

import json
import math
import subprocess
import sys
from collections.abc import Iterator

import pytest

from selector.prm.identity import DifferentModels, require_same
from selector.prm.served import judge, server
from selector.prm.served.judge import Judge, NoUsableVotes
from selector.prm.served.server import BadRemoteAnswer, RemoteScorerError, RemoteScorerUnavailable
from selector.types import Scored
from tests import chat
from tests.chat import Chat, raw, says, serving, status

PROBLEM = "A jar holds 8 beans. Mia doubles them. How many?"
STEPS = ("8 x 2 = 16.", "16 is even.", "# Answer\n\n16")
ROW = (PROBLEM, STEPS)
NONE, FIRST, SECOND = "All is well.\n\nFirst mistake: none", "No.\n\n**First mistake: 1**", "First mistake: Step 2."


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the judge would have waited before each further attempt."""
    waited: list[float] = []
    monkeypatch.setattr(server, "sleep", waited.append)
    monkeypatch.delenv(server.TOKEN, raising=False)
    return waited


@pytest.fixture
def served() -> Iterator[Chat]:
    with serving(Chat(lambda messages, seed: NONE)) as served:
        yield served


def judge_of(served: Chat, votes: int = 5) -> Judge:
    return judge.load(served.url, model="m", votes=votes)


def voting(served: Chat, *texts: str) -> Scored:
    """What comes of one solution on which these votes are cast, in any order."""
    served.twists = [says(text) for text in texts]
    (scored,) = judge_of(served, len(texts)).score([ROW])
    return scored


@pytest.mark.parametrize(
    ("texts", "probs"),
    [
        ((NONE, NONE, NONE, NONE), (1.0, 1.0, 1.0)),
        ((FIRST, NONE, NONE, NONE), (0.75, 1.0, 1.0)),
        ((FIRST, FIRST, SECOND, NONE), (0.5, 0.5, 1.0)),
        ((SECOND, SECOND, SECOND, SECOND), (1.0, 0.0, 0.0)),
        ((FIRST, "First mistake: 3", "First mistake: 3"), (2 / 3, 1.0, 0.0)),
    ],
)
def test_a_step_is_as_right_as_the_votes_that_came_to_it_say(texts, probs, served):
    scored = voting(served, *texts)
    assert scored.step_probs == pytest.approx(probs)
    share = sum("none" in text for text in texts) / len(texts)
    assert scored.log_score == pytest.approx(math.log(share) if share else -math.inf)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("First mistake: none", None),
        ("first mistake:  NONE.", None),
        ("Is it? First mistake: 1\nNo, wait.\nFirst mistake: 3", 2),
        ("**First mistake:** `2`", 1),
        ("First mistake: Step 2", 1),
        ("First mistake: $1$", 0),
    ],
)
def test_the_last_verdict_counts_whatever_its_dress(text, mistake):
    assert judge.read({"choices": [{"message": {"content": text}}]}, 3) == judge.Vote(mistake)


@pytest.mark.parametrize(
    "text",
    ["I see no mistake.", "First mistake: 0", "First mistake: 4", "First mistake: nonesuch", "First mistake:", None],
)
def test_a_vote_that_cannot_be_read_is_counted_and_left_out(text, served):
    served.twists = [says(text), says(FIRST), says(NONE)]
    one = judge_of(served, 3)
    (scored,) = one.score([ROW])
    assert scored.step_probs == pytest.approx((0.5, 1.0, 1.0))
    assert (one.asked, one.malformed) == (3, 1)


def test_an_answer_that_was_cut_off_is_no_vote(served):
    served.twists = [says(FIRST, finish="length"), says(NONE)]
    one = judge_of(served, 2)
    assert one.score([ROW])[0].step_probs == (1.0, 1.0, 1.0) and one.malformed == 1


def test_a_judge_none_of_whose_votes_can_be_read_is_told(served):
    served.model = lambda messages, seed: "I'd rather not say."
    with pytest.raises(NoUsableVotes, match=r"None of the 3 votes of 'm' at http://.+: .*names no first mistake: .I'd"):
        judge_of(served, 3).score([ROW])


def test_one_solution_without_a_vote_has_no_scores_and_keeps_no_other_from_its_own(served):
    served.model = lambda messages, seed: "?" if "prime" in messages[0]["content"] else NONE
    one = judge_of(served, 2)
    found = one.score([("Is 7 prime?", ["Yes."]), ROW])
    assert found[0] == Scored(step_probs=None, log_score=None) and found[1].step_probs == (1.0, 1.0, 1.0)
    assert (one.asked, one.malformed) == (4, 2)


def test_a_judge_that_could_be_read_before_may_fail_on_a_solution(served):
    one = judge_of(served, 2)
    one.score([ROW])
    served.model = lambda messages, seed: "?"
    assert one.score([("Is 7 prime?", ["Yes."])]) == [Scored(step_probs=None, log_score=None)]


def test_a_solution_that_the_server_refuses_has_no_scores(served):
    long = ("Too long?", ["x"])

    served.twists = [status(400)] * 2
    one = judge_of(served, 2)
    with pytest.raises(NoUsableVotes, match="answered 400"):
        one.score([long])
    assert one.score([ROW])[0].step_probs == (1.0, 1.0, 1.0)


def test_each_vote_has_a_seed_of_its_own_and_a_repeated_solution_is_judged_once(served):
    one = judge_of(served, 3)
    found = one.score([ROW, ROW, (PROBLEM, ["8"])])
    assert found[0] == found[1] and len(served.asked) == 6
    seeds = [body["seed"] for body in served.asked]
    assert len(set(seeds)) == 6
    one.score([ROW])
    assert {body["seed"] for body in served.asked[6:]} <= set(seeds)  # the same votes are asked for again


def test_the_model_is_told_problem_and_numbered_steps(served):
    judge_of(served, 1).score([ROW])
    (text,) = served.texts()
    assert text.endswith(
        f"Problem:\n{PROBLEM}\n\nSolution:\nStep 1: 8 x 2 = 16.\nStep 2: 16 is even.\nStep 3: # Answer\n\n16"
    )
    assert (served.asked[0]["temperature"], served.asked[0]["model"]) == (0.0, "m")
    assert served.paths == ["/v1/chat/completions"]


def test_braces_in_a_problem_are_text(served):
    judge_of(served, 1).score([("What is {x} in {steps}?", ["{problem}"])])
    assert served.texts()[0].endswith("Problem:\nWhat is {x} in {steps}?\n\nSolution:\nStep 1: {problem}")


def test_several_votes_are_drawn_at_a_temperature(served):
    judge_of(served, 2).score([ROW])
    assert {body["temperature"] for body in served.asked} == {judge.TEMPERATURE}


def test_an_address_without_a_path_gets_that_of_the_protocol(served):
    judge.load(served.url.removesuffix("/v1"), model="m", votes=1).score([ROW])
    assert served.paths == ["/v1/chat/completions"]


def test_requests_are_bounded(served):
    judge_of(served, 20).score([ROW])
    assert len(served.asked) == 20 and served.busiest <= server.IN_FLIGHT


@pytest.mark.parametrize("twist", [status(500), status(429), chat.cut])
def test_a_server_that_stumbles_is_asked_again(twist, served, pauses):
    served.twists = [twist]
    assert judge_of(served, 2).score([ROW])[0].step_probs == (1.0, 1.0, 1.0)
    assert len(pauses) == 1


def test_a_server_is_asked_again_when_it_says(served, pauses):
    served.twists = [status(429, Retry_After="7")]
    judge_of(served, 1).score([ROW])
    assert pauses == [7.0]


def test_a_server_that_does_not_recover_is_given_up(served):
    served.twists = [status(503)] * 5
    with pytest.raises(RemoteScorerUnavailable, match="gave no answer in 5 attempts"):
        judge_of(served, 1).score([ROW])


@pytest.mark.parametrize(
    ("twist", "told"),
    [
        (status(307, Location="http://127.0.0.1:1/"), "redirects, which is not followed"),
        (status(404), "answered 404"),
        (raw(b"<html>"), "no JSON"),
        (raw(b"[]"), "no chat completion"),
        (raw(b'{"choices": []}'), "no chat completion"),
        (raw(json.dumps({"choices": [{"message": {"content": 7}}]}).encode()), "no chat completion"),
    ],
)
def test_an_answer_that_is_no_vote_at_all_ends_it_with_a_sentence(twist, told, served):
    served.twists = [twist]
    with pytest.raises(BadRemoteAnswer, match=told):
        judge_of(served, 1).score([ROW])


def test_the_key_comes_from_the_environment_and_is_told_nowhere(served, monkeypatch):
    served.key = "the-right-one"
    monkeypatch.setenv(server.TOKEN, "the-right-one")
    assert judge_of(served, 1).score([ROW])[0].step_probs == (1.0, 1.0, 1.0)
    served.key = "another"
    with pytest.raises(BadRemoteAnswer, match="401") as caught:
        judge_of(served, 1).score([ROW])
    assert "the-right-one" not in str(caught.value)


def test_a_judge_votes_at_least_once(served):
    with pytest.raises(RemoteScorerError, match="at least once"):
        judge_of(served, 0)


def test_nothing_to_judge_asks_nothing(served):
    assert judge_of(served).score([]) == [] and served.asked == []


def test_a_judge_is_known_by_its_model_and_how_it_votes(served):
    one = judge_of(served, 3).identity()
    require_same(one, judge_of(served, 3).identity())
    with pytest.raises(DifferentModels):
        require_same(one, judge_of(served, 5).identity())
    with pytest.raises(DifferentModels):
        require_same(one, judge.load(served.url, model="other", votes=3).identity())
    assert served.asked == []


def test_judging_needs_no_torch():
    heavy = "import sys, selector.prm.served.judge; sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", heavy], check=False).returncode == 0
