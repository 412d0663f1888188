"""`manage.py create_token`: a bearer token for an account's scripts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.models import User
from labelhub.services import people


class Command(BaseCommand):
    help = "Makes a bearer token for an account's scripts and prints it; it can't be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = 'Example: curl -H "Authorization: Bearer $(manage.py create_token ann)" .../api/v1/auth/me'
        parser.add_argument("username", metavar="NAME", help="whose token it is: it may do what the account may")
        parser.add_argument("--name", default="made by create_token", help="what it is for")

    def handle(self, *, username: str, name: str, **_: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account named {username}.")
        _token, text = people.issue_token(user=user, name=name)
        self.stdout.write(text)
