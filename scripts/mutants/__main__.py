"""`python -m scripts.mutants [--area AREA] [--seed N] [--count N]`: draw mutants and report which survive the tests."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .areas import AREAS, SURVIVED
from .mutant import draw
from .tree import ROOT, copied, mutated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REPORTS = ROOT / "var" / "mutants"
LEAST = 0.85  # the share of an area's mutants that must die


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    with copied() as tree:
        areas = {name: results(tree, name, options.seed, options.count) for name in options.area or AREAS}
    print(table(areas))
    return int(any(share(found) < LEAST for found in areas.values()))


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="mutants", description="Draw mutants by a seed, and run the tests on each.")
    made.add_argument("--area", choices=AREAS, action="append", help="may be given again (default: all)")
    made.add_argument("--seed", type=int, default=1, help="another seed draws other mutants (default: 1)")
    made.add_argument("--count", type=int, default=30, help="mutants an area (default: 30)")
    return made


def results(tree: Path, name: str, seed: int, count: int) -> list[dict[str, Any]]:
    """One area's mutants with their verdicts, also written to var/mutants/AREA.json as they come."""
    print(f"== {name}", flush=True)
    area = AREAS[name](tree)
    found = []
    for number, mutant in enumerate(draw(area.mutants(), seed, count), 1):
        start = time.monotonic()
        with mutated(tree, mutant):
            verdict, asked = area.ask(mutant)
        seconds = round(time.monotonic() - start, 1)
        print(f"{number:3} {verdict:<9} {mutant.shown}   ({asked} tests, {seconds} s)", flush=True)
        found.append({**asdict(mutant), "verdict": verdict, "asked": asked, "seconds": seconds})
        REPORTS.mkdir(parents=True, exist_ok=True)
        report = {"area": name, "seed": seed, "count": count, "mutants": found}
        (REPORTS / f"{name}.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return found


def share(found: list[dict[str, Any]]) -> float:
    return sum(one["verdict"] != SURVIVED for one in found) / len(found) if found else 1.0


def table(areas: dict[str, list[dict[str, Any]]]) -> str:
    lines = [f"{'area':<10}{'mutants':>9}{'killed':>9}{'timeout':>9}{'survived':>10}{'dead':>7}"]
    for name, found in areas.items():
        killed, timeout, survived = (
            sum(one["verdict"] == verdict for one in found) for verdict in ("killed", "timeout", "survived")
        )
        under = "" if share(found) >= LEAST else f"  under {LEAST:.0%}"
        lines.append(f"{name:<10}{len(found):>9}{killed:>9}{timeout:>9}{survived:>10}{share(found):>7.0%}{under}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
