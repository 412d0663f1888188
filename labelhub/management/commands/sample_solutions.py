"""`manage.py sample_solutions`: solutions from a language model."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from labelhub.management import sampling


class Command(BaseCommand):
    help = (
        "Asks a language model for solutions to the problems of a split, n to each, and has them graded. The endpoint "
        "is one that SAMPLING_ENDPOINTS lists. Needs a running worker. Asked a second time with the same model, "
        "temperature and seed it makes only what is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s algebra --endpoint local --model qwen --n 8 --wait"
        sampling.add_arguments(parser, n="solutions for each problem")

    def handle(self, *, project: str, wait: bool, **options: Any) -> None:
        told = sampling.start(project=project, what="solutions", wait=wait, options=options)
        self.stdout.write(sampling.sentence(told))
