"""`manage.py create_user`: an account, and its role in a project."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from labelhub.errors import Refusal
from labelhub.models import Membership, Project, User
from labelhub.services.accounts import people


class Command(BaseCommand):
    help = (
        "Makes an account and gives it a role in a project; an account that is there already keeps its password. "
        "A generated password is printed this once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s ann --project gsm8k --role labeler"
        parser.add_argument("username", metavar="NAME", help="what the person signs in with")
        parser.add_argument("--project", metavar="SLUG", help="the project to belong to")
        parser.add_argument("--role", choices=Membership.Role.values, default=Membership.Role.LABELER)
        parser.add_argument("--superuser", action="store_true", help="may do everything, and enter /admin")
        parser.add_argument("--password", help="instead of a generated one; other users of this machine may see it")

    @transaction.atomic
    def handle(
        self,
        *,
        username: str,
        project: str | None,
        role: str,
        superuser: bool,
        password: str | None,
        **_: Any,
    ) -> None:
        try:
            generated = _account(username, password, superuser)
            if project:
                people.add_member(project=Project.objects.get(slug=project), username=username, role=role)
        except Project.DoesNotExist as error:
            raise CommandError(f"There is no project {project}.") from error
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{username} is {f'{role} of {project}' if project else 'signed up'}.")
        if generated:
            self.stdout.write(f"password: {generated}")


def _account(username: str, password: str | None, superuser: bool) -> str | None:
    """The generated password of a new account; None where one was given, or the account was there already."""
    if User.objects.filter(username=username).exists() and not (password or superuser):
        return None
    return people.create_user(username=username, password=password, superuser=superuser).password
