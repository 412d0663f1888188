"""The threshold of a first mistake is tuned on training problems, each judged by a model that never saw it."""

import json
import random
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

import pytest
from safetensors import safe_open

from selector.evaluation.first_error import tuned_threshold
from selector.grading.normalize import normalise
from selector.prm import reward_model
from selector.prm.bases import lora
from selector.prm.config import TrainConfig
from selector.prm.training import train, tuning
from selector.prm.training.unfinished import Unfinished
from selector.types import Example
from tests.selector import tiny
from tests.selector.tiny import CORPUS, EIGHT, PROBLEM, quick

SHORT: dict[str, Any] = {"min_updates": 4, "max_updates": 4, "batch": 16}


def solutions(with_mistake: int, without: int, problems: int = 4) -> list[Example]:
    """Solutions of several problems, dealt out in turn."""
    wrong = [one for one in EIGHT if -1 in one.ratings]
    right = [one for one in EIGHT if -1 not in one.ratings]
    chosen = [wrong[n % len(wrong)] for n in range(with_mistake)] + [right[n % len(right)] for n in range(without)]
    return [replace(one, problem=f"Jar {n % problems}: {PROBLEM}") for n, one in enumerate(chosen)]


ENOUGH = solutions(30, 30)


def folds(examples: list[Example], **knobs: Any) -> list[tuning.Fold]:
    return tuning.folds(examples, tuning.known(examples), quick(**knobs))


def test_the_tuned_threshold_of_a_small_table():
    """By hand: the mistakes are named from 0.45 on up to 0.6, and nothing is named in the sound ones up to 0.49."""
    table = {(0.9, 0.6, 0.3): 2, (0.8, 0.45): 1, (0.9, 0.7): None, (0.49, 0.95): None}
    assert tuned_threshold(list(table), list(table.values())) == pytest.approx((0.45 + 0.49) / 2)


def test_of_equally_wide_ranges_the_lowest_is_taken():
    """Below 0.2 or above 0.8 half of either kind is hit, and so it is between."""
    assert tuned_threshold([[0.25], [0.75], [0.25], [0.75]], [0, 0, None, None]) == pytest.approx(0.5)
    assert tuned_threshold([[0.5, 0.25], [0.9, 0.6], [0.5], [0.75]], [1, 1, None, None]) == pytest.approx(0.375)


def test_no_problem_is_judged_by_a_model_that_learned_from_it():
    examples = [*ENOUGH, *(replace(one, problem=one.problem.replace(" ", "  ")) for one in solutions(3, 3))]
    made = folds(examples, folds=3)
    assert len(made) == 3
    for fold in made:
        learned = {normalise(one.problem) for one in fold.learned}
        assert not learned & {normalise(one.problem) for one, _ in fold.judged}
        assert len(fold.learned) + len(fold.judged) == len(examples)
    assert sum(len(fold.judged) for fold in made) == len(examples)


def test_folds_follow_the_seed_and_no_order():
    def problems(examples: list[Example], seed: int) -> list[set[str]]:
        return [{one.problem for one, _ in fold.judged} for fold in folds(examples, seed=seed)]

    many = solutions(30, 30, problems=20)
    shuffled = random.Random(1).sample(many, len(many))
    assert problems(many, 0) == problems(shuffled, 0) != problems(many, 1)


@pytest.mark.parametrize(("with_mistake", "without", "tuned"), [(30, 30, True), (29, 60, False), (60, 29, False)])
def test_thirty_of_either_kind_are_enough_and_fewer_are_not(with_mistake, without, tuned, tmp_path):
    examples = solutions(with_mistake, without)
    card = train.train(examples, config=quick(**SHORT), corpus=CORPUS, out=tmp_path / "a")
    counted = {"with_mistake": with_mistake, "without_mistake": without, "least": 30}
    assert card["tuning"] == {"tuned": tuned, "folds": 2 if tuned else 0} | counted
    assert (card["config"]["threshold"] == 0.5) is not tuned
    assert reward_model.is_tuned(reward_model.read_card(tmp_path / "a")) is tuned
    assert reward_model.load(tmp_path / "a").config.threshold == card["config"]["threshold"]


@pytest.mark.parametrize(
    ("examples", "knobs"),
    [(solutions(40, 40, problems=1), {}), (solutions(40, 40, problems=2), {"folds": 3}), (ENOUGH, {"folds": 0})],
)
def test_nothing_is_tuned_on_fewer_problems_than_folds_or_where_nobody_asks(examples, knobs):
    assert folds(examples, **knobs) == []


def test_an_alternative_or_a_pass_that_leaves_the_first_mistake_open_judges_nothing_but_teaches():
    steps = EIGHT[0].steps
    open_ = [
        Example("Jar 0", steps, (1, None, 1)),
        Example("Jar 0", steps, (1, 1)),
        Example("Jar 0", steps, (None, -1)),
        Example("Jar 0", steps[:1], (1,), is_branch=True),
    ]
    told = Example("Jar 0", steps, (1, -1))
    assert tuning.known([*open_, told]) == [(told, 1)]
    made = folds([*ENOUGH, *open_])
    assert all(set(open_) <= set(fold.learned) for fold in made)


def test_an_orm_has_no_threshold_to_tune(tmp_path):
    graded = [Example(one.problem, one.steps, (None,) * (len(one.steps) - 1) + (1,)) for one in ENOUGH]
    config = TrainConfig.for_base("", kind="orm", pretrain_updates=0, epochs=1, **SHORT)
    assert tuning.folds(graded, tuning.known(ENOUGH), config) == []
    assert train.train(graded, config=config, corpus=CORPUS, out=tmp_path / "a")["tuning"] is None


def test_one_trained_before_thresholds_were_tuned_keeps_a_half(tmp_path):
    train.train(ENOUGH, config=quick(**SHORT, folds=0), corpus=CORPUS, out=tmp_path / "a")
    card = json.loads((tmp_path / "a" / reward_model.CARD).read_text())
    del card["tuning"], card["config"]["folds"], card["config"]["threshold"]
    (tmp_path / "a" / reward_model.CARD).write_text(json.dumps(card))
    assert reward_model.load(tmp_path / "a").config.threshold == 0.5
    assert not reward_model.is_tuned(card)


@pytest.mark.parametrize("knobs", [{"pretrain_updates": 3}, {"heads": 2}])
def test_tuning_leaves_the_shipped_weights_as_they_would_be(knobs, tmp_path):
    config = quick(**SHORT, digit_noise=0.3, **knobs)
    for name, parts in (("tuned", 2), ("untuned", 0)):
        train.train(ENOUGH, config=replace(config, folds=parts), corpus=CORPUS, out=tmp_path / name)
    tuned, untuned = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("tuned", "untuned"))
    assert tuned == untuned


def test_the_threshold_is_the_best_on_what_models_said_that_had_not_seen_the_problem(tmp_path):
    """Trained by hand on each fold's others, they say the same, and the best threshold on that is the card's."""
    config = quick(**SHORT | {"min_updates": 1})  # one pass, over a fold as over all
    card = train.train(ENOUGH, config=config, corpus=CORPUS, out=tmp_path / "a")
    probs: list[tuple[float, ...]] = []
    made = folds(ENOUGH)
    for fold in made:
        train.train(fold.learned, config=replace(config, folds=0), corpus=CORPUS, out=tmp_path / "fold")
        said = reward_model.load(tmp_path / "fold").score([(one.problem, one.steps) for one, _ in fold.judged])
        probs += [one.step_probs or () for one in said]
    mistakes = [mistake for fold in made for _, mistake in fold.judged]
    assert card["config"]["threshold"] == pytest.approx(tuned_threshold(probs, mistakes), abs=1e-6)


class Stop(Exception):
    pass


def test_progress_covers_the_folds(tmp_path):
    seen: list[tuple[int, int, str]] = []
    train.train(
        ENOUGH, config=quick(**SHORT), corpus=CORPUS, out=tmp_path / "a", progress=lambda *told: seen.append(told)
    )
    assert [done for done, *_ in seen] == list(range(1, seen[-1][1] + 1))
    assert {total for _, total, _ in seen} == {len(seen)}
    told = [message.split(":")[0] for *_, message in seen]
    first, second = ("Tuning the threshold, fold 1 of 2", "Tuning the threshold, fold 2 of 2")
    assert list(dict.fromkeys(told)) == [first, second, "Learning from labels"]
    assert seen[told.index(second) - 1][2].endswith("30 of 30 solutions")


@pytest.mark.parametrize("base", ["embedded", "adapters"])
def test_a_run_killed_in_any_phase_goes_on_and_ends_the_same(base, tmp_path, monkeypatch):
    monkeypatch.setattr(train, "Unfinished", partial(Unfinished, save_every=0, saving=inf))
    monkeypatch.setattr(train, "JUDGED_AT_ONCE", 12)
    config = quick(**SHORT, pretrain_updates=3, digit_noise=0.3)
    if base == "adapters":
        short: dict[str, Any] = {"batch": 15, "max_updates": 4, "epochs": 1}
        config = TrainConfig.for_base(str(tiny.causal_base(tmp_path / "base")), way="lora", rank=4, **short)
    whole = train.train(ENOUGH, config=config, corpus=CORPUS, out=tmp_path / "whole")
    told: list[int] = []

    def die(done: int, total: int, message: str) -> None:
        told.append(done)
        if done < total and done % 2:  # every second time: in the reading, in both folds, in the learning
            raise Stop

    def go_on() -> dict[str, Any]:
        while True:
            try:
                return train.train(
                    ENOUGH, config=config, corpus=CORPUS, out=tmp_path / "a", unfinished=tmp_path / "run", progress=die
                )
            except Stop:
                continue

    card = go_on()
    assert told == list(range(1, len(told) + 1))
    assert {**card, "seconds": 0} == {**whole, "seconds": 0}
    weights = lora.WEIGHTS if base == "adapters" else "model.safetensors"
    ended, expected = ((tmp_path / name / weights).read_bytes() for name in ("a", "whole"))
    assert ended == expected
    assert not (tmp_path / "run").exists()


def test_what_was_read_is_kept_while_the_folds_learn(tmp_path, monkeypatch):
    monkeypatch.setattr(train, "Unfinished", partial(Unfinished, save_every=0, saving=inf))

    def die(done: int, total: int, message: str) -> None:
        if "fold 2" in message:
            raise Stop

    config, left = quick(**SHORT, pretrain_updates=2), tmp_path / "run"
    with pytest.raises(Stop):
        train.train(ENOUGH, config=config, corpus=CORPUS, out=tmp_path / "a", unfinished=left, progress=die)
    with safe_open(left, "pt") as kept:
        names = set(kept.keys())
    assert {"/kept/start//random", "/kept/fold 1/0"} < names


def test_a_model_with_adapters_is_judged_with_them(tmp_path):
    """The written-out pass reads a layer's own weights alone."""
    from selector.prm.packing import llama

    model, *_ = reward_model.load_base(str(tiny.causal_base(tmp_path / "base")))
    assert llama.knows(model)
    lora.adapt(model, 2)
    assert not llama.knows(model)


@pytest.mark.parametrize("parts", [1, -1])
def test_one_fold_is_refused(parts):
    with pytest.raises(ValueError, match="folds is 0 or at least 2"):
        TrainConfig(folds=parts)


def test_the_weights_of_a_base_are_not_stored_twice_in_an_unfinished_run(tmp_path, monkeypatch):
    """A base lies on its own disk, and is read again."""
    monkeypatch.setattr(train, "Unfinished", partial(Unfinished, save_every=0, saving=inf))
    config = TrainConfig.for_base(str(tiny.causal_base(tmp_path / "base")), epochs=1)

    def die(done: int, total: int, message: str) -> None:
        raise Stop

    with pytest.raises(Stop):
        train.train(ENOUGH, config=config, corpus=(), out=tmp_path / "a", unfinished=tmp_path / "run", progress=die)
    with safe_open(Path(tmp_path / "run"), "pt") as kept:
        assert not [name for name in kept.keys() if name.startswith("/kept/start")]  # noqa: SIM118
