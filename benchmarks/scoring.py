"""How fast a reward model scores a pool: packs beside what one would write with transformers in five lines.

    python -m benchmarks.scoring [--problems 6] [--rounds 5]

A causal model of 20M parameters with random weights scores real solutions, 32 to a problem, as the product does;
beside it, in turns in the same run, with as many threads, and in float32 as transformers loads a model, one solution
at a time, and padded batches of 16 that are not sorted: drawn from the pool without order, and problem by problem as
the file has them. Each round has problems of its own, from all over the set: nobody scores a pool twice. The useful
work (see `useful_flops`) is told as a share of what the machine's bfloat16 matrix product reaches at best,
measured beside each round. Every other figure is the median of the rounds. The first solution of a process,
before the first round, is told as `first_solution_s`. The last line is JSON.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForTokenClassification

from selector.prm import reward_model
from selector.prm.config import TrainConfig
from selector.prm.encode import Encoded, Row
from selector.prm.outputs import class_logits, scoring_dtype
from selector.prm.packing import packs
from selector.prm.reward_model import RewardModel
from selector.prm.training import embedded

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NAME, SAMPLES = "bon32_gsm8k", 32
ONE_AT_A_TIME, PADDED_BATCH = 3.5, 7.0  # the limits: how much faster than either
BATCH = 16
PLAIN_EACH = 3 * BATCH  # solutions of each baseline's round: they are slow, and their speed is the same throughout
EXACT_EACH = 2 * SAMPLES  # solutions that are scored in float32 too
FURTHEST = 5e-3  # a step's probability in bfloat16 from the same in float32


def pools(problems: int, rounds: int) -> list[list[Row]]:
    """For each round the real solutions of so many problems, problem by problem."""
    texts = {row["problem_id"]: row["problem"] for row in _read("problems")}
    found = [(texts[row["problem_id"]], row["steps"]) for row in _read("solutions")]
    by_problem = [found[at : at + SAMPLES] for at in range(0, len(found), SAMPLES)]
    return [[row for one in by_problem[number::rounds][:problems] for row in one] for number in range(rounds)]


def _read(what: str) -> list[dict[str, Any]]:
    with (DATA / f"{NAME}.{what}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def model_of(rows: Sequence[Row], dtype: torch.dtype) -> RewardModel:
    """20M parameters that have learnt nothing: speed doesn't depend on what they know."""
    tokenizer = embedded.train_tokenizer(dict.fromkeys(text for problem, steps in rows for text in (problem, *steps)))
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=8192, hidden_size=384, num_hidden_layers=10, num_attention_heads=6, intermediate_size=1024,
        max_position_embeddings=2048, pad_token_id=tokenizer.pad_token_id, bos_token_id=None, eos_token_id=None,
        id2label=reward_model.class_names(1),
    )  # fmt: skip
    made = LlamaForTokenClassification(shape)  # type: ignore[no-untyped-call]
    model = RewardModel(made, tokenizer, TrainConfig.for_base("random"))
    made.to(dtype)  # type: ignore[arg-type]
    return model


def per_second(work: Callable[[], object], solutions: float) -> float:
    started = time.perf_counter()
    work()
    return solutions / (time.perf_counter() - started)


@torch.inference_mode()
def in_batches(model: RewardModel, sequences: Sequence[Encoded], size: int) -> None:
    for at in range(0, len(sequences), size):
        batch = sequences[at : at + size]
        class_logits(model.model, [one.ids for one in batch], [one.ends for one in batch])


@torch.inference_mode()
def peak_flops() -> float:
    """What a bfloat16 matrix product of the model's own kind reaches here, in operations a second, at best."""
    return max(_matmul_flops(shape) for shape in ((8192, 384, 1024), (4096, 2048, 2048), (2048, 4096, 4096)))


def _matmul_flops(shape: tuple[int, int, int]) -> float:
    rows, width, columns = shape
    left, right = torch.randn(rows, width).bfloat16(), torch.randn(columns, width).bfloat16()
    times = [per_second(lambda: torch.nn.functional.linear(left, right), 2 * rows * width * columns) for _ in range(8)]
    return max(times[2:])


def measure(problems: int, rounds: int) -> dict[str, object]:
    given = pools(problems, rounds)
    every = [row for pool in given for row in pool]
    full, fast = model_of(every, torch.float32), model_of(every, scoring_dtype())
    started = 1 / per_second(lambda: fast.score(every[:1]), 1)
    found = []
    for number, pool in enumerate(given):
        found.append(a_round(full, fast, pool))
        print(f"round {number}: " + ", ".join(f"{k} {v:.3g}" for k, v in found[-1].items()), file=sys.stderr)
    ours = [one["ours_per_s"] for one in found]
    middle = {name: float(f"{statistics.median(one[name] for one in found):.3g}") for name in found[0]}
    peak = max(one["bf16_peak_gflops"] for one in found)
    return {
        **middle,
        "share_of_bf16_peak": round(middle["weights_gflops"] / peak, 3),
        "share_with_attention": round((middle["weights_gflops"] + middle["attention_gflops"]) / peak, 3),
        "bf16_peak_gflops": round(peak),
        "range_per_s": [round(min(ours), 1), round(max(ours), 1)],
        **differences(full, fast, given[0][:EXACT_EACH]),
        "peak_mb": found[0]["peak_mb"],
        "first_solution_s": round(started, 2),
        "threads": torch.get_num_threads(),
        "solutions": len(every),
        "limits": [ONE_AT_A_TIME, PADDED_BATCH],
        "load_before": round(os.getloadavg()[2], 2),
    }


def a_round(full: RewardModel, fast: RewardModel, pool: Sequence[Row]) -> dict[str, float]:
    """What each side does in a second, in solutions of the pool's mean length, and what that comes to."""
    encoded = [one for sequences in full.encoder.encode(pool) for one in sequences or ()]
    tokens = sum(len(one.ids) for one in encoded)
    drawn = random.Random(0).sample(encoded, PLAIN_EACH)
    starts = range(0, len(encoded) - BATCH, len(encoded) * BATCH // PLAIN_EACH)
    in_order = [one for at in starts for one in encoded[at : at + BATCH]]

    def worth(some: Sequence[Encoded]) -> float:
        return len(pool) * sum(len(one.ids) for one in some) / tokens

    def baseline(some: Sequence[Encoded], size: int) -> float:
        return per_second(lambda: in_batches(full, some, size), worth(some))

    ours = per_second(lambda: fast.score(pool), len(pool))
    memory = getrusage(RUSAGE_SELF).ru_maxrss // 1024  # in the first round no other side has run
    one_at_a_time, padded = baseline(drawn, 1), baseline(drawn, BATCH)
    padded_in_order = baseline(in_order, BATCH)
    float32 = per_second(lambda: full.score(pool[:EXACT_EACH]), worth(encoded[:EXACT_EACH]))
    peak, read = peak_flops(), places_read(encoded)
    weights, attention = (flops * ours / len(pool) / 1e9 for flops in useful_flops(full, encoded, read))
    return {
        "ratio_one_at_a_time": ours / one_at_a_time,
        "ratio_padded_batch": ours / padded,
        "ratio_padded_in_file_order": ours / padded_in_order,
        "weights_gflops": weights,
        "attention_gflops": attention,
        "bf16_peak_gflops": peak / 1e9,
        "ours_per_s": ours,
        "ours_float32_per_s": float32,
        "one_at_a_time_per_s": one_at_a_time,
        "padded_batch_per_s": padded,
        "padded_in_file_order_per_s": padded_in_order,
        "tokens_per_solution": tokens / len(pool),
        "tokens_read_per_solution": len(read) / len(pool),
        "peak_mb": memory,
    }


def places_read(encoded: Sequence[Encoded]) -> list[int]:
    """The places of the tokens that have to be read: what sequences share once."""
    (pack,) = packs.packs(sorted(set(encoded), key=lambda one: one.ids), 10**9)
    places: list[int] = pack.positions.tolist()
    return places


def useful_flops(model: RewardModel, encoded: Sequence[Encoded], read: Sequence[int]) -> tuple[float, float]:
    """Operations of the weights, and of attention beside them, for the tokens at these places.

    Two a weight and token, the last perceptron asked at step ends alone; and four a layer, token, width and token that
    it looks back at, itself included.
    """
    sizes = {name: weight.numel() for name, weight in model.model.named_parameters() if "embed_tokens" not in name}
    last = sum(size for name, size in sizes.items() if ".layers.9.mlp" in name)
    ends = sum(len(one.ends) for one in set(encoded))
    shape = model.model.config
    looks = shape.num_hidden_layers * shape.hidden_size * sum(place + 1 for place in read)
    return 2.0 * ((sum(sizes.values()) - last) * len(read) + last * ends), 4.0 * looks


def differences(full: RewardModel, fast: RewardModel, given: Sequence[Row]) -> dict[str, object]:
    """How far a step's probability moves in bfloat16, and whether float32 packs rank as one at a time does."""
    exact, quick = full.score(given), fast.score(given)
    moved = max(
        abs(p - q) for a, b in zip(exact, quick, strict=True)
        for p, q in zip(a.step_probs or (), b.step_probs or (), strict=True)
    )  # fmt: skip
    reader, full.reader = full.reader, None
    plain = [full.score([row])[0].log_score or 0.0 for row in given]
    full.reader = reader
    order = sorted(range(len(given)), key=lambda at: plain[at])
    return {
        "bf16_moves_a_step_by": round(moved, 5),
        "float32_ranks_alike": order == sorted(order, key=lambda at: exact[at].log_score or 0.0),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not (DATA / f"{NAME}.solutions.jsonl").exists():
        print(f"{DATA} holds no {NAME}: there is nothing to score.", file=sys.stderr)
        return 2
    result = measure(options.problems, options.rounds)
    print(json.dumps(result))
    fast = result["ratio_one_at_a_time"] >= ONE_AT_A_TIME and result["ratio_padded_batch"] >= PADDED_BATCH  # type: ignore[operator]
    return 0 if fast and result["float32_ranks_alike"] and result["bf16_moves_a_step_by"] <= FURTHEST else 1  # type: ignore[operator]


if __name__ == "__main__":
    sys.exit(main())
