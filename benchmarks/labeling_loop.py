"""How many passes a second the site takes: labelers submit and get the next without pause, over HTTP.

    python -m benchmarks.labeling_loop [--seconds 6] [--rounds 3]

gunicorn with 2 workers of 4 threads and 100,000 items, at 1, 8 and 32 labelers, by token and by a signed-in session;
beside it, in turns in the same run, a bare Django view that submits and hands out in one request
(`benchmarks.looping.bare_app`). First on PostgreSQL as it is installed, with stock settings (DATABASE_URL's, a local
one, Debian's package, or the wheel's, which can't JIT), then on SQLite. Every label that was answered for is looked up
afterwards. The last line is JSON; `ratio_bare_app` is the least of the three.
"""

import argparse
import json
import os
import secrets
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.looping import sites
from benchmarks.looping.people import Bare, Page, Script, Tally, run_round
from tests import servers

LABELERS = (1, 8, 32)
LIMIT = 0.7  # of the bare app's loops per second; the goal is 0.8
HUB, BARE = 8971, 8972  # ports


@dataclass
class Level:
    """The rounds at one number of labelers: by token, by session, and the bare app's."""

    labelers: int
    token: list[Tally] = field(default_factory=list)
    session: list[Tally] = field(default_factory=list)
    bare: list[Tally] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        by_token = self._beside(self.token)
        bare = {"bare_loops_per_s": rate(self.bare), "bare_p99_ms": p99(self.bare)}
        return by_token | bare | {"session": self._beside(self.session)}

    def _beside(self, ours: list[Tally]) -> dict[str, Any]:
        ratios = [a.loops_per_s / b.loops_per_s for a, b in zip(ours, self.bare, strict=True)]
        return {
            "ratio_bare_app": round(statistics.median(ratios), 3),
            "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
            "loops_per_s": rate(ours),
            "p99_ms": p99(ours),
        }


def rate(tallies: Sequence[Tally]) -> float:
    return round(statistics.median(tally.loops_per_s for tally in tallies), 1)


def p99(tallies: Sequence[Tally]) -> float:
    values = sorted(ms for tally in tallies for ms in tally.milliseconds)
    return round(values[int(len(values) * 0.99)], 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    load = round(os.getloadavg()[1], 2)
    with tempfile.TemporaryDirectory(prefix="lh-bench-") as place:
        with servers.postgresql() as server:
            hub, bare = (sites.create_database(server, name) for name in ("labelhub_bench", "bare_bench"))
            result = measure(hub, bare, Path(place), options.seconds, options.rounds) | sites.about(hub)
        hub, bare = (f"sqlite:///{place}/{name}.sqlite3" for name in ("labelhub", "bare"))
        version = {"server": f"SQLite {sqlite3.sqlite_version}"}
        result["sqlite"] = measure(hub, bare, Path(place), options.seconds, options.rounds) | version
    result |= {"limit": LIMIT, "load_before": load}
    print(json.dumps(result))
    return 0 if good(result) and good(result["sqlite"]) else 1


def good(result: dict[str, Any]) -> bool:
    fast = min(result["ratio_bare_app"], result["ratio_session"]) >= LIMIT
    return fast and not (result["errors"] or result["served_twice"] or result["lost"])


def measure(hub: str, bare: str, place: Path, seconds: float, rounds: int) -> dict[str, Any]:
    people = {f"labeler{n}": secrets.token_urlsafe(24) for n in range(2 * max(LABELERS))}
    environ = {
        **os.environ, "DATABASE_URL": hub, "BARE_DATABASE_URL": bare, "SECRET_KEY": secrets.token_urlsafe(48),
        "HTTPS": "false", "DATA_DIR": str(place), "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "labelhub.settings", "BENCH_PEOPLE": json.dumps(people),
    }  # fmt: skip
    print(f"filling {sites.ITEMS:,} items twice: {hub.partition(':')[0]}", file=sys.stderr)
    sites.fill_both(environ)
    with (
        sites.gunicorn("labelhub.wsgi", HUB, place, environ),
        sites.gunicorn("benchmarks.looping.bare_app", BARE, place, environ),
    ):
        kinds = everybody(people)
        everything = [(name, run_round(them, min(3.0, seconds))) for name, them in kinds.items()]  # a site at work
        if hub.startswith("postgres"):
            sites.vacuum(hub)
            sites.vacuum(bare)
        levels = [Level(count) for count in LABELERS]
        everything += compare(kinds, levels, seconds, rounds)
    labels = [label for name, tally in everything if name != "bare" for label in tally.labels]
    by_labelers = {str(level.labelers): level.figures() for level in levels}
    busiest = by_labelers[str(max(LABELERS))]
    return {
        "ratio_bare_app": min(each["ratio_bare_app"] for each in by_labelers.values()),
        "ratio_session": min(each["session"]["ratio_bare_app"] for each in by_labelers.values()),
        "by_labelers": by_labelers,
        "loops_per_s": busiest["loops_per_s"],
        "p99_ms": busiest["p99_ms"],
        "errors": sum(tally.errors for _, tally in everything),
    } | sites.faults(environ, labels)


def everybody(people: dict[str, str]) -> dict[str, list[Any]]:
    """The labelers of each kind, with something in hand."""
    named, most = list(people.items()), max(LABELERS)
    return {
        "token": [Script(HUB, secret) for _, secret in named[:most]],
        "session": [Page(HUB, name, secret) for name, secret in named[most:]],
        "bare": [Bare(BARE) for _ in range(most)],
    }


def compare(
    kinds: dict[str, list[Any]], levels: list[Level], seconds: float, rounds: int
) -> Iterator[tuple[str, Tally]]:
    """All three in turns, so that whatever else the machine does meets each; a short round first, to warm up."""
    for level in levels:
        for number, length in enumerate([min(2.0, seconds), *[seconds] * rounds]):
            for name, them in kinds.items():
                tally = run_round(them[: level.labelers], length)
                if number:
                    getattr(level, name).append(tally)
                print(f"{level.labelers} labelers, round {number}: {name} {tally.loops_per_s:.0f}/s", file=sys.stderr)
                yield name, tally


if __name__ == "__main__":
    sys.exit(main())
