"""A migrated test database, made once: migrating takes longer than most of the tests that one mutant needs.

`python -m scripts.mutants.database FILE` makes it. As a pytest plugin (`-p scripts.mutants.database --reuse-db`) the
module copies the file that MIGRATED names to where the tests look for their database.
"""

from __future__ import annotations

import os
import shutil
import sys


def pytest_sessionstart() -> None:
    from django.conf import settings

    shutil.copyfile(os.environ["MIGRATED"], settings.DATABASES["default"]["TEST"]["NAME"])


def main(target: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings
    from django.db import connection

    django.setup()
    settings.PLACE.mkdir(mode=0o700)
    made = connection.creation.create_test_db(verbosity=0, serialize=False)
    connection.close()
    shutil.copyfile(made, target)
    shutil.rmtree(settings.PLACE)


if __name__ == "__main__":
    main(sys.argv[1])
