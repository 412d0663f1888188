"""People are never idle: while a checkpoint is trained, the next generation's control and gate items are open."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from labelhub.errors import WrongState
from labelhub.models import Assignment, BatchItem, Checkpoint, Event, Generation, Label, Project, User
from labelhub.queries.labeling import queue
from labelhub.queries.loop import pools, progress, watch
from labelhub.queries.loop.generations import ItemCounts
from labelhub.services.labeling import hand_in, leases
from labelhub.services.labeling.hand_in import Pass
from labelhub.services.loop import generations, selecting
from labelhub.services.loop.selecting import Parameters
from tests import factories
from tests.present import present

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

LAUNCHED = {"rule": "uniform", "scope": "global", "k": 10, "control_share": Decimal("0.2"), "gate_k": 3, "seed": 5}
CONVINCING = Parameters(
    rule="convincing", scope="global", k=6, control_share=Decimal("0.5"), gate_k=9, overlap_share=Decimal(1), seed=77
)


@pytest.fixture
def pool(project: Project) -> None:
    for n in range(30):
        factories.SolutionFactory(problem__project=project, wrong=n % 2 == 0)
    factories.SolutionFactory.create_batch(6, problem__project=project, problem__split="gate")


@pytest.fixture
def training(project: Project, pool: None) -> Generation:
    """Generation 0, closed and being trained on."""
    checkpoint = factories.CheckpointFactory(project=project)
    return factories.GenerationFactory(project=project, state="training", checkpoint=checkpoint, **LAUNCHED)


@pytest.fixture
def ahead(training: Generation) -> Generation:
    opened = generations.open_ahead(after=training)
    assert opened is not None
    return opened


def label(project: Project, who: User) -> Label | None:
    """The next item that this person is offered, labelled."""
    offered = leases.claim_next(project=project, labeler=who.labeler).assignment
    if offered is None:
        return None
    ratings: list[int | None] = [1] * len(offered.item.solution.steps)
    body = Pass(lease=offered.lease_token, ratings=ratings, finish_reason="solution", total_time=1000)
    return hand_in.hand_in(
        labeler=who.labeler, assignment_id=offered.pk, body=body, source="human", holding=[offered.pk]
    ).label


def strata(generation: Generation) -> dict[str, int]:
    found: dict[str, int] = {}
    for stratum in generation.items.values_list("stratum", flat=True):
        found[stratum] = found.get(stratum, 0) + 1
    return found


def test_the_next_ones_control_and_gate_items_open_while_the_last_is_trained_on(training, ahead):
    assert (ahead.number, ahead.state, ahead.champion, ahead.seed) == (1, "ahead", None, 6)
    assert strata(ahead) == {"control": 2, "gate": 3}
    chance = ahead.items.filter(stratum="control").values_list("inclusion_probability", flat=True)
    assert list(chance) == [pytest.approx(2 / 30)] * 2
    assert Event.objects.get(verb="open ahead").subject == "generation 1"


def test_people_take_them_and_their_labels_count(project, ahead, ann, bob):
    assert progress.of_batch(project) == ItemCounts(open=5, leased=0, done=0, withdrawn=0)
    for _ in range(5):
        assert label(project, ann) is not None
    assert set(ahead.items.values_list("state", flat=True)) == {"done"}
    assert queue.why_empty(project=project, labeler=bob.labeler) is queue.Reason.BATCH_FINISHED


def test_the_last_of_them_being_with_others_is_said(project, ahead, ann, bob):
    ahead.items.exclude(position=0).update(state="done")
    leases.claim_next(project=project, labeler=ann.labeler)
    assert leases.claim_next(project=project, labeler=bob.labeler).reason is queue.Reason.ALL_LEASED


def test_it_opens_once(training, ahead):
    assert generations.open_ahead(after=training) is None
    assert Generation.objects.filter(state="ahead").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.GenerationFactory(project=training.project, number=9, state="ahead")


def test_nothing_opens_where_there_is_nothing_to_draw_or_nothing_to_wait_for(project, training):
    Generation.objects.update(control_share=0, gate_k=0)
    training.refresh_from_db()
    assert generations.open_ahead(after=training) is None
    Generation.objects.update(gate_k=3, state="cancelled")
    training.refresh_from_db()
    assert generations.open_ahead(after=training) is None
    assert Generation.objects.count() == 1


def test_what_is_open_ahead_is_not_in_the_pool(project, ahead):
    open_now = set(ahead.items.values_list("solution", flat=True))
    in_pool = set(pools.train_pool(project=project).values_list("pk", flat=True))
    assert len(in_pool) == 28
    assert not open_now & (in_pool | set(pools.gate_pool(project=project).values_list("pk", flat=True)))


@pytest.fixture
def champion(project: Project, training: Generation) -> Checkpoint:
    champion = factories.CheckpointFactory(project=project)
    for n, solution in enumerate(pools.train_pool(project=project)):
        factories.ScoreFactory(checkpoint=champion, solution=solution, log_score=-1.0 - n)
    return champion


def close(training: Generation, champion: Checkpoint) -> Project:
    Generation.objects.filter(pk=training.pk).update(state="closed")
    Project.objects.filter(pk=training.project_id).update(champion=champion)
    return Project.objects.get(pk=training.project_id)


def test_launching_takes_it_up_and_picks_the_rest_behind_it(project, training, champion, ahead, ann, olga):
    first = label(project, ann)
    project = close(training, champion)
    launched = generations.launch(project=project, by=olga, parameters=CONVINCING)
    assert (launched.pk, launched.state, launched.champion, launched.launched_by) == (
        ahead.pk,
        "scoring",
        champion,
        olga,
    )
    assert (launched.rule, launched.k, launched.seed) == ("convincing", 6, 77)
    stands = (launched.control_share, launched.gate_k, launched.overlap_share)
    assert stands == (Decimal("0.2"), 3, Decimal(0))  # as it was opened
    assert label(project, ann) is not None  # while the pool is scored
    generations.scored(generation=launched)
    generations.selected(generation=launched, batch=selecting.pick_rest(generation=launched))
    launched.refresh_from_db()
    assert strata(launched) == {"control": 2, "gate": 3, "wrong": 5, "remainder": 1}
    assert sorted(launched.items.values_list("position", flat=True)) == list(range(11))
    assert launched.items.get(solution=present(first).solution).state == "done"
    assert launched.manifest["ahead"]["picks"] == 5
    assert launched.manifest["shortfall"]["gate"] == 0
    told = watch.of(launched)
    assert told.burndown.made == 2
    opened = next(each.at for each in told.timeline if each.stage == "ahead")
    assert present(opened) < launched.launched_at


def test_the_preview_counts_what_is_open_ahead_beside_what_it_would_pick(project, training, champion, ahead):
    project = close(training, champion)
    told = generations.preview(project=project, parameters=CONVINCING)
    assert (told.ahead, told.picks, told.by_stratum.get("control")) == (5, 6, None)


def test_the_preview_goes_by_what_stands_of_what_is_open_ahead(project, training, champion, ahead):
    wanted_twice = replace(CONVINCING, labels_wanted=2)
    told = generations.preview(project=close(training, champion), parameters=wanted_twice)
    assert (told.picks, told.effort.passes) == (6, 6)


def test_where_the_project_advances_by_itself_it_is_taken_up_at_once(project, training, ahead):
    Project.objects.update(auto_advance=True)
    Generation.objects.filter(pk=training.pk).update(state="evaluating")
    generations.evaluated(generation=training, decision={"promoted": False})
    ahead.refresh_from_db()
    assert ahead.state == "selecting"
    assert Generation.objects.count() == 2


def test_one_that_is_not_wanted_is_withdrawn_with_its_leases_and_keeps_its_labels(project, ahead, ann, olga):
    made = present(label(project, ann))
    held = present(leases.claim_next(project=project, labeler=ann.labeler).assignment)
    generations.cancel(generation=ahead, by=olga, reason="No further round.")
    assert Assignment.objects.get(pk=held.pk).state == "revoked"
    assert set(ahead.items.values_list("state", flat=True)) == {"done", "withdrawn"}
    assert Label.objects.filter(pk=made.pk).exists()
    assert leases.claim_next(project=project, labeler=ann.labeler).assignment is None


def test_it_is_not_closed_before_it_is_launched(ahead):
    with pytest.raises(WrongState):
        generations.close(generation=ahead, by=None)


def test_a_pass_can_be_changed_while_it_is_open_ahead(project, ahead, ann):
    made = present(present(label(project, ann)).assignment)
    body = Pass(lease=made.lease_token, ratings=[-1], finish_reason="found_error", total_time=2000)
    again = hand_in.hand_in(labeler=ann.labeler, assignment_id=made.pk, body=body, source="human", holding=())
    assert again.label.revision == 2
    assert BatchItem.objects.get(pk=made.item_id).state == "done"
