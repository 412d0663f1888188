"""Selecting: who is in the pool, and that the same pool gives the same batch."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import pytest

from labelhub.errors import NoChampion, NoStepScores
from labelhub.models import BatchItem, Checkpoint, Generation, Project, Solution
from labelhub.queries.loop import pools
from labelhub.services.loop import scoring, selecting
from labelhub.services.loop.selecting import Parameters
from selector.selection.uncertain import uncertainty
from selector.types import Candidate, Grade, Scored
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

UNIFORM = Parameters(rule="uniform", scope="global", k=100)


@pytest.fixture
def solution(project: Project) -> Solution:
    return factories.SolutionFactory(problem__project=project)


def pool(project: Project) -> list[Solution]:
    return list(pools.train_pool(project=project))


def test_a_graded_train_solution_is_in_the_pool(project, solution):
    assert pool(project) == [solution]


@pytest.mark.parametrize(
    "values",
    [
        {"grade": "unknown"},
        {"grade": None, "graded_by": None},
        {"problem__split": "gate"},
        {"problem__split": "test"},
        {"problem__retired_at": "2026-01-01T00:00Z"},
    ],
)
def test_ungraded_unknown_held_out_and_retired_ones_are_not(project, values):
    factories.SolutionFactory(problem__project=project, **values)
    assert pool(project) == []


def test_a_labelled_solution_and_its_duplicates_are_not(project, generation, solution):
    factories.SolutionFactory(problem=solution.problem, steps=solution.steps)
    item = factories.BatchItemFactory(generation=generation, solution=solution, state="done")
    factories.LabelFactory(assignment=factories.AssignmentFactory(item=item, state="submitted"))
    assert pool(project) == []


@pytest.mark.parametrize(("state", "generation_state", "free"), [
    ("open", "labeling", False),
    ("leased", "labeling", False),
    ("withdrawn", "labeling", True),
    ("open", "cancelled", True),
])  # fmt: skip
def test_what_is_in_an_open_batch_is_not(project, solution, state, generation_state, free):
    generation = factories.GenerationFactory(project=project, state=generation_state)
    factories.BatchItemFactory(generation=generation, solution=solution, state=state)
    assert (solution in pool(project)) is free


def test_the_same_text_in_another_problem_is_another_solution(project, solution):
    other = factories.SolutionFactory(problem__project=project, steps=solution.steps)
    assert set(pool(project)) == {solution, other}


def test_scores_of_another_checkpoint_do_not_count(project, solution):
    ours, other = (factories.CheckpointFactory(project=project) for _ in range(2))
    factories.ScoreFactory(checkpoint=other, solution=solution, log_score=-9.0)
    scored = pools.with_scores(pools.train_pool(project=project), checkpoint=ours)
    assert list(scored.values_list("score_by__log_score", flat=True)) == [None]


def test_a_solution_too_long_to_score_is_not_selected(project, solution):
    champion = factories.CheckpointFactory(project=project)
    factories.ScoreFactory(checkpoint=champion, solution=solution, step_probs=None, log_score=None)
    batch = selecting.pick(project=project, champion=champion, parameters=UNIFORM)
    assert batch.picks == ()


def test_a_pick_tells_all_that_the_database_knows_of_it(project, solution):
    champion = factories.CheckpointFactory(project=project)
    factories.ScoreFactory(checkpoint=champion, solution=solution, log_score=-1.5, uncertainty=None)
    (pick,) = selecting.pick(project=project, champion=champion, parameters=UNIFORM).picks
    told = Candidate(solution.problem_id, solution.pk, Grade(solution.grade), -1.5, solution.digest)
    assert pick.candidate == told
    assert type(pick.candidate.solution_id) is int


def test_the_same_pool_gives_the_same_batch(project):
    problem = factories.ProblemFactory(project=project)
    for _ in range(12):
        factories.SolutionFactory(problem=problem)
    parameters = Parameters(rule="uniform", scope="global", k=4, seed=3)
    first, second = (selecting.pick(project=project, champion=None, parameters=parameters) for _ in range(2))
    assert first == second


def test_the_batch_is_served_in_an_order_that_does_not_tell_the_rank(project):
    problem = factories.ProblemFactory(project=project)
    for _ in range(30):
        factories.SolutionFactory(problem=problem)
    generation = factories.GenerationFactory(project=project, state="selecting")
    batch = selecting.pick(project=project, champion=None, parameters=UNIFORM)
    selecting.write(generation=generation, batch=batch)
    ranks = list(generation.items.order_by("position").values_list("rank", flat=True))
    assert sorted(ranks) != ranks
    assert generation.items.count() == len(batch.picks) == 30


def test_reading_the_pool_is_one_query_however_large(project, django_assert_num_queries):
    problem = factories.ProblemFactory(project=project)
    for _ in range(5):
        factories.SolutionFactory(problem=problem)
    with django_assert_num_queries(2):  # the pool and the gate pool
        selecting.pick(project=project, champion=None, parameters=UNIFORM)


def test_an_item_remembers_how_it_was_picked(project, solution):
    generation: Generation = factories.GenerationFactory(project=project, state="selecting", labels_wanted=2)
    selecting.write(generation=generation, batch=selecting.pick(project=project, champion=None, parameters=UNIFORM))
    item = BatchItem.objects.get()
    assert (item.solution, item.rank, item.labels_wanted, item.log_score) == (solution, 1, 2, None)


def overlapping(project: Project, share: str, *, seed: int = 0, labels_wanted: int = 1) -> list[tuple[int, int]]:
    """Each item's solution and how many labels it wants, in the order of serving."""
    asked = {"k": 100, "overlap_share": Decimal(share), "labels_wanted": labels_wanted, "seed": seed}
    generation = factories.GenerationFactory(project=project, number=project.generations.count(), **asked)
    batch = selecting.pick(project=project, champion=None, parameters=Parameters.of(generation))
    selecting.write(generation=generation, batch=batch)
    Generation.objects.update(state="cancelled")
    return list(generation.items.order_by("position").values_list("solution", "labels_wanted"))


@pytest.mark.parametrize(("share", "labels_wanted", "wanted"), [
    ("0", 1, {1: 10}),
    ("0.25", 1, {1: 7, 2: 3}),  # half up
    ("0.2", 2, {2: 8, 3: 2}),
    ("1", 1, {2: 10}),
])  # fmt: skip
def test_a_share_of_the_items_wants_one_label_more(project, share, labels_wanted, wanted):
    factories.SolutionFactory.create_batch(10, problem__project=project)
    items = overlapping(project, share, labels_wanted=labels_wanted)
    assert Counter(number for _, number in items) == wanted
    parameters = Parameters(
        rule="uniform", scope="global", k=1, labels_wanted=labels_wanted, overlap_share=Decimal(share)
    )
    assert parameters.labels_of(10) == sum(number for _, number in items)


def test_what_wants_one_label_more_is_drawn_by_the_seed_and_tells_nothing_of_the_order(project):
    factories.SolutionFactory.create_batch(40, problem__project=project)
    one, again, other = (overlapping(project, "0.5", seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert {solution for solution, wanted in one if wanted == 2} != {
        solution for solution, wanted in other if wanted == 2
    }
    first_half = [wanted for _, wanted in one[:20]]
    assert 1 in first_half
    assert 2 in first_half


def scored_pool(project: Project, champion: Checkpoint, *uncertainties: float | None) -> list[Solution]:
    made = [factories.SolutionFactory(problem__project=project) for _ in uncertainties]
    for solution, unsure in zip(made, uncertainties, strict=True):
        factories.ScoreFactory(checkpoint=champion, solution=solution, uncertainty=unsure)
    return made


def test_the_uncertain_rule_takes_what_the_champion_is_least_sure_of(project):
    champion = factories.CheckpointFactory(project=project)
    _, torn, unsure, _ = scored_pool(project, champion, 0.1, 9.0, 3.0, None)
    parameters = Parameters(rule="uncertain", scope="global", k=2, control_share=Decimal(0), audit_share=Decimal(0))
    batch = selecting.pick(project=project, champion=champion, parameters=parameters)
    assert [pick.candidate.solution_id for pick in batch.picks] == [torn.pk, unsure.pk]
    assert {pick.stratum for pick in batch.picks} == {"uncertain"}


@pytest.mark.parametrize("rule", ["convincing", "uncertain"])
def test_a_rule_that_ranks_needs_a_champion(project, solution, rule):
    with pytest.raises(NoChampion):
        selecting.check(project=project, parameters=Parameters(rule=rule, scope="global", k=1))


def test_an_orm_tells_nothing_of_steps_so_none_is_uncertain(project, solution):
    project.champion = factories.CheckpointFactory(project=project, kind="orm")
    with pytest.raises(NoStepScores):
        selecting.check(project=project, parameters=Parameters(rule="uncertain", scope="global", k=1))


class TwoHeads:
    """A scorer of two heads that disagree on the second step."""

    def score(self, rows: Sequence[tuple[str, Sequence[str]]]) -> list[Scored]:
        return [Scored((0.9, 0.7), -0.5, head_step_probs=((0.9, 0.9), (0.9, 0.5))) for _ in rows]


def test_scoring_keeps_how_unsure_the_checkpoint_is(project, solution):
    champion = factories.CheckpointFactory(project=project)
    scoring.score_chunk([solution], checkpoint=champion, scorer=TwoHeads())
    kept = solution.scores.get()
    assert (kept.step_probs, kept.log_score) == ([0.9, 0.7], -0.5)
    assert kept.uncertainty == pytest.approx(uncertainty([[0.9, 0.9], [0.9, 0.5]]))
