"""`manage.py demo`: the whole site on this machine, with a sample project that is alive."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.demo.place import Place, Refused
from labelhub.demo.show import Show


class Command(BaseCommand):
    help = (
        "Starts everything on this machine: database, broker, worker, web server, and a sample project that simulated "
        "labelers work on beside you. Needs nothing installed and no settings. Ctrl-C stops everything."
    )
    requires_system_checks: list[str] = []  # they are about a deployment; the demo makes its own settings

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s --port 9000"
        parser.add_argument("--port", type=int, default=8000, help="where the site answers (8000)")
        parser.add_argument(
            "--no-simulation", dest="simulation", action="store_false", help="leave all labeling to people"
        )
        parser.add_argument("--reset", action="store_true", help="delete what earlier starts made, and start anew")

    def handle(self, *, port: int, simulation: bool, reset: bool, **_: Any) -> None:
        try:
            Show(Place.here(), self.stdout, port=port, simulation=simulation, reset=reset).run()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
