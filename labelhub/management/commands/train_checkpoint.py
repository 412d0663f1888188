"""`manage.py train_checkpoint`: train a checkpoint outside a generation."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from labelhub import tasks
from labelhub.management import following
from labelhub.models import Checkpoint
from labelhub.services.loop import training


class Command(BaseCommand):
    help = (
        "Trains a checkpoint on all eligible labels, outside of any generation, and measures it on the held-out "
        "problems. It is not promoted by itself. Needs a running worker."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s gsm8k --kind orm --wait"
        following.add_project(parser)
        parser.add_argument("--kind", choices=Checkpoint.Kind.values, default=Checkpoint.Kind.PRM)
        following.add_wait(parser, "it is trained and measured")

    def handle(self, *, project: str, kind: str, wait: bool, **_: Any) -> None:
        target = following.find_project(project)
        with following.told(), transaction.atomic():
            job = training.start(project=target, kind=kind, by=None)
            transaction.on_commit(lambda: tasks.send(job))
        checkpoint = target.checkpoints.get(jobs=job)
        if wait:
            following.wait_for_checkpoint(checkpoint)
        self.stdout.write(f"Checkpoint {checkpoint.number} of {project}: {checkpoint.state}")
