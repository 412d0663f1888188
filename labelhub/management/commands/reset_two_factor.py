"""`manage.py reset_two_factor`: for who lost the device and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.models import User
from labelhub.services.accounts import two_factor


class Command(BaseCommand):
    help = "Takes the second factor from an account, so that the password alone signs in until another is set up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s olga"
        parser.add_argument("username", metavar="NAME", help="whose; be sure that it is they who ask")

    def handle(self, *, username: str, **_: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account named {username}.")
        two_factor.reset(user=user, by=None)
        self.stdout.write(f"{username} signs in with the password alone.")
