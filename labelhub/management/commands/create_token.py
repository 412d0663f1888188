"""`manage.py create_token`: a bearer token for an account's scripts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.models import ApiToken, User
from labelhub.services.accounts import people


class Command(BaseCommand):
    help = "Makes a bearer token for an account's scripts and prints it; it can't be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = 'Example: curl --retry 100 -H "Authorization: Bearer $(%(prog)s ann)" .../api/v1/auth/me'
        parser.add_argument("username", metavar="NAME", help="whose token it is: it may do what the account may")
        parser.add_argument("--name", default="made by create_token", help="what it is for")
        scopes = ApiToken.Scope
        parser.add_argument("--scope", choices=scopes.values, default=scopes.OPERATE, help="how far it reaches")
        parser.add_argument("--days", type=int, default=people.TOKEN_DAYS, help="until it expires")

    def handle(self, *, username: str, name: str, scope: str, days: int, **_: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account named {username}.")
        issued = people.issue_token(user=user, name=name, scope=scope, days=days)
        self.stdout.write(issued.token)
