"""`manage.py export_labels`: labels out, from the command line."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.errors import Refusal
from labelhub.models import Label, Project
from labelhub.queries.data import exports
from labelhub.services.data import exporting
from labelhub.services.data.exporting import Export


class Command(BaseCommand):
    help = (
        "Exports a project's labels: as PRM800K's own rows, or in a format that others train from or evaluate with. "
        "The file appears when it is whole; an export that breaks off leaves what was there before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s gsm8k --format prm800k --view train --output labels.jsonl"
        parser.add_argument("project", metavar="PROJECT", help="the project's slug")
        parser.add_argument("--format", choices=exporting.FORMATS, required=True)
        parser.add_argument("--view", choices=exports.VIEWS, default="all", help="train: what a model may learn from")
        parser.add_argument("--generation", type=int, help="only labels of the generation with this number")
        parser.add_argument("--checkpoint", type=int, help="the very revisions that this checkpoint was trained on")
        parser.add_argument("--source", choices=Label.Source.values, help="only labels of this source")
        parser.add_argument("--output", default="-", help="a file, or - for standard output (the default)")

    def handle(self, *, project: str, output: str, format: str, **options: Any) -> None:
        filters = {name: options[name] for name in ("view", "generation", "checkpoint", "source")}
        try:
            found = Project.objects.get(slug=project)
            export = exporting.stream(project=found, format=format, **filters)
            _to_standard_output(export) if output == "-" else _to_file(export, Path(output))
        except Project.DoesNotExist as error:
            raise CommandError(f"There is no project {project}.") from error
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"{output} can't be written: {error.strerror}.") from error
        self.stderr.write(f"Exported {export.labels - export.left_out:,} labels.")
        if export.left_out:
            why = "their first mistake is unknown" if format == "processbench" else "they rate no step it could hold"
            self.stderr.write(f"Left out {export.left_out:,}: {why}.")


def _to_standard_output(export: Export) -> None:
    for piece in export:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _to_file(export: Export, path: Path) -> None:
    """By way of a file beside it: a rename within a directory happens whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            file.writelines(export)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
