"""The test rig itself: factories make valid rows, and the services are the real ones."""

import os

import pytest
from django.db import connection

from labelhub.models import BatchItem, Label
from tests import factories
from tests.present import present

pytestmark = pytest.mark.data_layer


@pytest.mark.parametrize("factory", factories.Rows.__subclasses__(), ids=lambda factory: factory.__name__)
def test_a_factory_makes_a_valid_row_twice(db, factory):
    for _ in range(2):
        factory().validate_constraints()


def test_a_label_of_the_factory_belongs_to_one_project(db):
    label = factories.LabelFactory(ratings=[1, -1])
    item = present(label.assignment).item
    assert label.solution.problem.project == item.generation.project
    assert label.finish_reason == Label.FinishReason.FOUND_ERROR
    assert len(label.steps) == 2
    assert item.state == BatchItem.State.DONE


def test_people_have_their_meaning(ann, bob, rita, olga, stranger, project):
    roles = {m.user.username: m.role for m in project.memberships.select_related("user")}
    assert roles == {"ann": "labeler", "bob": "labeler", "rita": "reviewer", "olga": "operator"}
    assert ann.labeler != bob.labeler


def test_the_database_is_the_one_asked_for():
    assert connection.vendor == ("postgresql" if "TEST_DATABASE_URL" in os.environ else "sqlite")


@pytest.mark.slow
def test_a_worker_works_on_the_test_database(worker, ann):
    """Its sweep reads the job table of this very database."""
    worker.kill()
    assert worker.process.returncode == -9
