"""What a reward model is worth by the base it starts from, on real steps of problems that it never saw.

    python -m studies.bases.base_models [--judges position ngrams embedded ...] [--smollm2 DIR] [--cache DIR]

Each ProcessBench set in turn is judged by models that learnt from PRM800K and from the other set, without any problem
that the judged set holds too. A fifth of the training problems is held back: settings are chosen on it by step AUC, and
one threshold for the first mistake is tuned on it; the other is 0.5. Intervals draw whole problems anew. A minute or so
for the cheap judges, some five for each embedded model and set, half an hour for SmolLM2 (`python -m selector.smollm2
DIR` unpacks it); what has been judged is kept in the cache. The last line is JSON; exit status 1 where the embedded
default is not above the baseline that knows nothing but a step's place.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from selector.evaluation import best_of_n as choosing
from selector.evaluation import calibration as calibrating
from selector.evaluation import compare
from selector.evaluation import first_error as finding
from selector.evaluation.bootstrap import Floats, Interval, interval, number
from selector.prm.config import TrainConfig
from studies.bases.probes import LAYERS, Frozen, Probs, by_features, by_grams
from studies.bases.real_steps import DATA, RATED, REPORTED, Rated, Study, solutions, study

ROOT = Path(__file__).resolve().parents[2]
BASELINE, DEFAULT = "position", "embedded"
EMBEDDED: dict[str, dict[str, Any]] = {
    "embedded": {},
    "embedded_scratch": {"pretrain_updates": 0},
    "embedded_one_pass": {"repeat_updates": 1},
    "embedded_low_rate": {"rate": 3e-4},
}
Settings = dict[str, Any]
Judge = Callable[[Study, list[Rated], Settings], Probs]  # learns, then gives P(correct) of each step


@dataclass(frozen=True, slots=True)
class Judged:
    """A judge's word on the problems held back and on those reported, by the settings chosen on the former."""

    settings: Settings
    held_back: Probs
    reported: Probs


def position(study: Study, judged: list[Rated], settings: Settings) -> Probs:
    rates = calibrating.position_rates(one.ratings for one in study.learnt)
    return [calibrating.position_only(rates, len(one.steps)) for one in judged]


def ngrams(study: Study, judged: list[Rated], settings: Settings) -> Probs:
    return by_grams(study.learnt, judged, **settings)


def frozen(read: Frozen, study: Study, judged: list[Rated], settings: Settings) -> Probs:
    for name in RATED:
        read.learn(solutions(name))
    told = partial(read.features, layer=settings["layer"])
    return by_features(study.learnt, judged, told, settings["decay"])


def trained(place: Path, study: Study, judged: list[Rated], settings: Settings) -> Probs:
    """As `python -m selector train` and `score` do it, with the defaults but for the settings."""
    from selector.prm import reward_model
    from selector.prm.training import train

    out = place / f"{study.name}-{_digest(settings)}"
    examples = [one.example for one in study.learnt]
    config = TrainConfig.for_base("", folds=0, **settings)  # every judge's threshold is tuned in the same way, below
    train.train(examples, config=config, corpus=study.corpus, out=out, progress=_tell)
    scored = reward_model.load(out).score([(one.problem, one.steps) for one in judged])
    return [list(said.step_probs or [0.5] * len(one.steps)) for said, one in zip(scored, judged, strict=True)]


def judges(place: Path, smollm2: Path | None) -> dict[str, tuple[Judge, list[Settings]]]:
    """Every judge with the settings to choose from."""
    known: dict[str, tuple[Judge, list[Settings]]] = {
        "position": (position, [{}]),
        "ngrams": (ngrams, [{"most": n, "decay": d} for n, d in product((1, 2, 3), (0.01, 0.1, 1.0))]),
        **{name: (partial(trained, place), [knobs]) for name, knobs in EMBEDDED.items()},
    }
    if smollm2:
        grid = [{"layer": n, "decay": d} for n, d in product(LAYERS, (100.0, 1e3, 1e4))]
        known["smollm2_frozen"] = (partial(frozen, Frozen(smollm2, place)), grid)
    return known


def judge(name: str, how: Judge, grid: list[Settings], study: Study, place: Path) -> Judged:
    """The word of the judge whose settings tell the steps held back best apart; kept in `place`."""
    seen = [[one.problem, one.steps, one.ratings] for one in (*study.learnt, *study.held_back, *study.reported)]
    file = place / f"{study.name}-{name}-{_digest([grid, seen, study.corpus])}.json"
    if not file.exists():
        print(f"{study.name}: {name}", file=sys.stderr)
        place.mkdir(parents=True, exist_ok=True)
        judged, back = [*study.held_back, *study.reported], len(study.held_back)
        tried = [(settings, how(study, judged, settings)) for settings in grid]
        settings, probs = max(tried, key=lambda one: _auc(study.held_back, one[1][:back]))
        file.write_text(json.dumps([settings, probs[:back], probs[back:]]))
    return Judged(*json.loads(file.read_text()))


def measures(study: Study, judged: Judged, baseline: Judged) -> dict[str, Any]:
    """Step AUC, its gain over the baseline, and first-error F1 at both thresholds, each with its 95% interval."""
    problems = [one.key for one in study.reported]
    actual = [one.first_error for one in study.reported]
    tuned = finding.tuned_threshold(judged.held_back, [one.first_error for one in study.held_back])
    assert tuned is not None  # both kinds are held back
    steps, correct = _steps(study.reported)
    probs, place = (_flat(one.reported) for one in (judged, baseline))
    gain = compare.auc_gain(steps, correct, probs, place) if judged is not baseline else None
    f1 = {
        name: finding.first_error_intervals(
            problems, [finding.predicted_first_error(one, threshold) for one in judged.reported], actual
        )["f1"]
        for name, threshold in (("f1", 0.5), ("f1_tuned", tuned))
    }
    return {
        "auc": bounds(auc_interval(steps, correct, probs)),
        "auc_gain": gain and [round(value, 4) for value in (gain.difference, gain.low, gain.high)],
        **{name: bounds(found) for name, found in f1.items()},
        "threshold": round(tuned, 4),
        "settings": judged.settings,
        "held_back_auc": round(_auc(study.held_back, judged.held_back), 4),
    }


def auc_interval(problems: Sequence[str], correct: Sequence[bool], scores: Sequence[float]) -> Interval | None:
    """Step AUC, one entry per step, with its interval over problems."""
    codes, names = number(problems)
    truth, ranks = np.asarray(correct, dtype=bool), choosing.ties(scores)

    def statistic(block: Floats) -> Floats:
        return np.array([calibrating.ranked_auc(truth, ranks, counts[codes]) or np.nan for counts in block])

    return interval(statistic, names)


def _steps(solved: Sequence[Rated]) -> tuple[list[str], list[bool]]:
    """Of every step its problem, and whether it is correct."""
    return [one.key for one in solved for _ in one.steps], [right for one in solved for right in one.correct]


def _auc(solved: Sequence[Rated], probs: Probs) -> float:
    return calibrating.auc(_steps(solved)[1], _flat(probs)) or 0.0


def _flat(probs: Probs) -> list[float]:
    return [p for one in probs for p in one]


def bounds(found: Interval | None) -> list[float] | None:
    return [round(value, 4) for value in (found.value, found.low, found.high)] if found else None


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:12]


def _tell(done: int, total: int, message: str) -> None:
    if done % 100 == 0:
        print(message, file=sys.stderr, flush=True)


def table(found: dict[str, dict[str, dict[str, Any]]]) -> Iterator[str]:
    """Markdown, in percent."""
    for name, rows in found.items():
        yield f"\n{name}\n\n| judge | step AUC | above position | F1 at 0.5 | F1, tuned | settings |"
        yield "| --- | ---: | ---: | ---: | ---: | --- |"
        for who, row in rows.items():
            cells = (_cell(row[figure]) for figure in ("auc", "auc_gain", "f1", "f1_tuned"))
            chosen = ", ".join(f"{name} {value}" for name, value in row["settings"].items())
            yield f"| {who} | {' | '.join(cells)} | {chosen} |"


def _cell(bounds: list[float] | None) -> str:
    if bounds is None:
        return "-"
    value, low, high = (100 * each for each in bounds)
    return f"{value:.1f} [{low:.1f}, {high:.1f}]"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judges", nargs="+", metavar="NAME", help="only these (default: all)")
    parser.add_argument(
        "--smollm2", type=Path, metavar="DIR", help="SmolLM2, unpacked; its judge is left out otherwise"
    )
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "base_models", metavar="DIR")
    options = parser.parse_args()
    if not (DATA / f"{REPORTED[0]}.solutions.jsonl").exists():
        print(f"{DATA} holds no {REPORTED[0]}: there is nothing to judge.", file=sys.stderr)
        return 2
    known = judges(options.cache, options.smollm2)
    names = dict.fromkeys([BASELINE, *(options.judges or known)])
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for about in map(study, REPORTED):
        judged = {name: judge(name, *known[name], about, options.cache) for name in names}
        found[about.name] = {name: measures(about, one, judged[BASELINE]) for name, one in judged.items()}
    print("\n".join(table(found)))
    lost = [name for name, rows in found.items() if DEFAULT in rows and rows[DEFAULT]["auc_gain"][1] <= 0]
    for name in lost:
        print(f"{name}: the embedded default tells steps no better apart than their place does.", file=sys.stderr)
    print(json.dumps(found))
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
