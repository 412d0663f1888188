"""Training learns what it is shown, nothing it isn't, and does the same again."""

import itertools
import json
import math
from functools import partial
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from transformers import PreTrainedModel

from selector.evaluation.first_error import predicted_first_error
from selector.prm import reward_model
from selector.prm.config import Context, TrainConfig
from selector.prm.encode import Encoded, Encoder
from selector.prm.outputs import class_logits
from selector.prm.training import ratings, train, training_loop, writing
from selector.prm.training.embedded import train_tokenizer
from selector.prm.training.processes import Processes
from selector.prm.training.unfinished import Unfinished
from selector.types import CLASS_INDEX, Example
from tests.present import present
from tests.selector import tiny
from tests.selector.tiny import CORPUS, EIGHT, ROWS, quick


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("checkpoints") / "eight"
    train.train(EIGHT, config=quick(), corpus=CORPUS, out=out)
    return out


def scores(out: Path) -> list[float | None]:
    return [scored.log_score for scored in reward_model.load(out).score(ROWS)]


def test_eight_examples_are_learnt_by_heart(checkpoint):
    for example, scored in zip(EIGHT, reward_model.load(checkpoint).score(ROWS), strict=True):
        mistake = example.ratings.index(-1) if -1 in example.ratings else None
        assert scored.step_probs and predicted_first_error(scored.step_probs) == mistake
        for rating, p in zip(example.ratings, scored.step_probs, strict=False):
            assert p > 0.9 if rating != -1 else p < 0.1


def test_the_same_arguments_give_the_same_weights_and_another_seed_others(tmp_path):
    outs = {name: tmp_path / name for name in ("one", "again", "other")}
    for name, out in outs.items():
        config = quick(min_updates=5, digit_noise=0.3, seed=1 if name == "other" else 0)
        card = train.train(EIGHT, config=config, corpus=iter(CORPUS), out=out)
        assert card["data_digest"] == writing.data_digest(EIGHT)
    weights = {name: (out / "model.safetensors").read_bytes() for name, out in outs.items()}
    assert weights["one"] == weights["again"] != weights["other"]
    assert scores(outs["one"]) == scores(outs["again"])


def test_a_steep_batch_moves_the_weights_no_further_than_a_gradient_of_length_1(tmp_path):
    model, lengths = torch.nn.Linear(4, 1), []

    def steep(_batch, _drawn):
        return 1e6 * model(torch.ones(4)).sum(), torch.ones(())

    def tell(_loss):
        lengths.append(torch.cat([present(weight.grad).flatten() for weight in model.parameters()]).norm().item())

    run = training_loop.Run(quick(), {}, Unfinished(tmp_path / "unfinished", "steep"), Processes(), tell)
    training_loop.training_loop(model, [[Encoded((1,), ())]] * 3, steep, phase="learning", run=run)
    assert lengths == pytest.approx([1, 1, 1], abs=1e-4)


@pytest.fixture(scope="module", params=["causal", "bidirectional"])
def untaught(request, tmp_path_factory) -> tuple[PreTrainedModel, list[Encoded]]:
    """A base in double precision, and the sequences of the eight."""
    base = {"causal": tiny.causal_base, "bidirectional": tiny.bidirectional_base}[request.param]
    torch.manual_seed(0)
    model, tokenizer, _ = reward_model.load_base(str(base(tmp_path_factory.mktemp("base") / "base")))
    solutions, _ = train.rate(EIGHT, Encoder(tokenizer, "solution", 256))
    return model.double().eval(), [one for solution in solutions for one in solution]  # no dropout, which differs


def gradient(model: PreTrainedModel, passes: list[list[Encoded]]) -> tuple[float, torch.Tensor]:
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    model.zero_grad()

    def losses():
        for batch in passes:
            logits = class_logits(model, [one.ids for one in batch], [one.ends for one in batch])
            yield train.summed_loss(logits, batch, quick())

    loss = training_loop.add_up(learning, losses(), Processes())
    return loss, torch.cat([present(weight.grad).flatten() for weight in learning])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tokens=st.integers(1, 900), order=st.permutations(range(8)))
def test_how_a_batch_is_dealt_out_over_passes_changes_nothing_in_its_gradient(untaught, tokens, order):
    model, sequences = untaught
    whole, expected = gradient(model, [sequences])
    shuffled = [sequences[n] for n in order]
    parts = training_loop.in_passes([(one, one.ids) for one in shuffled], tokens)
    loss, found = gradient(model, [[one for one, _ in part] for part in parts])
    assert loss == pytest.approx(whole, abs=1e-6)
    assert torch.allclose(found, expected, atol=1e-9)


def test_a_pass_holds_no_more_tokens_than_it_may_or_one_sequence(untaught):
    _, sequences = untaught
    ordered = sorted(sequences, key=lambda one: len(one.ids))
    for tokens in (1, 100, 10_000):
        parts = list(training_loop.in_passes([(one, one.ids) for one in ordered], tokens))
        assert [one for part in parts for one, _ in part] == ordered
        assert all(len(part) == 1 or len(part) * max(len(ids) for _, ids in part) <= tokens for part in parts)
    assert len(parts) == 1


def test_saves_take_a_fiftieth_of_the_time_at_most(tmp_path):
    """An update takes 10 seconds and a save 6: three hundred seconds lie between two saves."""
    now = 0.0

    def clock() -> float:
        return now

    model, unfinished, saves = torch.nn.Linear(4, 1), Unfinished(tmp_path / "run", "this one", clock=clock), []

    def slow_disk(*args):
        nonlocal now
        now += 6
        saves.append(now)
        save_file(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("selector.prm.training.unfinished.save_file", slow_disk)
        for _ in range(200):
            now += 10
            unfinished.save_now_and_then("learning", model, None, [])
    assert saves[0] == 66  # the first minute passes without
    assert min(b - a for a, b in itertools.pairwise(saves)) >= 50 * 6
    assert sum(6 for _ in saves[1:]) <= 0.02 * (now - saves[0])
    assert len(saves) >= 6


def test_a_save_that_is_yet_to_be_timed_waits_by_its_size(tmp_path):
    now = 0.0
    model = torch.nn.Linear(1_000_000, 1)  # 4 MB: a hundredth of a second
    unfinished = Unfinished(tmp_path / "run", "this one", save_every=0, clock=lambda: now)
    for now in (0.39, 0.41):
        unfinished.save_now_and_then("learning", model, None, [])
        assert (tmp_path / "run").exists() == (now > 0.4)


def test_the_callers_random_numbers_are_left_alone(tmp_path):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train.train(EIGHT, config=quick(min_updates=2), corpus=CORPUS, out=tmp_path / "a")
    assert torch.equal(torch.rand(3), expected)


def test_the_card_tells_what_was_learnt_from_what(checkpoint):
    card = json.loads((checkpoint / "checkpoint.json").read_text())
    assert TrainConfig.from_dict(card["config"]) == quick()
    assert card["config_digest"] == quick().digest()
    assert card["data_digest"] == writing.data_digest(EIGHT)
    rated = sum(len(example.ratings) for example in EIGHT)
    assert card["counts"] == {
        "examples": 8, "too_long": 0, "rated_steps": rated, "solutions": 8, "sequences": rated
    }  # fmt: skip
    assert card["losses"][-1] < 0.2 < card["losses"][0]
    assert card["seconds"] > 0


def test_digests_follow_every_knob_and_every_rating():
    assert quick().digest() == quick().digest() != quick(seed=1).digest()
    other = (*EIGHT[:-1], Example(EIGHT[-1].problem, EIGHT[-1].steps, (None,)))
    assert len({writing.data_digest(EIGHT), writing.data_digest(other), writing.data_digest(EIGHT[::-1])}) == 3


def test_a_checkpoint_holds_no_pickle_and_says_its_classes(checkpoint):
    assert {path.suffix for path in checkpoint.iterdir()} == {".json", ".safetensors"}
    assert json.loads((checkpoint / "config.json").read_text())["id2label"] == {"0": "-1", "1": "0", "2": "1"}


def test_progress_counts_every_update_to_the_end(tmp_path):
    seen: list[tuple[int, int, str]] = []
    config = quick(min_updates=7)
    train.train(EIGHT, config=config, corpus=CORPUS, out=tmp_path / "a", progress=lambda *told: seen.append(told))
    total = seen[0][1]
    assert [done for done, *_ in seen] == list(range(1, total + 1))
    assert total >= 7 and all("loss" in message for *_, message in seen)


class Stop(Exception):
    pass


def test_progress_may_abort_and_then_nothing_was_written(tmp_path):
    def give_up(done: int, total: int, message: str) -> None:
        raise Stop

    with pytest.raises(Stop):
        train.train(EIGHT, config=quick(), corpus=CORPUS, out=tmp_path / "a", progress=give_up)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("killed_after", [1, 4, 6, 7, 9])
def test_a_killed_run_goes_on_from_where_it_was_and_ends_the_same(killed_after, tmp_path, monkeypatch):
    """Five updates of reading, then five of learning: bit for bit as if nothing had happened."""
    monkeypatch.setattr(train, "Unfinished", partial(Unfinished, save_every=0, saving=math.inf))
    config = quick(pretrain_updates=5, epochs=1, min_updates=5, max_updates=5, batch=3, pass_tokens=64, digit_noise=0.3)
    whole = train.train(EIGHT, config=config, corpus=CORPUS, out=tmp_path / "whole")
    told: list[int] = []

    def die(done: int, total: int, message: str) -> None:
        told.append(done)
        if done == killed_after:
            raise Stop

    with pytest.raises(Stop):
        train.train(EIGHT, config=config, corpus=CORPUS, out=tmp_path / "1", unfinished=tmp_path / "run", progress=die)
    card = train.train(
        EIGHT, config=config, corpus=CORPUS, out=tmp_path / "2", unfinished=tmp_path / "run", progress=die
    )
    assert told == list(range(1, len(told) + 1))
    assert card["losses"] == whole["losses"]
    assert weights_of(tmp_path / "2") == weights_of(tmp_path / "whole")
    assert not (tmp_path / "run").exists()


def weights_of(out: Path) -> bytes:
    return (out / "model.safetensors").read_bytes()


def test_what_another_run_left_behind_is_not_gone_on_from(tmp_path, monkeypatch):
    monkeypatch.setattr(train, "Unfinished", partial(Unfinished, save_every=0, saving=math.inf))

    def die(done: int, total: int, message: str) -> None:
        raise Stop

    left = tmp_path / "run"
    with pytest.raises(Stop):
        train.train(EIGHT, config=quick(seed=1), corpus=CORPUS, out=tmp_path / "a", unfinished=left, progress=die)
    for rest in (left.read_bytes(), b"cut off in the mid"):
        left.write_bytes(rest)
        train.train(EIGHT, config=quick(min_updates=3), corpus=CORPUS, out=tmp_path / "a", unfinished=left)
        train.train(EIGHT, config=quick(min_updates=3), corpus=CORPUS, out=tmp_path / "b")
        assert weights_of(tmp_path / "a") == weights_of(tmp_path / "b")


def test_a_new_checkpoint_takes_the_place_of_an_old_one_whole(tmp_path):
    out = tmp_path / "deep" / "a"
    for seed in (0, 1):
        train.train(EIGHT, config=quick(min_updates=2, seed=seed), corpus=CORPUS, out=out)
    assert reward_model.read_card(out)["config"]["seed"] == 1
    assert list(out.parent.iterdir()) == [out]


def test_a_directory_of_something_else_is_not_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="not a checkpoint"):
        train.train(EIGHT, config=quick(), corpus=CORPUS, out=tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def rated(
    *examples: Example, context: Context = "step", window: int = 1024
) -> tuple[list[tuple[int, ...]], dict[str, int]]:
    solutions, counts = train.rate(examples, Encoder(train_tokenizer(CORPUS), context, window))
    return [sequence.classes for solution in solutions for sequence in solution], counts


def test_the_loss_covers_the_first_mistake_and_nothing_after_it():
    steps = tuple(tiny.STEPS)[:4]
    classes = {rating: CLASS_INDEX[rating] for rating in (-1, 0, 1)}
    assert rated(Example("", steps, (1, -1)), context="solution")[0] == [(classes[1], classes[-1])]
    assert rated(Example("", steps, (1, -1)))[0] == [(classes[1],), (classes[-1],)]


def test_a_masked_rating_teaches_nothing():
    steps = tuple(tiny.STEPS)[:3]
    assert rated(Example("", steps, (1, None, 0)), context="solution")[0] == [(2, 1)]
    assert rated(Example("", steps, (None, None, -1)))[0] == [(0,)]
    with pytest.raises(ValueError, match="no rated step"):
        rated(Example("", steps, (None, None)))


def test_an_example_that_breaks_the_rules_is_refused():
    with pytest.raises(ValueError, match="follows the first mistake"):
        rated(Example("", ("a", "b"), (-1, 1)))
    with pytest.raises(ValueError, match="3 ratings for 2 steps"):
        rated(Example("", ("a", "b"), (1, 1, 1)))


def test_an_example_too_long_for_the_window_is_left_out_and_counted():
    long = Example("", ("many words " * 50,), (1,))
    classes, counts = rated(long, EIGHT[0], window=60)
    assert counts["too_long"] == 1 and counts["examples"] == 2
    assert len(classes) == len(EIGHT[0].ratings)


def learnt(solutions: int, size: int, updates: int) -> list[list[int]]:
    """The solutions of each batch, by number: each has two sequences of its own."""
    made = [[Encoded((n,), (0,), (1,)), Encoded((n, 0), (1,), (1,))] for n in range(solutions)]
    found = training_loop.batches(made, size, updates, seed=0)
    assert all(batch.count(made[n][0]) == batch.count(made[n][1]) for batch in found for n in range(solutions))
    return [[one.ids[0] for one in batch if len(one.ids) == 1] for batch in found]


def test_a_batch_counts_solutions_and_every_pass_shows_each_once():
    batches = learnt(33, size=16, updates=6)
    assert [len(batch) for batch in batches] == [11] * 6  # not 16, 16 and 1: a batch of one is mostly noise
    for at in (0, 3):
        assert sorted(n for batch in batches[at : at + 3] for n in batch) == list(range(33))
    assert batches[:3] != batches[3:] and batches == learnt(33, size=16, updates=6)
    assert learnt(5, size=32, updates=2) != learnt(5, size=32, updates=1) * 2


@pytest.mark.parametrize("way", ["lora", "full"])
def test_a_base_learns_from_as_many_solutions_at_once_as_published_recipes_take(way):
    assert 32 <= TrainConfig.for_base("base", way=way).batch <= 128


def test_updates_grow_with_the_labels_and_are_bounded():
    config = quick(epochs=8, min_updates=150, repeat_updates=500, max_updates=2500, batch=4)
    counts = [train.number_of_updates(solutions, config) for solutions in (1, 8, 200, 1_200, 6_000, 50_000)]
    assert counts == [150, 150, 400, 600, 1_500, 2_500]
    assert train.number_of_updates(10**6, TrainConfig.for_base()) <= 2_500
    pretrained = TrainConfig.for_base("base", way="full")
    assert train.number_of_updates(50_000, pretrained) == 2 * -(-50_000 // 32)


def test_digit_noise_changes_a_share_of_the_digits_and_nothing_else():
    torch.manual_seed(0)
    digits = {digit: tuple(range(100, 110)) for digit in range(100, 110)}
    ids = (1, *[107] * 3000, 2)
    noisy = training_loop.noisy(ids, digits, 0.3)
    assert (noisy[0], noisy[-1]) == (1, 2)
    assert set(noisy[1:-1]) == set(digits)
    changed = sum(token != 107 for token in noisy[1:-1]) / 3000
    assert changed == pytest.approx(0.3 * 0.9, abs=0.03)  # one in ten draws is the digit itself
    assert training_loop.noisy(ids, digits, 0.0) == ids


def test_the_learning_rate_warms_up_then_falls_to_nothing():
    rates = [training_loop.warm_then_fall(update, 100) for update in range(101)]
    assert rates[9] == max(rates) == 1
    assert rates[:10] == sorted(rates[:10]) and rates[9:] == sorted(rates[9:], reverse=True)
    assert rates[0] > 0 and rates[-1] == 0


@pytest.mark.parametrize("base", [tiny.causal_base, tiny.bidirectional_base])
def test_any_local_base_model_learns_the_whole_solution_in_its_context(base, tmp_path):
    config = TrainConfig.for_base(str(base(tmp_path / "base")), epochs=1, min_updates=150, rate=5e-3)
    card = train.train(EIGHT, config=config, corpus=(), out=tmp_path / "out")
    assert config.context == "solution" and card["counts"]["sequences"] == 8
    for example, scored in zip(EIGHT, reward_model.load(tmp_path / "out").score(ROWS), strict=True):
        assert scored.step_probs and len(scored.step_probs) == len(example.steps)
        predicted = [p >= 0.5 for p in scored.step_probs[: len(example.ratings)]]
        assert predicted == [rating != -1 for rating in example.ratings]


def test_an_orm_learns_one_grade_and_gives_one_score(tmp_path):
    grades = [
        Example(one.problem, one.steps, (None,) * (len(one.steps) - 1) + (1 if -1 not in one.ratings else -1,))
        for one in EIGHT
    ]
    config = TrainConfig.for_base("", kind="orm", epochs=1, min_updates=120, digit_noise=0.0, pretrain_updates=0)
    card = train.train(grades, config=config, corpus=CORPUS, out=tmp_path / "orm")
    assert card["counts"]["rated_steps"] == 8
    for example, scored in zip(grades, reward_model.load(tmp_path / "orm").score(ROWS), strict=True):
        assert scored.step_probs is None and scored.log_score is not None
        assert (math.exp(scored.log_score) > 0.5) == (example.ratings[-1] == 1)


def test_heads_of_an_ensemble_are_told_apart_and_their_mean_is_the_word(tmp_path):
    train.train(EIGHT, config=quick(heads=4), corpus=CORPUS, out=tmp_path / "a")
    for scored in reward_model.load(tmp_path / "a").score(ROWS):
        assert scored.head_step_probs and scored.step_probs
        assert len(scored.head_step_probs) == 4 == len(set(scored.head_step_probs))
        for mean, *heads in zip(scored.step_probs, *scored.head_step_probs, strict=True):
            assert mean == pytest.approx(sum(heads) / 4)


def test_one_head_has_nobody_to_disagree_with(checkpoint):
    assert all(scored.head_step_probs is None for scored in reward_model.load(checkpoint).score(ROWS))


def test_each_head_has_its_own_sample_of_the_labels_the_same_every_time():
    shares = [ratings.bagged((token, 7), 8, 0) for token in range(500)]
    assert shares == [ratings.bagged((token, 7), 8, 0) for token in range(500)]
    assert shares != [ratings.bagged((token, 7), 8, 1) for token in range(500)]
    by_head = list(zip(*shares, strict=True))
    assert len(set(by_head)) == 8
    assert all(0.85 < sum(one) / 500 < 1.15 for one in by_head)


def test_an_ensembles_loss_with_equal_weights_is_that_of_one_head(monkeypatch):
    sequence = Encoded((1, 2), (1,), (2,))
    logits = torch.tensor([[[0.1, 0.2, 0.9]]])
    loss, weight = train.summed_loss(logits, [sequence], quick())
    monkeypatch.setattr(train, "bagged", lambda ids, heads, seed: (1.0,) * heads)
    losses, weights = train.summed_loss(logits.repeat(1, 3, 1), [sequence], quick(heads=3))
    assert weight == 1 and weights == 3
    assert torch.allclose(losses / weights, loss)
