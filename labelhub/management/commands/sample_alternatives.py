"""`manage.py sample_alternatives`: alternatives for the step after a mistake."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from labelhub.management import sampling


class Command(BaseCommand):
    help = (
        "Asks a language model how a solution could have gone on where a labeler found its first mistake: n "
        "alternatives for that step, which the next labeler is shown at the first Bad. The endpoint is one that "
        "SAMPLING_ENDPOINTS lists. Needs a running worker. Asked a second time it makes only what is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s algebra --endpoint local --model qwen --n 8 --wait"
        sampling.add_arguments(parser, n="alternatives for each first mistake")

    def handle(self, *, project: str, wait: bool, **options: Any) -> None:
        told = sampling.start(project=project, what="alternatives", wait=wait, options=options)
        self.stdout.write(sampling.sentence(told))
