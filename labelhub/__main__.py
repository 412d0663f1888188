"""LabelHub's command line: `labelhub` where it is installed, `python manage.py` in a checkout."""

import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from labelhub import __version__


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings")
    program, *words = sys.argv
    if words in (["version"], ["--version"]):
        sys.stdout.write(f"LabelHub {__version__}\n")
    elif _asks_for_help(words):
        if not os.environ.get("SECRET_KEY"):
            os.environ["SECRET_KEY"] = secrets.token_urlsafe(50)  # help signs nothing; it has to work before set-up
        _run(program, words)
    else:
        if words[:1] == ["demo"]:  # makes its own secret and places, before the settings are read
            from labelhub.demo.place import Place

            Place.here().enter()
        _run(program, words)


def _asks_for_help(words: Sequence[str]) -> bool:
    return not words or words[0] == "help" or "-h" in words or "--help" in words


def _run(program: str, words: Sequence[str]) -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line([program if Path(program).name != "__main__.py" else "labelhub", *words])
    except ImproperlyConfigured as error:
        if "--traceback" in words:
            raise
        sys.exit(f"labelhub: {error}")
    except Exception as error:
        from labelhub.services import outages

        if away := outages.of(error):
            sys.exit(f"{away} ({away.code})")
        raise


if __name__ == "__main__":
    main()
