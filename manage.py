#!/usr/bin/env python
"""LabelHub's command line: `python manage.py help` lists what it can do."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings")
    if sys.argv[1:2] == ["demo"]:  # makes its own secret and places, before the settings are read
        from labelhub.demo.place import Place

        Place.here().enter()
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        from labelhub.services import outages

        if away := outages.of(error):
            sys.exit(f"{away} ({away.code})")
        raise
