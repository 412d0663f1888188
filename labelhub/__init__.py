"""LabelHub: step-level labels, and the loop that decides what people label next."""

from labelhub.celery import app as celery_app

__all__ = ["celery_app"]
