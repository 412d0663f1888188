"""The one app."""

from django.apps import AppConfig


class LabelHub(AppConfig):
    name = "labelhub"
    label = "labelhub"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from labelhub import checks  # noqa: F401  registers them
