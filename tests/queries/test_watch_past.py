"""What passes have cost so far."""

import pytest
from django.db import connection

from labelhub.queries import watch_past

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


def test_the_latest_passes_are_read_in_their_order_and_not_sorted(project):
    """Begun with the project's problems, their million solutions are passed first, and all their labels sorted."""
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL enable_sort = off")
        connection.cursor().execute("SET LOCAL enable_seqscan = off")
    plan = watch_past.latest(project).explain()
    assert "labelhub_label_submitted_at" in plan
    assert "TEMP B-TREE" not in plan
