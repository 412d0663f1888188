"""How the reviewers' queues are read: by indexes, however many labels there are."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from labelhub.models import Label
from labelhub.queries.quality import review

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


def plan(rows: QuerySet[Any]) -> str:
    """As the database would go about it if reading a whole table cost a great deal, as it does where it is large."""
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


def test_labels_with_flagged_steps_are_read_by_their_index(project):
    assert "labels_with_flagged_steps" in plan(review.flagged(project))


def test_solutions_with_several_labels_are_read_off_an_index_alone():
    alone = {"sqlite": "USING COVERING INDEX", "postgresql": "Index Only Scan"}[connection.vendor]
    assert alone in plan(review._several())


def test_the_newest_revisions_are_those_that_no_other_supersedes():
    """And are planned as that: from a join that found nothing PostgreSQL concludes that hardly a row is left."""
    apart = {"sqlite": "SUBQUERY", "postgresql": "Anti Join"}[connection.vendor]
    assert apart in plan(Label.objects.current())
