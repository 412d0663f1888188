"""Hand-written statements: the same answers on both databases, planned once, sent together, and nothing half done."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from labelhub.models import Labeler, Project
from labelhub.queries.accounts import tokens
from labelhub.queries.statement import Statement, known, together
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

NAME = Statement("SELECT name FROM labelhub_project WHERE id = %(project)s {lock}", lock="FOR UPDATE")
RENAME = Statement("UPDATE labelhub_project SET name = %(name)s WHERE id = %(project)s")


def test_the_last_statements_rows_are_the_answer(project):
    renaming = {"project": project.pk, "name": "It's 100% \\n; DROP"}
    assert together((RENAME, renaming), (NAME, {"project": project.pk})) == [("It's 100% \\n; DROP",)]
    assert NAME.first(project=0) is None


def test_statements_together_are_one_message_planned_once(project):
    calls = ((RENAME, {"project": project.pk, "name": "Pears"}), (NAME, {"project": project.pk}))
    together(*calls)
    with CaptureQueriesContext(connection) as messages:
        together(*calls)
    assert len(messages) == (1 if connection.vendor == "postgresql" else 2)
    assert not [each for each in messages if "PREPARE" in each["sql"]]


def test_a_plan_outlives_the_transaction_that_made_it(project):
    fresh = Statement("SELECT name AS plan FROM labelhub_project WHERE id = %(project)s")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert fresh.rows(project=project.pk)
        raise ZeroDivisionError
    assert fresh.rows(project=project.pk)


def test_a_statement_that_fails_takes_those_sent_with_it_back(project):
    other = factories.ProjectFactory()
    taken = Statement("UPDATE labelhub_project SET slug = %(slug)s WHERE id = %(project)s")
    with pytest.raises(IntegrityError), transaction.atomic():
        together(
            (RENAME, {"project": project.pk, "name": "Pears"}), (taken, {"project": other.pk, "slug": project.slug})
        )
    project.refresh_from_db()
    assert project.name != "Pears"


def test_values_go_in_as_their_columns_keep_them(project):
    labeler, at = Labeler.objects.create(), datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    item = factories.BatchItemFactory()
    insert = Statement("""
INSERT INTO labelhub_assignment (item_id, labeler_id, state, lease_token, leased_at, expires_at, draft)
VALUES (%(item)s, %(labeler)s, 'leased', 't', %(at)s, %(at)s, %(draft)s)
""")
    insert.rows(item=item.pk, labeler=labeler.pk, at=at, draft={"ratings": [1, None, -1]})
    made = item.assignments.get()
    assert (made.labeler, made.leased_at, made.draft) == (labeler, at, {"ratings": [1, None, -1]})


def test_a_row_known_in_part_fetches_the_rest_when_asked(project, django_assert_num_queries):
    partly = known(Project, name="as read", id=project.pk)
    with django_assert_num_queries(0):
        assert (partly.pk, partly.name) == (project.pk, "as read")
    with django_assert_num_queries(1):
        assert partly.slug == project.slug


@pytest.mark.django_db(transaction=True)
def test_a_token_is_looked_up_also_after_the_server_dropped_the_connection(ann):
    """PostgreSQL restarts under a connection that was kept from the last request; on SQLite nothing can be dropped."""
    digest = factories.ApiTokenFactory(user=ann, text=str(uuid4())).digest
    assert tokens.by_digest(digest)
    if connection.vendor == "postgresql":
        terminate_own_connection()
    found = tokens.by_digest(digest)
    assert found and found.token.user == ann and found.token.user.labeler == ann.labeler


def terminate_own_connection() -> None:
    pid = connection.connection.info.backend_pid
    another = connection.copy()
    with another.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    another.close()


def test_a_closed_accounts_token_is_nobodys(ann):
    digest = factories.ApiTokenFactory(user=ann, text="kept").digest
    ann.is_active = False
    ann.save()
    assert tokens.by_digest(digest) is None
