"""`manage.py cancel_generation`: stop a generation where it is."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from labelhub.management import following
from labelhub.services.loop import generations


class Command(BaseCommand):
    help = "Stops a generation where it is. The labels it got are kept and still train; nothing is trained now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = 'Example: %(prog)s gsm8k 3 --reason "wrong k"'
        following.add_project(parser)
        parser.add_argument("number", metavar="N", type=int, help="the generation's number")
        parser.add_argument("--reason", default="", help="kept in the project's events")

    def handle(self, *, project: str, number: int, reason: str, **_: Any) -> None:
        generation = following.find_generation(following.find_project(project), number)
        with following.told():
            generations.cancel(generation=generation, by=None, reason=reason)
        self.stdout.write(f"Generation {number} of {project}: cancelled")
