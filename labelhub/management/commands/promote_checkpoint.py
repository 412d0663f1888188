"""`manage.py promote_checkpoint`: make a checkpoint the champion, or go back to an older one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from labelhub import tasks
from labelhub.management import following
from labelhub.services.loop import promoting


class Command(BaseCommand):
    help = (
        "Makes a trained and measured checkpoint the project's champion; rolling back is promoting an older one. "
        "It selects from the next launch on. A running worker scores the pool with it ahead of that."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = 'Example: %(prog)s gsm8k 2 --reason "3 learnt from a bad batch"'
        following.add_project(parser)
        parser.add_argument("number", metavar="N", type=int, help="the checkpoint's number")
        parser.add_argument("--reason", default="promoted from the command line", help="kept in the project's events")

    def handle(self, *, project: str, number: int, reason: str, **_: Any) -> None:
        checkpoint = following.find_checkpoint(following.find_project(project), number)
        with following.told(), transaction.atomic():
            promoting.promote(checkpoint=checkpoint, by=None, reason=reason)
            job = promoting.score_ahead(checkpoint=checkpoint)
            transaction.on_commit(lambda: tasks.send(job))
        self.stdout.write(f"Checkpoint {number} is the champion of {project}.")
