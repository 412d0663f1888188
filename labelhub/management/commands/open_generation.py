"""`manage.py open_generation`: launch the next generation of a project."""

from argparse import ArgumentParser
from collections.abc import Iterator
from decimal import Decimal
from math import exp
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Count, FilteredRelation, Max, Min, Q

from labelhub import tasks
from labelhub.management import following
from labelhub.management.arguments import share, whole
from labelhub.models import Generation, Project
from labelhub.queries.loop import rules
from labelhub.services.loop import generations
from labelhub.services.loop.selecting import OF_PROJECT, Parameters


class Command(BaseCommand):
    help = (
        "Launches the project's next generation: the champion scores the pool, the rule picks a batch, and people are "
        "let in. `convincing` needs a champion; the first generation is `uniform`. Needs a running worker."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s gsm8k --rule uniform --scope global --k 200 --wait"
        following.add_project(parser)
        parser.add_argument("--rule", choices=rules.names(), default="convincing")
        parser.add_argument("--scope", choices=Generation.Scope.values, default="per_problem", help="what k counts")
        parser.add_argument("--k", type=whole(least=1), default=8, help="solutions per problem, or in all (default 8)")
        parser.add_argument("--wrong-share", type=share, default=Decimal("0.8"), help="of the rule's picks (0.8)")
        parser.add_argument("--control-share", type=share, help="uniform picks on top (default: the project's)")
        parser.add_argument("--audit-share", type=share, help="best right answers on top (default: the project's)")
        parser.add_argument(
            "--gate-k", type=whole(), default=0, help="gate solutions to label, to evaluate by (default 0)"
        )
        parser.add_argument(
            "--labels-wanted", type=whole(least=1), help="labels for each item (default: the project's)"
        )
        parser.add_argument(
            "--overlap-share", type=share, help="of the items want one label more (default: the project's)"
        )
        parser.add_argument("--seed", type=whole(), default=0)
        following.add_wait(parser, "it needs people, or has ended")

    def handle(self, *, project: str, wait: bool, **options: Any) -> None:
        target = following.find_project(project)
        with following.told(), transaction.atomic():
            generation = generations.launch(project=target, by=None, parameters=_parameters(target, options))
            job = generation.jobs.get()
            transaction.on_commit(lambda: tasks.send(job))
        if wait:
            following.wait_for_generation(generation)
            generation.refresh_from_db()
        self.stdout.write(f"Generation {generation.number} of {project}: {generation.state}")
        for line in _composition(generation):
            self.stdout.write(f"  {line}")


def _parameters(project: Project, options: dict[str, Any]) -> Parameters:
    named = {name: options[name] for name in Parameters.__dataclass_fields__}
    return Parameters(**named | {name: getattr(project, name) for name in OF_PROJECT if named[name] is None})


def _composition(generation: Generation) -> Iterator[str]:
    """A line for each stratum: how many picks, right and wrong, and the range of their scores by the champion."""
    by_champion = Q(solution__scores__checkpoint=generation.champion_id or 0)
    items = generation.items.annotate(score_by=FilteredRelation("solution__scores", condition=by_champion))
    rows = items.values("stratum").annotate(
        picks=Count("pk"),
        wrong=Count("pk", filter=Q(solution__grade="wrong")),
        right=Count("pk", filter=Q(solution__grade="right")),
        low=Min("score_by__log_score"),
        high=Max("score_by__log_score"),
    )
    if rows:
        yield f"{'stratum':<10}{'picks':>7}{'wrong':>7}{'right':>7}  scores"
    for row in rows.order_by("stratum"):
        scores = "none yet" if row["high"] is None else f"{exp(row['low']):.3g} to {exp(row['high']):.3g}"
        yield f"{row['stratum']:<10}{row['picks']:>7,}{row['wrong']:>7,}{row['right']:>7,}  {scores}"
