"""The loop's commands: what they print, and the one sentence with which they refuse."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from labelhub.models import Checkpoint, Generation, Job, Project
from tests import factories
from tests.services.loop.test_generations import CONVINCING, champion, pool

__all__ = ["champion", "pool"]  # fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """What would go to the broker: a command needs none to be told what it does."""
    jobs: list[Job] = []
    monkeypatch.setattr("labelhub.tasks.send", jobs.append)
    return jobs


def call(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as refusal:
        call(*arguments)
    return str(refusal.value)


def test_opening_a_generation_sends_its_first_job(project, pool, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        told = call("open_generation", "apples", "--rule", "uniform", "--scope", "global", "--k", "3")
    assert told.startswith("Generation 0 of apples: selecting")
    assert [job.kind for job in sent] == ["select"]


def test_the_projects_shares_hold_where_none_is_named(project, pool):
    Project.objects.filter(pk=project.pk).update(control_share="0.5", labels_wanted=2, overlap_share="0.25")
    call("open_generation", "apples", "--rule", "uniform", "--audit-share", "0")
    generation = Generation.objects.get()
    shares = (generation.control_share, generation.audit_share)
    assert (*shares, generation.labels_wanted) == (Decimal("0.5"), Decimal(0), 2)
    assert generation.overlap_share == 0.25


def test_a_refusal_is_its_sentence_and_code(project, pool):
    assert refused("open_generation", "apples").endswith("(no_champion)")
    assert refused("open_generation", "pears") == "There is no project pears."
    assert refused("close_generation", "apples", "3") == "Project apples has no generation 3."


def test_the_composition_tells_grades_and_scores(project, champion):
    from labelhub.management.commands.open_generation import _composition
    from labelhub.services.loop import generations, selecting

    generation = generations.launch(project=project, by=None, parameters=CONVINCING)
    generations.scored(generation=generation)
    batch = selecting.pick(project=project, champion=champion, parameters=CONVINCING)
    generations.selected(generation=generation, batch=batch)
    assert [line.split() for line in _composition(generation)] == [
        ["stratum", "picks", "wrong", "right", "scores"],
        ["remainder", "1", "0", "1", "0.135", "to", "0.135"],
        ["wrong", "3", "3", "0", "0.00674", "to", "0.368"],
    ]


def test_what_opened_ahead_is_told_with_the_scores_of_the_champion_it_is_measured_with(project, champion):
    from labelhub.management.commands.open_generation import _composition

    ahead = factories.GenerationFactory(project=project, champion=champion)
    item = factories.BatchItemFactory(generation=ahead, stratum="control", log_score=None, solution__wrong=True)
    assert list(_composition(ahead))[1].split() == ["control", "1", "1", "0", "none", "yet"]
    factories.ScoreFactory(checkpoint=champion, solution=item.solution, log_score=0.0)
    factories.ScoreFactory(solution=item.solution, checkpoint__project=project, log_score=-5.0)
    assert list(_composition(ahead))[1].split() == ["control", "1", "1", "0", "1", "to", "1"]


def test_closing_trains(project, generation, sent, django_capture_on_commit_callbacks):
    item = factories.BatchItemFactory(generation=generation)
    factories.LabelFactory(assignment=factories.AssignmentFactory(item=item, state="submitted"), ratings=[-1])
    with django_capture_on_commit_callbacks(execute=True):
        told = call("close_generation", "apples", "0")
    assert "Checkpoint 1: being trained" in told
    assert [job.kind for job in sent] == ["train"]


def test_cancelling_and_promoting_say_what_is_true_now(project, generation, sent):
    assert call("cancel_generation", "apples", "0") == "Generation 0 of apples: cancelled\n"
    factories.CheckpointFactory(project=project, number=4)
    assert call("promote_checkpoint", "apples", "4") == "Checkpoint 4 is the champion of apples.\n"
    assert "no checkpoint 9" in refused("promote_checkpoint", "apples", "9")


def test_training_by_hand_needs_a_label(project):
    assert "(nothing_to_train)" in refused("train_checkpoint", "apples", "--kind", "orm")
    assert not Checkpoint.objects.exists()


def test_evaluating_says_what_is_undefined_and_why(project):
    assert "no champion yet" in refused("evaluate", "apples")
    from selector.prm.config import TrainConfig

    factories.CheckpointFactory(project=project, number=1, config=TrainConfig().to_dict())
    told = call("evaluate", "apples", "--checkpoint", "1")
    assert "best-of-n    undefined: No problem of this split has two graded solutions." in told
    factories.CheckpointFactory(project=project, number=2, state="training")
    assert "is training, not evaluated" in refused("evaluate", "apples", "--checkpoint", "2")


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--k", "0", "0 is not between 1 and"),
        ("--k", "two", "two is not a whole number"),
        ("--wrong-share", "0,8", "0,8 is not a number"),
        ("--wrong-share", "80", "80 is not between 0 and 1"),
        ("--audit-share", "NaN", "NaN is not between 0 and 1"),
        ("--control-share", "0.12345", "0.12345 has more than four decimal places"),
        ("--gate-k", "-1", "-1 is not between 0 and"),
        ("--labels-wanted", "0", "0 is not between 1 and"),
        ("--seed", "99999999999999999999", "99999999999999999999 is not between 0 and"),
    ],
)
def test_a_number_that_can_not_be_is_refused_with_its_option(project, pool, option, value, told):
    sentence = refused("open_generation", "apples", "--rule", "uniform", option, value)
    assert option in sentence and told in sentence
    assert not Generation.objects.exists()
