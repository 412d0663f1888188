"""What the threshold that training tunes is worth on problems that it never saw.

    python -m studies.bases.shipped_threshold [--cache DIR]

Each ProcessBench set in turn is judged by the embedded default as `python -m selector train` ships it: it learned from
PRM800K and the other set, without any problem that the judged set holds too. Told are first-error F1 at 0.5 and at the
checkpoint's own threshold, step AUC beside them, and the processor time of each phase. Some three minutes of one core
for each set. The last line is JSON.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from selector.evaluation import calibration as calibrating
from selector.evaluation import first_error as finding
from selector.prm.config import THRESHOLD, TrainConfig
from studies.bases.real_steps import DATA, REPORTED, Study, study

CACHE = Path(__file__).resolve().parents[2] / "var" / "shipped_threshold"


def measured(about: Study, out: Path) -> dict[str, Any]:
    """Train on all that may be learned, then judge what is reported."""
    from selector.prm import reward_model
    from selector.prm.training import train

    seconds: dict[str, float] = defaultdict(float)
    last = [time.process_time()]

    def tell(done: int, total: int, message: str) -> None:
        now = time.process_time()
        seconds[message.split(":")[0]] += now - last[0]
        last[0] = now
        if done % 100 == 0:
            print(message, file=sys.stderr, flush=True)

    examples = [one.example for one in (*about.learnt, *about.held_back)]
    card = train.train(examples, config=TrainConfig.for_base(""), corpus=about.corpus, out=out, progress=tell)
    said = reward_model.load(out).score([(one.problem, one.steps) for one in about.reported])
    probs = [list(one.step_probs or ()) for one in said]
    threshold = card["config"]["threshold"]
    return {
        "threshold": round(threshold, 4),
        **card["tuning"],
        "f1_at_0.5": f1(about, probs, THRESHOLD),
        "f1": f1(about, probs, threshold),
        "step_auc": step_auc(about, probs),
        "cpu_seconds": {what: round(spent, 1) for what, spent in seconds.items()},
    }


def f1(about: Study, probs: list[list[float]], threshold: float) -> list[float] | None:
    """In percent, with its 95% interval over problems."""
    predicted = [finding.predicted_first_error(one, threshold) for one in probs]
    actual = [one.first_error for one in about.reported]
    found = finding.first_error_intervals([one.key for one in about.reported], predicted, actual)["f1"]
    return [round(100 * value, 1) for value in (found.value, found.low, found.high)] if found else None


def step_auc(about: Study, probs: list[list[float]]) -> float:
    correct = [right for one in about.reported for right in one.correct]
    return round(100 * (calibrating.auc(correct, [p for one in probs for p in one]) or 0), 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="where the checkpoints go")
    options = parser.parse_args()
    if not (DATA / f"{REPORTED[0]}.solutions.jsonl").exists():
        print(f"{DATA} holds no {REPORTED[0]}: there is nothing to judge.", file=sys.stderr)
        return 2
    print(json.dumps({name: measured(study(name), options.cache / name) for name in REPORTED}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
