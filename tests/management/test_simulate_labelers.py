"""Simulated labelers: what they know, how they rate, and that they work over HTTP like people do."""

import itertools
import json
import os
import random
import re
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from labelhub.management.simulated import site as http
from labelhub.management.simulated.labeler import noisy, rate
from labelhub.management.simulated.oracle import Oracle
from labelhub.management.simulated.site import NoAnswer, Refused, Site
from labelhub.models import ApiToken, Assignment, BatchItem, Generation, Label, User
from labelhub.services.labeling import hand_in
from selector.grading.normalize import problem_digest
from tests import factories

PROBLEM = "Tom has 3 apples and buys 4 more. How many?"
STEPS = ["He has 3.", "3 + 4 = 7.", "So 7."]


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def solution(**fields: Any) -> dict[str, Any]:
    return {"problem_id": "p", "solution_id": "s", "steps": STEPS, "answer": "7"} | fields


# What the oracle knows


@pytest.mark.parametrize(
    ("fields", "ratings"),
    [
        ({"step_labels": [1, 0, 1]}, (1, 0, 1)),
        ({"step_labels": [1, -1]}, (1, -1)),
        ({"step_labels": [1, -1, 1]}, (1, -1)),
        ({"first_error": 1}, (1, -1)),
        ({"first_error": None}, None),  # unknown is null, too
        ({"step_labels": [1, None, 1]}, (1, None, 1)),
        ({"step_labels": [1, 1]}, None),  # nothing is known of the third
        ({}, None),
    ],
)
def test_ratings_come_from_step_labels_or_the_first_error(tmp_path, fields, ratings):
    file = write(tmp_path / "s.jsonl", solution(**fields))
    assert Oracle([file], {"p": problem_digest(PROBLEM)}).ratings(PROBLEM, STEPS) == ratings


def test_the_problem_is_found_in_any_file_and_any_order(tmp_path):
    solutions = write(tmp_path / "s.jsonl", solution(first_error=0))
    problems = write(tmp_path / "p.jsonl", {"problem_id": "p", "problem": PROBLEM, "ground_truth_answer": "7"})
    for files in ([solutions, problems], [problems, solutions]):
        assert Oracle(files, {}).ratings(PROBLEM, STEPS) == (-1,)
    assert Oracle([solutions], {}).ratings(PROBLEM, STEPS) is None


def test_it_goes_by_the_text_of_problem_and_steps_and_not_by_ids(tmp_path):
    file = write(tmp_path / "s.jsonl", solution(first_error=0))
    oracle = Oracle([file], {"p": problem_digest(PROBLEM)})
    assert oracle.ratings(f"  {PROBLEM} ", [f"{step} " for step in STEPS]) == (-1,)
    assert oracle.ratings("Another problem.", STEPS) is None
    assert oracle.ratings(PROBLEM, STEPS[:2]) is None


def test_a_row_that_holds_its_problem_needs_no_id(tmp_path):
    row = {"id": "x", "generator": "g", "problem": PROBLEM, "steps": STEPS, "final_answer_correct": True, "label": 2}
    assert Oracle([write(tmp_path / "pb.jsonl", row)], {}).ratings(PROBLEM, STEPS) == (1, 1, -1)


def test_bad_lines_stop_nothing(tmp_path):
    file = write(tmp_path / "s.jsonl", {"neither": 1}, solution(first_error=5), solution(first_error=1))
    file.write_bytes(b"\xff\nnot json\n" + file.read_bytes())
    assert Oracle([file], {"p": problem_digest(PROBLEM)}).ratings(PROBLEM, STEPS) == (1, -1)


# How they rate

ratings = st.lists(st.sampled_from([1, 0, None]), min_size=1, max_size=8).flatmap(
    lambda main: st.sampled_from([tuple(main), (*main, -1)])
)


@given(ratings, st.integers(0, 3))
def test_without_noise_they_say_what_is_true(known, beyond):
    beyond = beyond if -1 in known else 0
    assert noisy(known, len(known) + beyond, noise=0, rng=random.Random(0)) == known


@given(ratings, st.integers(0, 3), st.floats(0, 1), st.integers())
def test_a_noisy_pass_is_still_a_pass(known, beyond, noise, seed):
    steps = len(known) + (beyond if -1 in known else 0)
    seen = noisy(known, steps, noise=noise, rng=random.Random(seed))
    assert -1 not in seen[:-1]
    assert seen[-1] == -1 or len(seen) == steps
    assert seen == noisy(known, steps, noise=noise, rng=random.Random(seed))


def test_noise_turns_over_about_its_share_of_the_steps():
    rng = random.Random(1)
    wrong = sum(noisy((1,), 1, noise=0.2, rng=rng) == (-1,) for _ in range(2000))
    assert 340 < wrong < 460


def test_what_the_oracle_does_not_know_is_given_up_with_a_reason(tmp_path):
    oracle = Oracle([write(tmp_path / "s.jsonl", solution(first_error=0))], {"p": problem_digest(PROBLEM)})
    shown = {"lease": {"token": "t"}, "problem": "Unknown.", "steps": STEPS}
    body = rate(shown, oracle, noise=0, rng=random.Random(0))
    assert (body["finish_reason"], body["ratings"]) == ("give_up", [])
    assert body["reason"]


# How they call


class Scripted(threading.Thread):
    """A server on a socket that answers each connection's requests as it was told, then hangs up."""

    def __init__(self, *connections: list[bytes]) -> None:
        super().__init__(daemon=True)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._connections, self.requests = connections, 0
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.start()

    def run(self) -> None:
        for answers in self._connections:
            connection, _ = self._socket.accept()
            with connection:
                for answer in answers:
                    if not _heard(connection):
                        break
                    self.requests += 1
                    connection.sendall(answer)
        self._socket.close()


def _heard(connection: socket.socket) -> bool:
    """Whether a whole request came: its body may come after its head, and is no second one."""
    asked = b""
    while not (whole := re.fullmatch(rb"(?s).*?\r\n\r\n(.*)", asked)) or len(whole[1]) < _length(asked):
        if not (more := connection.recv(65536)):
            return False
        asked += more
    return True


def _length(asked: bytes) -> int:
    told = re.search(rb"(?i)content-length: (\d+)", asked)
    return int(told[1]) if told else 0


def http_answer(status: int, body: object, headers: bytes = b"") -> bytes:
    text = json.dumps(body).encode()
    return b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n%s\r\n%s" % (status, len(text), headers, text)


UNAVAILABLE = {"code": "unavailable", "detail": "The site is waiting for its database.", "fields": {}}


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(http, "PAUSE", 0)


def test_a_lost_answer_is_asked_for_again(hasty):
    server = Scripted([b""], [http_answer(503, {})], [http_answer(200, {"label": 1})])
    assert Site(server.url, "token").call("PUT", "assignments/1/label", {"ratings": []}) == {"label": 1}
    assert server.requests == 3


def test_a_site_that_waits_for_its_database_is_asked_again_when_it_wants_to_be(monkeypatch):
    monkeypatch.setattr(http, "PAUSE", 3600)  # it is the answer that says how long
    waits = http_answer(503, UNAVAILABLE, b"Retry-After: 0\r\n")
    server = Scripted([waits, waits, http_answer(200, {"label": 1})])
    assert Site(server.url, "token").call("PUT", "assignments/1/label", {"ratings": []}) == {"label": 1}
    assert server.requests == 3


def test_who_gives_up_is_not_kept_waiting_by_a_site_that_is_away():
    site = Site(Scripted([http_answer(503, UNAVAILABLE, b"Retry-After: 3600\r\n")]).url, "token")
    site.give_up()
    with pytest.raises(NoAnswer, match="status 503"):
        site.call("PUT", "assignments/1/label", {})


def test_a_refusal_is_not_asked_again(hasty):
    server = Scripted([http_answer(409, {"code": "lease_lost", "detail": "Gone.", "fields": {}})])
    with pytest.raises(Refused, match="Gone") as refusal:
        Site(server.url, "token").call("PUT", "assignments/1/label", {})
    assert (refusal.value.status, refusal.value.code, server.requests) == (409, "lease_lost", 1)


def test_an_answer_that_is_no_refusal_of_ours_is_told_as_such(hasty):
    with pytest.raises(Refused, match="404 without a reason"):
        Site(Scripted([http_answer(404, "nginx")]).url, "token").call("GET", "auth/me")


def test_patience_ends(hasty):
    with pytest.raises(NoAnswer, match="Is the site running"):
        Site("http://127.0.0.1:1", "token", patience=0).call("GET", "auth/me")


# The whole, against a live server


@pytest.fixture
def batch(transactional_db, tmp_path) -> tuple[Generation, Path]:
    """Twelve open items, every third with a mistake in its second step, and the file that knows it."""
    project = factories.ProjectFactory(slug="apples")
    generation = factories.GenerationFactory(project=project)
    problem = factories.ProblemFactory(project=project, text=PROBLEM)
    factories.ProblemKeyFactory(problem=problem, key="p")
    rows = []
    for position in range(12):
        made = factories.SolutionFactory(problem=problem)
        factories.BatchItemFactory(generation=generation, solution=made, position=position)
        known = {"step_labels": [1] * len(made.steps)} if position % 3 else {"first_error": 1}
        rows.append(solution(solution_id=made.key, steps=made.steps, **known))
    return generation, write(tmp_path / "solutions.jsonl", *rows)


def simulate(live_server, oracle: Path, **options) -> None:
    call_command("simulate_labelers", "apples", "--oracle", str(oracle), url=live_server.url, **options)


def states(generation: Generation) -> dict[str, int]:
    found = [item.state for item in generation.items.all()]
    return {state: found.count(state) for state in set(found)}


def test_they_label_a_whole_batch_over_http_and_say_they_are_simulated(batch, live_server, capsys):
    generation, oracle = batch
    simulate(live_server, oracle, labelers=3)
    assert states(generation) == {"done": 12}
    labels = Label.objects.all()
    assert {label.source for label in labels} == {"simulated"}
    assert sorted(label.finish_reason for label in labels) == ["found_error"] * 4 + ["solution"] * 8
    assert all(label.total_time > 0 for label in labels)
    assert "12 passes" in capsys.readouterr().out


def test_their_accounts_are_theirs_and_their_tokens_end_with_them(batch, live_server):
    _, oracle = batch
    simulate(live_server, oracle, labelers=3)
    simulate(live_server, oracle, labelers=2)
    assert set(User.objects.filter(simulated=True).values_list("username", flat=True)) == {
        f"simulated-0{n}" for n in (1, 2, 3)
    }
    assert not ApiToken.objects.exists()


def test_they_leave_what_is_left_to_people(batch, live_server):
    generation, oracle = batch
    simulate(live_server, oracle, labelers=3, leave=4)
    assert states(generation) == {"done": 8, "open": 4}
    assert not Assignment.objects.filter(state="leased").exists()


def test_out_of_patience_they_take_that_too(batch, live_server):
    generation, oracle = batch
    simulate(live_server, oracle, labelers=3, leave=4, patience=0.01)
    assert states(generation) == {"done": 12}


def test_what_they_do_not_know_goes_back_once_and_is_told(batch, live_server, capsys):
    generation, oracle = batch
    unknown = factories.BatchItemFactory(generation=generation, position=99)
    simulate(live_server, oracle, labelers=2)
    assert Label.objects.filter(solution=unknown.solution, finish_reason="give_up").count() == 2
    assert BatchItem.objects.get(pk=unknown.pk).state == "done"
    assert "2 give_up" in capsys.readouterr().out


def test_their_skill_differs_evenly_from_the_first_to_the_last(batch, live_server):
    """Of three, one is always right, one about half the time, one never: he calls the first step Bad."""
    generation, oracle = batch
    generation.items.update(labels_wanted=3)
    simulate(live_server, oracle, labelers=3, noise=[0, 1])
    errors = {
        name: Label.objects.filter(labeler__user__username=f"simulated-0{name}", steps__0__completions__0__rating=-1)
        for name in (1, 2, 3)
    }
    assert (errors[1].count(), errors[3].count()) == (0, 12)
    assert 0 < errors[2].count() < 12


def test_more_than_two_noises_are_refused(batch, live_server):
    with pytest.raises(CommandError, match="the first labeler's and the last's"):
        simulate(live_server, batch[1], noise=[0, 0.1, 0.2])


def test_they_stop_where_there_is_nothing_to_label(batch, live_server, capsys):
    generation, oracle = batch
    generation.state = "closed"
    generation.save()
    simulate(live_server, oracle, labelers=2)
    assert "nothing to label" in capsys.readouterr().out


@pytest.mark.parametrize("slug", ["apples", "pears"])
def test_what_stands_in_the_way_is_one_sentence(batch, slug, tmp_path):
    _, oracle = batch
    sentence = "Is the site running there" if slug == "apples" else "There is no project pears"
    with pytest.raises(CommandError, match=sentence):
        call_command("simulate_labelers", slug, "--oracle", str(oracle), url="http://127.0.0.1:1", labelers=1)
    assert not ApiToken.objects.exists()


def test_an_oracle_that_knows_nothing_here_is_told(batch, live_server, tmp_path):
    with pytest.raises(CommandError, match="knows no step"):
        simulate(live_server, write(tmp_path / "other.jsonl", solution(problem_id="q", first_error=0)))
    with pytest.raises(CommandError, match="There is no file"):
        simulate(live_server, tmp_path / "none.jsonl")


def test_an_account_of_a_person_is_never_used(batch, live_server):
    factories.UserFactory(username="simulated-01")
    with pytest.raises(CommandError, match="is a person's"):
        simulate(live_server, batch[1], labelers=1)


def test_a_signal_ends_them_with_their_leases_handed_back(batch, live_server, monkeypatch, capsys):
    """As Ctrl-C and a supervisor's SIGTERM do, here in the middle of the third pass."""
    generation, oracle = batch
    really, passes = hand_in._record, itertools.count(1)

    def interrupted(*given: Any) -> hand_in.HandedIn:
        done = really(*given)
        if next(passes) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return done

    monkeypatch.setattr(hand_in, "_record", interrupted)
    simulate(live_server, oracle, labelers=2, keep_going=True)
    assert not Assignment.objects.filter(state="leased").exists()
    assert not ApiToken.objects.exists()
    said = capsys.readouterr()
    assert "Stopped." in said.err
    assert "passes in" in said.out
    assert "open" in states(generation)
