"""`manage.py close_generation`: end labeling and train a challenger."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from labelhub import tasks
from labelhub.management import following
from labelhub.services.loop import generations


class Command(BaseCommand):
    help = (
        "Ends a generation's labeling: unfinished items are withdrawn, a challenger is trained on all eligible labels, "
        "measured on the gate problems and promoted unless it is worse. Needs a running worker."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s gsm8k 0 --wait"
        following.add_project(parser)
        parser.add_argument("number", metavar="N", type=int, help="the generation's number")
        following.add_wait(parser, "its checkpoint is trained and measured")

    def handle(self, *, project: str, number: int, wait: bool, **_: Any) -> None:
        generation = following.find_generation(following.find_project(project), number)
        with following.told(), transaction.atomic():
            job = generations.close(generation=generation, by=None)
            transaction.on_commit(lambda: tasks.send(job))
        generation.refresh_from_db()
        if wait:
            following.wait_for_generation(generation)
        self.stdout.write(f"Generation {number} of {project}: {generation.state}")
        if checkpoint := generation.checkpoint:
            told = generation.decision.get("sentence", "being trained")
            self.stdout.write(f"Checkpoint {checkpoint.number}: {told}")
