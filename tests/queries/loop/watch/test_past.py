"""What passes have cost so far."""

import pytest
from django.db import connection

from labelhub.queries.data import browse
from labelhub.queries.loop.watch import past as watch_past

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


def test_in_a_large_project_the_latest_passes_are_read_in_their_order(project, monkeypatch):
    """Begun with the project's problems, their million solutions are passed first, and all their labels sorted."""
    monkeypatch.setattr(browse, "is_small", lambda project: False)
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL enable_sort = off")
        connection.cursor().execute("SET LOCAL enable_seqscan = off")
    plan = watch_past.latest(project).explain()
    assert "labelhub_label_submitted_at" in plan
    assert "TEMP B-TREE" not in plan


def test_in_a_small_one_they_are_found_by_its_problems_and_not_among_everybodys(project):
    assert 'INNER JOIN "labelhub_problem"' in str(watch_past.latest(project).query)
