"""The script of docs/scorers.md trains on the labels of a generation that waits, and brings its scores."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from labelhub.models import Checkpoint, Job, Membership, Project
from labelhub.services.accounts import people
from tests import factories
from tests.services.loop.test_scorers import carried, pool, waiting

__all__ = ["pool"]  # a fixture

pytestmark = [pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[3]
QUICK = ["--set", "pretrain_updates=0", "--set", "epochs=1", "--set", "min_updates=1"]


def test_the_script_of_the_docs_brings_the_checkpoint_that_a_generation_waits_for(project, pool, live_server, tmp_path):
    generation = waiting(project, pool)
    operator = factories.MembershipFactory(project=project, role=Membership.Role.OPERATOR).user
    token = people.issue_token(user=operator, name="script", scope="operate", days=1).token
    [script] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/scorers.md").read_text(encoding="utf-8"), re.DOTALL)
    environment = os.environ | {"LABELHUB_URL": live_server.url, "LABELHUB_TOKEN": token, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", script, "apples", *QUICK], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    carried(Job.objects.get(kind=Job.Kind.READ_SCORES))
    generation.refresh_from_db()
    made = Checkpoint.objects.get()
    assert (generation.state, generation.checkpoint, made.source) == ("closed", made, "imported")
    assert made.scores.count() == len(pool)
    assert Project.objects.get(pk=project.pk).champion == made
