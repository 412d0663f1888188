"""A project trains its checkpoints the way that it chose, with its settings, from a base that the deployment lists."""

from pathlib import Path
from typing import Any

import pytest

from labelhub.errors import Invalid
from labelhub.models import Checkpoint, Project, Score
from labelhub.services import projects
from labelhub.services.loop import evaluating, training
from tests import sample
from tests.selector import tiny
from tests.test_learning_curve import UNIFORM, opened, work_off

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]

SETTINGS: dict[str, dict[str, Any]] = {
    "embedded": {"pretrain_updates": 0, "epochs": 1, "min_updates": 1},
    "frozen": {"heads": 3, "neutral": "negative"},
    "lora": {"rank": 2, "epochs": 1, "batch": 16},
    "full": {"epochs": 1, "batch": 16, "aggregate": "min"},
}


@pytest.fixture
def base(tmp_path: Path, settings: Any) -> str:
    found = str(tiny.causal_base(tmp_path / "base", window=2048))
    settings.BASE_MODELS = (found,)
    return found


@pytest.fixture
def labelled(project: Project, tmp_path: Path) -> Project:
    oracle = sample.fill(project, tmp_path, problems=8, samples=4, gate=2)
    opened(project, UNIFORM)
    sample.label_all(project, oracle)
    return project


def trained(project: Project) -> Checkpoint:
    """Trained and measured, by the project's present settings."""
    job = training.start(project=Project.objects.get(pk=project.pk), by=None)
    work_off(project)
    return Checkpoint.objects.get(jobs=job)


@pytest.mark.parametrize("way", SETTINGS)
def test_each_way_trains_measures_and_scores_here(labelled, base, way):
    base_model = "" if way == "embedded" else base
    projects.change(project=labelled, by=None, way=way, base_model=base_model, training=SETTINGS[way])
    checkpoint = trained(labelled)
    assert (checkpoint.state, checkpoint.base_model) == ("ready", base_model)
    assert checkpoint.config.items() >= {"way": way, **SETTINGS[way]}.items()
    scored = Score.objects.filter(checkpoint=checkpoint, solution__problem__split="gate")
    assert scored.count() == 8
    assert {len(one.step_probs or ()) == len(one.solution.steps) for one in scored.select_related("solution")} == {True}


def test_a_frozen_base_reads_each_solution_once_for_all_checkpoints(labelled, base):
    projects.change(project=labelled, by=None, way="frozen", base_model=base)
    first, second = trained(labelled), trained(labelled)
    assert first.report["counts"]["read_now"] > 0
    assert second.report["counts"]["read_now"] == 0


@pytest.mark.parametrize("way", ["frozen", "lora"])
def test_a_base_that_is_listed_no_more_is_loaded_neither_to_train_nor_to_score(labelled, base, settings, way):
    projects.change(project=labelled, by=None, way=way, base_model=base, training=SETTINGS[way])
    checkpoint = trained(labelled)
    settings.BASE_MODELS = ()
    with pytest.raises(Invalid, match="lists no model"):
        training.start(project=Project.objects.get(pk=labelled.pk), by=None)
    Score.objects.filter(checkpoint=checkpoint).delete()
    job = evaluating.start(checkpoint=checkpoint)
    with pytest.raises(Invalid, match="lists no model"):
        work_off(labelled)
    job.refresh_from_db()
    assert job.state == "failed"
    assert not Score.objects.filter(checkpoint=checkpoint).exists()
