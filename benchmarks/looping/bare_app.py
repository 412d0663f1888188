"""The baseline of `labeling_loop`: the least a Django view can do to take a label and hand out the next item.

No sign-in, no roles, no validation, no revisions, no leases, no Django REST framework; one table of items and one
of labels. It claims under SKIP LOCKED, for without that it would serve items twice; on SQLite it takes the write lock
at BEGIN, for without that it fails with "locked".
"""

import json
import os
from typing import Any, ClassVar

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path

if not settings.configured:
    from environ import Env

    database = Env.db_url_config(os.environ["BARE_DATABASE_URL"]) | {"CONN_MAX_AGE": 600}
    if database["ENGINE"].endswith("sqlite3"):
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"  # as LabelHub's own
        database["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
    settings.configure(
        SECRET_KEY="not-a-secret: the baseline signs nothing",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


class Item(models.Model):
    objects: ClassVar[Any] = models.Manager()  # named, since mypy knows the installed apps' models only
    text = models.TextField()
    taken = models.BooleanField(default=False)

    class Meta:
        app_label = "bare"
        indexes = [models.Index(fields=["id"], condition=models.Q(taken=False), name="free_items")]

    def __str__(self) -> str:
        return str(self.pk)


class Label(models.Model):
    objects: ClassVar[Any] = models.Manager()
    item = models.ForeignKey(Item, models.CASCADE)
    ratings = models.JSONField()

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return str(self.pk)


@transaction.atomic
def submit_and_next(request: HttpRequest) -> JsonResponse:
    """`{"item", "ratings"}` in, the next `{"item", "text"}` out; without an item in, only the next one."""
    body = json.loads(request.body)
    if body["item"] is not None:
        Label.objects.create(item_id=body["item"], ratings=body["ratings"])
    item = Item.objects.filter(taken=False).order_by("pk").select_for_update(skip_locked=True).first()
    if item is None:
        return JsonResponse({"item": None})
    Item.objects.filter(pk=item.pk).update(taken=True)
    return JsonResponse({"item": item.pk, "text": item.text})


def fill(texts: list[str]) -> None:
    """Make the two tables and the items."""
    with connection.schema_editor() as editor:
        editor.create_model(Item)
        editor.create_model(Label)
    Item.objects.bulk_create((Item(text=text) for text in texts), batch_size=5000)


urlpatterns = [path("next", submit_and_next)]
application = get_wsgi_application()
