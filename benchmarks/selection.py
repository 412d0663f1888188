"""How long a batch takes to be picked from 12 million scored solutions, and how much memory: beside polars.

    python -m benchmarks.selection [--rows 12000000] [--rounds 3]

12,000 problems of 1 to 3,000 solutions in no order, six tenths of them wrong, a tenth copies of another of their
problem under a grade of their own, scores that often tie. Both sides take the same columns, the hash that breaks ties
among them, and end with the rows picked for 80% wrong answers: 8 of each problem, and 96,000 in all. Each pick is made
in a process of its own, in turns; the time is from the columns in memory to the rows, the peak is of the whole
process. The two must pick the same rows in the same order. The rule uncertain, which has a column more, is measured
for its peak alone. The last line is JSON.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
PROBLEMS, LARGEST, SEED = 12_000, 3_000, 7
K: dict[str, int] = {"per_problem": 8, "global": 96_000}
WRONG_SHARE = Fraction(4, 5)
RATIO_LIMIT, PEAK_LIMIT = 1.0, 600

Scope = Literal["per_problem", "global"]


def fill(place: Path, rows: int) -> None:
    """The columns, one file each: `tie` is what the product makes of `identity` and the seed."""
    from selector.selection.columns import hashed, scrambled

    chance = np.random.default_rng(SEED)
    size = np.rint(np.linspace(0, 1, PROBLEMS) ** 2 * 3 * rows / PROBLEMS).astype(np.int64).clip(1, LARGEST)
    over = int(size.sum()) - rows
    size[-abs(over) - 1 : -1] -= np.sign(over)
    problem = np.repeat(np.arange(PROBLEMS, dtype=np.int32), size)
    text, identity = chance.integers(0, 2**64, (2, rows), dtype=np.uint64)
    copy = np.flatnonzero(chance.random(rows) < 0.1)
    original = (np.cumsum(size) - size)[problem[copy]] + (chance.random(len(copy)) * size[problem[copy]]).astype(int)
    text[copy] = text[original]
    columns = {
        "problem": problem,
        "grade": np.where(chance.random(rows) < 0.6, np.int8(1), np.int8(2)),
        "log_score": -np.round(chance.exponential(2.0, rows), 3),
        "uncertainty": np.round(chance.exponential(2.0, rows), 3),
        "identity": identity,
        "text": text,
        "tie": scrambled(identity ^ np.uint64(hashed(SEED, "tie"))),
    }
    order = chance.permutation(rows)
    for name, column in columns.items():
        np.save(place / name, column[order])


def by_labelhub(place: Path, scope: Scope) -> tuple[float, list[NDArray[np.int64]]]:
    """Seconds, and the picks of each stratum in the order of their ranks, problem by problem."""
    seconds, picks = picked(place, scope, "convincing", ("grade", "log_score", "identity", "text"))
    return seconds, [picks["wrong"], picks["remainder"]]


def by_uncertainty(place: Path, scope: Scope) -> tuple[float, list[NDArray[np.int64]]]:
    """The same by the rule uncertain."""
    columns = ("grade", "log_score", "identity", "text", "uncertainty")
    seconds, picks = picked(place, scope, "uncertain", columns)
    return seconds, [picks["uncertain"]]


def picked(place: Path, scope: Scope, rule: str, names: Sequence[str]) -> tuple[float, dict[str, NDArray[np.int64]]]:
    from selector.selection import strata
    from selector.selection.pool import Pool
    from selector.selection.rules import Terms

    columns = {name: np.load(place / f"{name}.npy") for name in ("problem", *names)}
    started = time.perf_counter()
    pool = Pool.grouped(range(PROBLEMS), no_recall, columns)
    terms = Terms(K[scope], scope, WRONG_SHARE, SEED)
    taken = strata.train(pool, rule, terms, control_share=Fraction(0), audit_share=Fraction(0))
    picks = {stratum.name: pool.place[stratum.rows].astype(np.int64) for stratum in taken}
    return time.perf_counter() - started, picks


def no_recall(place: int) -> Any:
    raise NotImplementedError("Rows alone are asked for here.")


def by_polars(place: Path, scope: Scope) -> tuple[float, list[NDArray[np.int64]]]:
    """The quickest of the ways that were tried: sort the copies alone, and no more of a problem than its first."""
    import polars as pl

    names = ("problem", "grade", "log_score", "text", "tie")
    frame = pl.DataFrame({name: np.load(place / f"{name}.npy") for name in names}).with_row_index("row")
    k, n_wrong = K[scope], int(K[scope] * WRONG_SHARE)
    n_wrong += K[scope] * WRONG_SHARE - n_wrong >= Fraction(1, 2)
    best: Any = {"by": ["log_score", "tie"], "reverse": [False, True]}
    order: Any = {"by": ["problem", "log_score", "tie"], "descending": [False, True, False]}
    started = time.perf_counter()
    marked = frame.with_columns(copied=pl.col("text").is_duplicated())
    copies = marked.filter("copied").sort("log_score", "tie", descending=[True, False])
    one_each = copies.unique("text", keep="first", maintain_order=True)
    free = pl.concat([marked.filter(~pl.col("copied")), one_each]).drop("copied", "text")
    are_wrong = free.filter(pl.col("grade") == 1)
    if scope == "global":
        wrong = are_wrong.top_k(n_wrong, **best).sort("log_score", "tie", descending=[True, False])
        left = free.join(wrong.select("row"), on="row", how="anti")
        rest = left.top_k(k - len(wrong), **best).sort("log_score", "tie", descending=[True, False])
    else:
        heads = are_wrong.group_by("problem").agg(pl.all().top_k_by(k=n_wrong, **best))
        wrong = heads.explode("row", "grade", "log_score", "tie").sort(**order)
        left = free.join(wrong.select("row"), on="row", how="anti")
        heads = left.group_by("problem").agg(pl.all().top_k_by(k=k, **best))
        rest = heads.explode("row", "grade", "log_score", "tie").sort(**order)
        rest = rest.join(wrong.group_by("problem").len("taken"), on="problem", how="left", maintain_order="left")
        rest = rest.filter(pl.int_range(pl.len()).over("problem") < k - pl.col("taken").fill_null(0))
    picks = [each["row"].to_numpy().astype(np.int64) for each in (wrong, rest)]
    return time.perf_counter() - started, picks


SIDES = {"labelhub": by_labelhub, "polars": by_polars}
ALL = SIDES | {"uncertain": by_uncertainty}


def child(side: str, scope: Scope, place: Path) -> None:
    """One pick, in this process alone: its figures to standard output, its rows to a file."""
    seconds, picks = ALL[side](place, scope)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    np.savez(place / f"{side}.npz", *picks)
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


def started(*words: str) -> dict[str, float]:
    """What a child says. This process stays small: on Linux a child's peak begins with its parent's size."""
    output = subprocess.check_output([sys.executable, "-m", "benchmarks.selection", *words], cwd=ROOT)
    figures: dict[str, float] = json.loads(output) if output else {}
    return figures


def same_picks(place: Path) -> bool:
    ours, theirs = (np.load(place / f"{side}.npz") for side in SIDES)
    return all(len(ours[name]) > 0 and np.array_equal(ours[name], theirs[name]) for name in ours.files)


def measured(scope: str, place: Path, rounds: int) -> dict[str, Any]:
    """Both sides in turns, so that whatever else the machine does meets both."""
    taken: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    equal = True
    for number in range(rounds):
        for side in SIDES:
            taken[side].append(started("--pick", side, scope, str(place)))
        equal = equal and same_picks(place)
        told = ", ".join(
            f"{side} {runs[-1]['seconds']:.2f} s in {runs[-1]['peak_mb']:.0f} MB" for side, runs in taken.items()
        )
        print(f"{scope}, round {number + 1}: {told}", file=sys.stderr)
    uncertain = started("--pick", "uncertain", scope, str(place))
    ratios = [theirs["seconds"] / ours["seconds"] for ours, theirs in zip(*taken.values(), strict=True)]
    return {
        "ratio_polars": round(statistics.median(ratios), 2),
        "ratio_range": [round(min(ratios), 2), round(max(ratios), 2)],
        "seconds": round(statistics.median(run["seconds"] for run in taken["labelhub"]), 2),
        "polars_seconds": round(statistics.median(run["seconds"] for run in taken["polars"]), 2),
        "peak_mb": round(max(run["peak_mb"] for run in taken["labelhub"])),
        "polars_peak_mb": round(max(run["peak_mb"] for run in taken["polars"])),
        "uncertain_peak_mb": round(uncertain["peak_mb"]),
        "picks_equal": equal,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=12_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fill", help=argparse.SUPPRESS)
    parser.add_argument("--pick", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        fill(Path(options.fill), options.rows)
        return 0
    if options.pick:
        side, scope, place = options.pick
        child(side, scope, Path(place))
        return 0
    return report(options.rows, options.rounds)


def report(rows: int, rounds: int) -> int:
    load = round(os.getloadavg()[2], 2)
    with tempfile.TemporaryDirectory(prefix="lh-bench-") as place:
        print(f"making {rows:,} rows", file=sys.stderr)
        started("--fill", place, "--rows", str(rows))
        scopes = {scope: measured(scope, Path(place), rounds) for scope in K}
    result: dict[str, Any] = {
        "ratio_polars": min(each["ratio_polars"] for each in scopes.values()),
        "peak_mb": max(each[of] for each in scopes.values() for of in ("peak_mb", "uncertain_peak_mb")),
        "picks_equal": all(each["picks_equal"] for each in scopes.values()),
        "rows": rows,
        "limits": {"ratio_polars": RATIO_LIMIT, "peak_mb": PEAK_LIMIT},
        "load_before": load,
    } | scopes
    print(json.dumps(result))
    good = result["ratio_polars"] >= RATIO_LIMIT and result["peak_mb"] <= PEAK_LIMIT and result["picks_equal"]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
