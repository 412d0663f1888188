#!/usr/bin/env python
"""LabelHub's command line in a checkout: `python manage.py help` lists what it can do."""

from labelhub.__main__ import main

if __name__ == "__main__":
    main()
