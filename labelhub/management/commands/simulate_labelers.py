"""`manage.py simulate_labelers`: programs that rate over the HTTP API like people do."""

import signal
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from labelhub.errors import Refusal
from labelhub.management.arguments import share, whole
from labelhub.management.simulated.crew import Crew, Manner
from labelhub.management.simulated.oracle import Oracle
from labelhub.management.simulated.site import NoAnswer, Refused, Site
from labelhub.models import ApiToken, Membership, ProblemKey, Project, User
from labelhub.services.accounts import people


class Command(BaseCommand):
    help = (
        "Labels a project's open generation with simulated labelers, each with an account and a token of its own, over "
        "the HTTP API. They rate by what the oracle files know of the steps (step_labels or first_error), and give up "
        "what the files don't know. Needs the site to be running at --url, and its database. Ends when the generation "
        "has nothing more for them. Their labels say `simulated`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s gsm8k --oracle solutions.jsonl --noise 0.02 0.2"
        parser.add_argument("project", metavar="PROJECT", help="the project's slug")
        parser.add_argument(
            "--oracle", metavar="FILE", type=Path, action="append", required=True, help="solutions; may be repeated"
        )
        parser.add_argument("--labelers", type=whole(least=1), default=20, help="how many (20)")
        parser.add_argument(
            "--noise",
            type=share,
            nargs="+",
            default=[0],
            metavar="SHARE",
            help="chance that a step's rating is turned over (0); of two, the first labeler's and the last's",
        )
        parser.add_argument("--seed", type=int, default=0, help="of noise and pauses (0)")
        parser.add_argument("--pace", type=float, default=0.0, metavar="SECONDS", help="mean time per solution (0)")
        parser.add_argument("--leave", type=int, default=0, metavar="N", help="leave N open items to people (0)")
        parser.add_argument(
            "--patience",
            type=float,
            default=0.0,
            metavar="SECONDS",
            help="take what was left too, once nobody finished anything for so long (0: never)",
        )
        parser.add_argument("--keep-going", action="store_true", help="wait for the next generation, until Ctrl-C")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the site answers (%(default)s)")

    def handle(self, *, project: str, oracle: list[Path], labelers: int, url: str, **options: Any) -> None:
        found = Project.objects.filter(slug=project).first()
        if found is None:
            raise CommandError(f"There is no project {project}.")
        crew = Crew(project, _oracle(oracle, found), _manner(options), self._tell)
        started = time.monotonic()
        try:
            with _ended_by_signal(), _tokens(found, labelers) as tokens:
                _check_site(url, next(iter(tokens.values())))
                sites = {name: Site(url, token) for name, token in tokens.items()}
                crew.run(sites, overseer=Site(url, next(iter(tokens.values()))))
        except KeyboardInterrupt:
            self._tell("Stopped.")
        except (NoAnswer, Refused, Refusal) as error:
            raise CommandError(str(error)) from error
        finally:
            self._summarize(crew, time.monotonic() - started)

    def _tell(self, sentence: str) -> None:
        self.stderr.write(sentence)

    def _summarize(self, crew: Crew, seconds: float) -> None:
        told = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(crew.outcomes.items()))
        self.stdout.write(f"{crew.handed_in:,} passes in {seconds:.1f} s: {told or 'nothing to label'}.")


def _oracle(files: list[Path], project: Project) -> Oracle:
    if missing := [path for path in files if not path.is_file()]:
        raise CommandError(f"There is no file {missing[0]}.")
    known = ProblemKey.objects.filter(project=project).values_list("key", "problem__digest")
    oracle = Oracle(files, dict(known.iterator()))
    if not len(oracle):
        raise CommandError("The oracle knows no step of any solution of this project: it needs step_labels.")
    return oracle


def _manner(options: dict[str, Any]) -> Manner:
    noise = options["noise"]
    if len(noise) > 2:
        raise CommandError("--noise takes one share, or the first labeler's and the last's.")
    told = {name: options[name] for name in Manner.__dataclass_fields__}
    return Manner(**told | {"noise": tuple(map(float, noise))})


def _check_site(url: str, token: str) -> None:
    """Raise NoAnswer at once, not after a minute's patience, where nothing runs."""
    Site(url, token, patience=0).call("GET", "auth/me")


@contextmanager
def _tokens(project: Project, count: int) -> Iterator[dict[str, str]]:
    """A token by the name of each account, for as long as the block runs."""
    accounts = [_account(project, n) for n in range(1, count + 1)]
    issued = {each.username: people.issue_token(user=each, name="simulate_labelers") for each in accounts}
    try:
        yield {name: each.token for name, each in issued.items()}
    finally:
        connection.close()  # it has rested for as long as they worked: the server may have been restarted since
        ApiToken.objects.filter(pk__in=[each.id for each in issued.values()]).delete()


def _account(project: Project, number: int) -> User:
    name = f"simulated-{number:02d}"
    user = User.objects.filter(username=name).first() or people.create_user(username=name, simulated=True).user
    if not user.simulated:
        raise CommandError(f"The account {name} is a person's.")
    if not Membership.objects.filter(project=project, user=user).exists():
        people.add_member(project=project, username=name, role=Membership.Role.LABELER)
    return user


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C does: leases are handed back, tokens deleted."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
