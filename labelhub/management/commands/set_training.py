"""`manage.py set_training`: choose how a project's checkpoints are trained."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from labelhub.management import following
from labelhub.models import Project
from labelhub.queries.loop import training
from labelhub.services import projects
from selector.prm.config import read_setting


class Command(BaseCommand):
    help = (
        "Chooses how a project's checkpoints are trained from the next one on, and says what that takes. What is left "
        "out stays as it is; settings apply to one way, so a new way begins with its own."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s gsm8k --way frozen --base ./smollm2 --set heads=8"
        following.add_project(parser)
        parser.add_argument("--way", choices=Project.Way.values, help="how a model learns: see docs/models.md")
        parser.add_argument("--base", metavar="MODEL", help="hub id or directory, one of BASE_MODELS")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="SETTING=VALUE",
            help="a setting of the way, such as rank=8; SETTING= alone goes back to the way's own",
        )

    def handle(self, *, project: str, way: str | None, base: str | None, set: list[str], **_: Any) -> None:
        target = following.find_project(project)
        chosen = dict(map(read_setting, set))
        changes: dict[str, Any] = {"way": way} if way else {}
        if base is not None or way == Project.Way.EMBEDDED:
            changes["base_model"] = base or ""
        kept = target.training if way in (None, target.way) else {}
        changes["training"] = {name: value for name, value in (kept | chosen).items() if value != ""}
        with following.told():
            target = projects.change(project=target, by=None, **changes)
        self.stdout.write(
            f"{project} trains by {target.way}{f' from {target.base_model}' if target.base_model else ''}"
        )
        for name, value in target.training.items():
            self.stdout.write(f"  {name}: {value}")
        found = training.options(target)
        for cost in found.costs:
            if (cost.way, cost.base_model) == (target.way, target.base_model):
                self.stdout.write(_sentence(cost, found.solutions))


def _sentence(cost: training.TrainingCost, solutions: int) -> str:
    if cost.memory is None or cost.training is None:
        return "What it takes isn't known before a worker has loaded the model."
    reading = f" Reading 1,000 solutions: about {_minutes(cost.reading)}." if cost.reading else ""
    return (
        f"Estimated on one core, with {solutions:,} labelled solutions: about {_minutes(cost.training)} and "
        f"{cost.memory / 1e9:.1f} GB of memory.{reading}"
    )


def _minutes(seconds: float) -> str:
    return f"{max(seconds / 60, 1):,.0f} min" if seconds < 3 * 3600 else f"{seconds / 3600:,.0f} h"
