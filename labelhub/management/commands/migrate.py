"""`manage.py migrate`: Django's own, on a site whose directory for data isn't there yet."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import migrate


class Command(migrate.Command):
    help = "Makes the tables, or brings them up to date; the first run makes DATA_DIR, where a SQLite file lies, too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.epilog = "Example: %(prog)s"
        super().add_arguments(parser)

    def execute(self, *args: Any, **options: Any) -> Any:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)  # before the checks, which ask the database
        return super().execute(*args, **options)
