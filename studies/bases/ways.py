"""What each way of training is worth on real steps, by the product's own commands.

    python -m studies.bases.ways --smollm2 DIR [--ways frozen lora embedded] [--seeds 0 1 2] [--cache DIR]

Each ProcessBench set in turn is judged by models that learned from PRM800K and the other set, without any problem that
the judged set holds too: `selector train`, then `selector score`, each in a process of its own whose processor time and
peak memory are measured. The base's features are kept in the cache, so the first run that reads a solution pays for it.
Prints step AUC and first-error F1 at the checkpoint's own threshold, with 95% intervals over problems; the last line is
JSON. A solution that is too long for the base counts as the mean of all that was said. `--set NAME=VALUE` goes to
`selector train`.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from selector.evaluation import first_error as finding
from studies.bases.base_models import ROOT, auc_interval, bounds
from studies.bases.real_steps import DATA, REPORTED, Rated, Study, study

WAYS = ("embedded", "frozen", "lora", "full")


def written(rated: Iterable[Rated], place: Path, name: str) -> tuple[Path, Path]:
    """The files that the commands read: problems, solutions."""
    problems, solutions = place / f"{name}.problems.jsonl", place / f"{name}.solutions.jsonl"
    keys: dict[str, str] = {}
    with solutions.open("w", encoding="utf-8") as file:
        for number, one in enumerate(rated):
            key = keys.setdefault(one.problem, f"{len(keys)}")
            row = {"problem_id": key, "solution_id": f"{number}", "steps": one.steps, "step_labels": one.ratings}
            file.write(json.dumps(row) + "\n")
    with problems.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"problem_id": key, "problem": text}) + "\n" for text, key in keys.items())
    return problems, solutions


def selector(*arguments: str | Path, out: Path) -> dict[str, float]:
    """Run a command of the product; its seconds by the clock, its processor seconds, and its peak memory in MB."""
    began = time.monotonic()
    with out.open("w", encoding="utf-8") as file:
        command = subprocess.Popen([sys.executable, "-m", "selector", *map(str, arguments)], stdout=file, cwd=ROOT)
        _, status, used = os.wait4(command.pid, 0)
    if status:
        raise SystemExit(f"selector {arguments[0]} failed: see above.")
    spent = round(used.ru_utime + used.ru_stime, 1)
    return {"seconds": round(time.monotonic() - began, 1), "cpu_seconds": spent, "megabytes": used.ru_maxrss // 1024}


def measured(about: Study, way: str, seed: int, settings: Sequence[str], options: argparse.Namespace) -> dict[str, Any]:
    """Train, score, and judge the scores of one set."""
    place = options.cache / about.name / f"{way}-{seed}{''.join(f'-{one}' for one in settings)}"
    place.mkdir(parents=True, exist_ok=True)
    learnt = written([*about.learnt, *about.held_back], place, "learnt")
    judged = written(about.reported, place, "judged")
    features = ["--features", options.cache / "features"] if way == "frozen" else []
    base = [] if way == "embedded" else ["--base", options.smollm2]
    knobs = [part for one in settings for part in ("--set", one)]
    training = selector(
        *("train", learnt[1], "--problems", learnt[0], "--out", place / "checkpoint", "--way", way),
        *(*base, *features, "--seed", f"{seed}", *knobs),
        out=place / "card.json",
    )
    scoring = selector(
        *("score", judged[1], "--problems", judged[0], "--checkpoint", place / "checkpoint", *features),
        out=place / "scored.jsonl",
    )
    card = json.loads((place / "card.json").read_text(encoding="utf-8"))
    threshold = card["config"]["threshold"]
    said = {row["solution_id"]: row["step_probs"] for row in map(json.loads, (place / "scored.jsonl").open())}
    usual = fmean(p for probs in said.values() for p in probs or ())  # of a solution that is too long for the base
    probs = [said[f"{number}"] or [usual] * len(one.steps) for number, one in enumerate(about.reported)]
    steps = [one.key for one in about.reported for _ in one.steps]
    correct = [right for one in about.reported for right in one.correct]
    predicted = [finding.predicted_first_error(one, threshold) for one in probs]
    found = finding.first_error_intervals(
        [one.key for one in about.reported], predicted, [one.first_error for one in about.reported]
    )
    return {
        "auc": bounds(auc_interval(steps, correct, [p for one in probs for p in one])),
        "f1": bounds(found["f1"]),
        "threshold": round(threshold, 4),
        "tuning": card["tuning"],
        "unscored": sum(not probs for probs in said.values()),
        "read_now": card["counts"].get("read_now"),
        "training": training,
        "scoring": scoring,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smollm2", type=Path, required=True, metavar="DIR", help="SmolLM2, unpacked")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=["frozen"])
    parser.add_argument("--sets", nargs="+", choices=REPORTED, default=REPORTED)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "ways", metavar="DIR")
    options = parser.parse_args()
    if not (DATA / f"{REPORTED[0]}.solutions.jsonl").exists():
        print(f"{DATA} holds no {REPORTED[0]}: there is nothing to judge.", file=sys.stderr)
        return 2
    rows = []
    print("| set | way | seed | step AUC | F1 | CPU seconds to train | to score | MB |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in options.sets:
        about = study(name)
        for way in options.ways:
            for seed in options.seeds:
                row = {"set": name, "way": way, "seed": seed}
                row |= measured(about, way, seed, options.settings, options)
                rows.append(row)
                cells = (_cell(row["auc"]), _cell(row["f1"]), row["training"]["cpu_seconds"])
                spent = (row["scoring"]["cpu_seconds"], row["training"]["megabytes"])
                print(f"| {name} | {way} | {seed} | {' | '.join(map(str, (*cells, *spent)))} |", flush=True)
    print(json.dumps(rows))
    return 0


def _cell(found: list[float] | None) -> str:
    return "-" if found is None else "{:.1f} [{:.1f}, {:.1f}]".format(*(100 * value for value in found))


if __name__ == "__main__":
    sys.exit(main())
