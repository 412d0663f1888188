"""`manage.py add_checkpoint`: add a reward model that was not trained here."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from labelhub import tasks
from labelhub.management import following
from labelhub.models import Job, Project
from labelhub.services.data import importing
from labelhub.services.loop.scorers import adding
from labelhub.services.loop.scorers.adding import JUDGE, STYLES, Terms


class Command(BaseCommand):
    help = (
        "Adds a reward model that was not trained here as a checkpoint: a public one that BASE_MODELS lists, one that "
        "a server of SCORING_ENDPOINTS serves, or a file of step probabilities. It is measured on the held-out "
        "problems and not promoted by itself. Needs a running worker."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = (
            "Example: %(prog)s gsm8k --served Qwen/Qwen2.5-Math-PRM-7B --endpoint local --style qwen "
            "--tokenizer Qwen/Qwen2.5-Math-PRM-7B --wait"
        )
        following.add_project(parser)
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--public", metavar="MODEL", help="hub id or directory, one of BASE_MODELS")
        source.add_argument("--served", metavar="MODEL", help="the model's name on its server")
        source.add_argument("--scores", metavar="FILE", type=Path, help="JSON Lines of solution_id and step_probs")
        parser.add_argument("--style", choices=STYLES, help="how a public or served model is read")
        parser.add_argument("--endpoint", metavar="NAME", help="a name that SCORING_ENDPOINTS lists, with --served")
        parser.add_argument("--tokenizer", metavar="MODEL", help="one of BASE_MODELS, with --served")
        parser.add_argument("--name", help="of the model that gave the scores, with --scores")
        parser.add_argument("--aggregate", help="how steps make a score, with --scores (default: product)")
        parser.add_argument(
            "--threshold",
            type=float,
            help="published P(correct) below which a step is a mistake (default: tuned on training labels)",
        )
        parser.add_argument(
            "--generation", type=int, metavar="N", help="the generation that waits for it, where training is elsewhere"
        )
        following.add_wait(parser, "it is measured")

    def handle(self, *, project: str, wait: bool, **options: Any) -> None:
        target = following.find_project(project)
        with following.told(), transaction.atomic():
            job = _added(target, options)
            transaction.on_commit(lambda: tasks.send(job))
        checkpoint = target.checkpoints.get(jobs=job)
        if wait:
            following.wait_for_checkpoint(checkpoint)
        self.stdout.write(f"Checkpoint {checkpoint.number} of {project}: {checkpoint.state}")


def _added(project: Project, options: dict[str, Any]) -> Job:
    terms = Terms(project, options["threshold"], options["generation"])
    if model := options["public"]:
        asked = _given(options, "style", without=("endpoint", "tokenizer", "name", "aggregate"))
        return adding.add_public(terms, model=model, **asked)
    if model := options["served"]:
        needed, idle = ["style", "endpoint"], ["name", "aggregate"]
        (idle if options["style"] == JUDGE else needed).append("tokenizer")
        asked = _given(options, *needed, without=idle)
        return adding.add_served(terms, model=model, **asked)
    asked = _given(options, "name", without=("style", "endpoint", "tokenizer"))
    path: Path = options["scores"]
    try:
        importing.foreign.refuse_file(path)
        with path.open("rb") as file, importing.kept(File(file)) as stored:
            aggregate = options["aggregate"] or "product"
            return adding.add_imported(terms, stored=stored, filename=path.name, aggregate=aggregate, **asked)
    except OSError as error:
        raise CommandError(f"{path} could not be read: {error}") from error


def _given(options: dict[str, Any], *needed: str, without: Sequence[str]) -> dict[str, Any]:
    """The needed options. Raises CommandError where one is missing, or another is given that means nothing here."""
    if missing := [name for name in needed if not options[name]]:
        raise CommandError(f"This takes --{' and --'.join(missing)} too.")
    if idle := [name for name in without if options[name]]:
        raise CommandError(f"--{idle[0]} means nothing here: leave it out.")
    return {name: options[name] for name in needed}
