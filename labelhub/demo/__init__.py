"""The whole site on one machine with nothing installed: `python manage.py demo`."""
