"""How much faster the grader judges a pool than math-verify called on every pair, and what hostile answers cost it.

    python -m benchmarks.grading [--rounds 5] [--hostile 2000] [--time-limit 0.5]

The pool: 2,880 answers to 90 GSM8K problems, 32 of each, from ../shared/data. math-verify is called as its users
call it, `verify(parse(truth), parse(answer))` for each pair in one process with its import paid before; the grader
is a new one in each round, with whatever it starts. In turns in the same run, the median of each. Where the two
differ is told on standard error. Then hostile answers, of every family of
tests/selector/grading/hostile_answers.py in turn, as the answer and as the truth. The last line is JSON.
"""

import argparse
import json
import logging
import os
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from selector.grading.grade import Grader
from selector.types import Grade
from tests.selector.grading.hostile_answers import FAMILIES, hostile_answers

DATA = Path(__file__).resolve().parents[2] / "shared/data"
LIMIT = 20.0  # times math-verify's speed

Pair = tuple[str | None, str | None]
Verdict = TypeVar("Verdict")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def pool() -> list[Pair]:
    """(answer, ground truth) of every solution, in the file's order."""
    truths = {row["problem_id"]: row["ground_truth_answer"] for row in rows("bon32_gsm8k.problems.jsonl")}
    return [(row["answer"], truths[row["problem_id"]]) for row in rows("bon32_gsm8k.solutions.jsonl")]


def by_math_verify(pairs: list[Pair]) -> list[bool]:
    from math_verify import parse, verify

    return [bool(verify(parse(truth), parse(answer))) for answer, truth in pairs]


def by_grader(pairs: list[Pair]) -> list[Grade]:
    with Grader() as grader:
        return list(grader.grade_pairs(pairs))


def timed(judge: Callable[[list[Pair]], list[Verdict]], pairs: list[Pair]) -> tuple[float, list[Verdict]]:
    started = time.perf_counter()
    verdicts = judge(pairs)
    return time.perf_counter() - started, verdicts


def race(pairs: list[Pair], rounds: int) -> dict[str, Any]:
    """Both in turns; the medians, their ratio and the pairs on which they differ."""
    by_math_verify(pairs[:20])
    theirs, ours = [], []
    for _ in range(rounds):
        seconds, plain = timed(by_math_verify, pairs)
        theirs.append(seconds)
        seconds, graded = timed(by_grader, pairs)
        ours.append(seconds)
    differ = Counter(
        (pair, grade, verdict)
        for pair, grade, verdict in zip(pairs, graded, plain, strict=True)
        if (grade is Grade.RIGHT) != verdict
    )
    for (pair, grade, verdict), times in differ.items():
        print(f"{times} x {pair}: {grade}, math-verify {verdict}", file=sys.stderr)
    return {
        "math_verify_s": round(statistics.median(theirs), 3),
        "grader_s": round(statistics.median(ours), 4),
        "ratio_math_verify": round(statistics.median(theirs) / statistics.median(ours), 1),
        "disagreements": differ.total(),
        "unknown": sum(grade is Grade.UNKNOWN for grade in graded),
    }


def endure(number: int, time_limit: float) -> dict[str, Any]:
    """Hostile answers one after the other: the slowest verdict, what they came to, and whether the child lived."""
    counts: Counter[str] = Counter()
    milliseconds, ended = [], 0
    with Grader(time_limit) as grader:
        assert grader.grade("x + 1", "1 + x") is Grade.RIGHT
        for place, answer in enumerate(hostile_answers(number)):
            child = grader._child
            pair = ("5", answer) if place // len(FAMILIES) % 2 else (answer, "5")
            started = time.perf_counter()
            grade = grader.grade(*pair)
            milliseconds.append(1000 * (time.perf_counter() - started))
            counts[grade] += 1
            ended += grader._child is not child
            if grade is Grade.RIGHT:
                print(f"Right, which it is not: {answer[:100]!r}", file=sys.stderr)
            if place % 200 == 199:
                print(f"Hostile answers: {place + 1}, slowest {max(milliseconds):.0f} ms.", file=sys.stderr)
        assert grader.grade("x + 2", "2 + x") is Grade.RIGHT
    return {
        **{"n": number, "time_limit_ms": 1000 * time_limit, "slowest_ms": round(max(milliseconds))},
        **{
            "median_ms": round(statistics.median(milliseconds), 2),
            "over_a_second_late": late(milliseconds, time_limit),
        },
        **{grade.value: counts[grade] for grade in Grade},
        **{"children_ended": ended, "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024},
    }


def late(milliseconds: list[float], time_limit: float) -> int:
    return sum(each > 1000 * (time_limit + 1) for each in milliseconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--hostile", type=int, default=2_000)
    parser.add_argument("--time-limit", type=float, default=0.5, help="seconds for a hostile answer")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # math-verify's own time limit warns of what it does not understand
    load, pairs = os.getloadavg()[0], pool()
    figures = race(pairs, options.rounds)
    print(json.dumps(figures), file=sys.stderr)
    hostile = endure(options.hostile, options.time_limit)
    told = figures | {"hostile": hostile, "pairs": len(pairs), "load_before": round(load, 2), "limit": LIMIT}
    print(json.dumps(told))
    safe = not (hostile["right"] or hostile["children_ended"] or hostile["over_a_second_late"])
    return 0 if figures["ratio_math_verify"] >= LIMIT and safe else 1


if __name__ == "__main__":
    sys.exit(main())
