"""LabelHub: step-level labels, and the loop that decides what people label next."""

from labelhub.celery import app as celery_app

__all__ = ["__version__", "celery_app"]

__version__ = "0.1.0"  # the one place: the package, the schema and the command line read it here
