"""`manage.py evaluate`: what a checkpoint is worth on held-out problems."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.management import following
from labelhub.models import Checkpoint, Problem
from labelhub.services.loop import evaluating


class Command(BaseCommand):
    help = (
        "Prints a checkpoint's measures on the gate or the test problems, from the scores it gave them when it was "
        "evaluated, with the labels and grades as they are now. The champion, unless another is named. Needs no worker."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s gsm8k --checkpoint 2 --split test"
        following.add_project(parser)
        parser.add_argument("--checkpoint", metavar="N", type=int, help="its number (default: the champion's)")
        parser.add_argument("--split", choices=evaluating.SPLITS, default=Problem.Split.GATE)

    def handle(self, *, project: str, checkpoint: int | None, split: str, **_: Any) -> None:
        target = following.find_project(project)
        chosen = target.champion if checkpoint is None else following.find_checkpoint(target, checkpoint)
        if chosen is None:
            raise CommandError(f"Project {project} has no champion yet; name a checkpoint.")
        if chosen.state != Checkpoint.State.READY:
            raise CommandError(f"Checkpoint {chosen.number} is {chosen.state}, not evaluated.")
        other = target.champion if target.champion_id != chosen.pk else None
        measures = evaluating.measure(checkpoint=chosen, champion=other, split=split)
        self.stdout.write(f"Checkpoint {chosen.number} of {project} on {split} problems")
        for line in _lines(measures):
            self.stdout.write(f"  {line}")


def _lines(measures: dict[str, Any]) -> list[str]:
    return [
        f"best-of-n    {_best_of_n(measures['best_of_n'])}",
        f"first error  {_first_error(measures['first_error'])}",
        f"steps        {_steps(measures['steps'])}",
        *(_against(name, measures["champion"], compared) for name, compared in measures["comparison"].items()),
    ]


def _best_of_n(found: dict[str, Any]) -> str:
    if "undefined" in found:
        return f"undefined: {found['undefined']}"
    return (
        f"best-of-{found['n']} {found['accuracy']:.1%}, majority voting {found['majority_vote']:.1%}, "
        f"pass@1 {found['pass_at_1']:.1%}, oracle {found['oracle']:.1%}, {found['problems']:,} problems"
    )


def _first_error(found: dict[str, Any]) -> str:
    if "undefined" in found:
        return f"undefined: {found['undefined']}"
    return (
        f"F1 {found['f1']:.3f} at the {'tuned' if found['tuned'] else 'untuned'} threshold {found['threshold']:.3g} "
        f"({found['erroneous']:.1%} of {found['n_erroneous']:,} with a mistake, "
        f"{found['correct']:.1%} of {found['n_correct']:,} without)"
        f"{_left_out(found['n_unknown'])}"
    )


def _left_out(unknown: int) -> str:
    return f"; left out, as their first mistake is unknown: {unknown:,}" if unknown else ""


def _steps(found: dict[str, Any]) -> str:
    if "undefined" in found:
        return f"undefined: {found['undefined']}"
    gain = found["gain"]
    return (
        f"AUC {found['auc']:.3f}, position alone {found['position_only']:.3f}, difference {gain['difference']:+.3f} "
        f"(95% interval {gain['low']:+.3f} to {gain['high']:+.3f}), {found['n']:,} steps"
    )


def _against(metric: str, champion: int, compared: dict[str, Any]) -> str:
    return (
        f"against champion {champion} by {metric}: {compared['difference']:+.3f} "
        f"(95% interval {compared['low']:+.3f} to {compared['high']:+.3f}, detectable {compared['detectable']:.3f})"
    )
