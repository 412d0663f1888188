"""Scoring in shards: each solution in one of them, the job goes on once after the last, and fails where one fails."""

import itertools
import math
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from labelhub import tasks
from labelhub.errors import NothingToTrain, Superseded, Unscorable
from labelhub.models import Checkpoint, Generation, Job, Project, Score, Solution
from labelhub.queries import jobs as queries
from labelhub.queries import metrics
from labelhub.queries.loop import pools
from labelhub.services import jobs
from labelhub.services.loop import evaluating, generations, promoting, scoring, sharding
from labelhub.services.loop.selecting import Parameters
from selector.types import Scored
from tests import factories, sample
from tests.present import present

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]

SLOW = 1.0  # characters a second: so slow that each solution is a shard of its own
CONVINCING = Parameters(rule="convincing", scope="global", k=2)


@pytest.fixture
def pool(project: Project) -> list[Solution]:
    """Five training solutions, two of gate problems and one of a test problem."""
    splits = ["train"] * 5 + ["gate"] * 2 + ["test"]
    return [factories.SolutionFactory(problem__project=project, problem__split=split, wrong=True) for split in splits]


@pytest.fixture
def champion(project: Project, trained_champion: Checkpoint) -> Checkpoint:
    """One whose shards hold one solution each."""
    trained_champion.characters_per_second = SLOW
    trained_champion.save()
    return trained_champion


def begun(job: Job) -> list[Job]:
    """A worker has cut the job; the shards that it sends."""
    return sample.work_on(job)


def shards_of(job: Job) -> list[Job]:
    return list(queries.shards_of(job).order_by("pk"))


def solutions_of(shards: list[Job]) -> list[int]:
    return [pk for shard in shards for pk in shard.params["solutions"]]


def scoring_of(champion: Checkpoint) -> Job:
    return promoting.score_ahead(checkpoint=champion)


def launched(project: Project) -> tuple[Generation, Job]:
    generation = generations.launch(project=project, by=None, parameters=CONVINCING)
    return generation, generation.jobs.get()


def test_each_solution_that_is_not_scored_is_in_one_shard(project, pool, champion):
    factories.ScoreFactory(checkpoint=champion, solution=pool[0])
    ahead = factories.GenerationFactory(project=project, number=1, state="ahead")
    factories.BatchItemFactory(generation=ahead, solution=pool[1], state="withdrawn")  # in the pool and in work
    job = scoring_of(champion)
    begun(job)
    assert solutions_of(shards_of(job)) == [solution.pk for solution in pool[1:7]]


@pytest.mark.parametrize(("rate", "shards"), [(SLOW, 7), (1000.0, 1), (None, 1)])
def test_a_shard_is_half_a_minutes_work_by_how_fast_its_kind_was(project, pool, champion, rate, shards):
    Checkpoint.objects.update(characters_per_second=rate)
    newer = factories.CheckpointFactory(project=project, number=2, path=champion.path, config=champion.config)
    other = factories.CheckpointFactory(project=project, number=3, base_model="large", characters_per_second=SLOW)
    job = scoring_of(newer)
    begun(job)
    assert len(shards_of(job)) == shards
    assert other.number > newer.number  # of another base, it tells nothing


def test_how_fast_a_shard_was_is_remembered_if_it_took_a_moment(champion):
    sharding.scored(champion, {"characters": 5000, "seconds": 2.0})
    sharding.scored(champion, {"characters": 10, "seconds": 0.01})
    champion.refresh_from_db()
    assert champion.characters_per_second == 2500


def test_the_last_shard_has_the_job_go_on_to_the_next_stage(project, pool, champion):
    generation, job = launched(project)
    shards = begun(job)
    assert sample.state_of(generation) == "scoring"
    followed = [sample.work_on(shard) for shard in shards]
    assert [[one.pk for one in each] for each in followed] == [[]] * 6 + [[job.pk]]
    [selecting] = sample.work_on(Job.objects.get(pk=job.pk))
    assert (selecting.kind, sample.state_of(generation)) == ("select", "selecting")
    job.refresh_from_db()
    assert (job.state, job.attempt, job.done, job.total) == ("done", 1, 7, 7)
    assert set(Score.objects.values_list("solution", flat=True)) == {one.pk for one in pool[:7]}
    assert shards_of(job) == []


def test_of_shards_that_end_at_once_exactly_one_is_the_last(project, champion):
    for _ in range(8):
        factories.SolutionFactory(problem__project=project)
    job = scoring_of(champion)
    shards = begun(job)

    def end(shard: Job) -> list[Job]:
        try:
            with jobs.running(job_id=shard.pk, attempt=1) as run, run.finishing():
                return run.follow()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(shards)) as threads:
        followed = list(itertools.chain(*threads.map(end, shards)))
    assert [one.pk for one in followed] == [job.pk]
    assert Job.objects.get(pk=job.pk).state == "queued"


def test_a_shard_that_runs_twice_scores_nothing_again(pool, champion):
    job = scoring_of(champion)
    [first, *_] = begun(job)
    [pk] = first.params["solutions"]
    score = factories.ScoreFactory(checkpoint=champion, solution_id=pk, step_probs=[0.5] * 3)  # its worker died then
    sample.work_on(first)
    assert Score.objects.get(solution=pk).pk == score.pk
    assert Job.with_shards.get(pk=first.pk).result["scored"] == 0


def test_what_is_gone_by_then_is_passed_over(pool, champion):
    job = scoring_of(champion)
    shards = begun(job)
    pool[0].delete()
    for shard in shards:
        sample.work_on(shard)
    assert Score.objects.count() == 6
    assert Job.objects.get(pk=job.pk).state == "queued"


def test_champion_and_challenger_score_side_by_side(project, pool, champion):
    alike = {"path": champion.path, "config": champion.config}
    challenger = factories.CheckpointFactory(project=project, number=2, state="trained", **alike)
    job = evaluating.start(checkpoint=challenger)
    sent = begun(job)
    assert [present(shard.checkpoint).number for shard in sent] == [1, 1, 1, 2, 2, 2]  # a model is loaded once
    assert Counter(solutions_of(sent)) == {solution.pk: 2 for solution in pool[5:]}
    for shard in sent:
        sample.work_on(shard)
    sample.work_on(Job.objects.get(pk=job.pk))
    challenger.refresh_from_db()
    assert (challenger.state, Score.objects.filter(checkpoint=challenger).count()) == ("ready", 3)


def test_as_one_shard_ends_the_next_is_sent(project, champion):
    for _ in range(jobs.AT_ONCE + 2):
        factories.SolutionFactory(problem__project=project)
    job = scoring_of(champion)
    sent = begun(job)
    shards = shards_of(job)
    assert [one.pk for one in sent] == [one.pk for one in shards[: jobs.AT_ONCE]]
    assert [one.pk for one in sample.work_on(sent[0])] == [shards[-2].pk]
    assert [one.pk for one in sample.work_on(sent[1])] == [shards[-1].pk]
    assert sample.work_on(sent[2]) == []


def test_a_server_is_asked_by_one_worker_at_a_time(project, pool):
    made = {"source": "served", "name": "prm", "scorer": {"style": "judge", "endpoint": "local"}}
    served = factories.CheckpointFactory(project=project, characters_per_second=SLOW, **made)
    job = scoring_of(served)
    [first] = begun(job)
    shards = shards_of(job)
    with jobs.running(job_id=first.pk, attempt=1) as run, run.finishing():
        assert [one.pk for one in run.follow()] == [shards[1].pk]


def test_a_failed_shard_fails_the_whole_with_its_sentence_and_stops_the_others(project, pool, champion):
    generation, job = launched(project)
    first, second, *_ = begun(job)
    (settings.DATA_DIR / champion.path / "checkpoint.json").unlink()
    with jobs.running(job_id=second.pk, attempt=1) as other:
        with pytest.raises(Unscorable, match=r"holds no checkpoint\.json"):
            sample.work_on(first)
        with pytest.raises(Superseded):
            other.beat(1, 1)
    job.refresh_from_db()
    generation.refresh_from_db()
    assert (job.state, generation.state, generation.failed_in) == ("failed", "failed", "scoring")
    assert "holds no checkpoint.json" in job.message == generation.failure
    assert shards_of(job) == []


def test_a_retry_scores_what_is_missing_alone(project, pool, champion):
    generation, job = launched(project)
    first, second, *_ = begun(job)
    sample.work_on(first)
    with pytest.raises(OSError), jobs.running(job_id=second.pk, attempt=1):
        raise OSError("disk full")
    job.refresh_from_db()
    assert (job.done, job.total) == (1, 7)
    kept = Score.objects.get()
    job = generations.retry(generation=generation, by=None)
    begun(job)
    assert solutions_of(shards_of(job)) == [one.pk for one in pool[:7] if one.pk != kept.solution_id]


def test_cancelling_stops_the_shards(project, pool, champion):
    generation, job = launched(project)
    first, second, *_ = begun(job)
    with jobs.running(job_id=first.pk, attempt=1) as run:
        generations.cancel(generation=generation, by=None)
        with pytest.raises(Superseded), run.finishing():
            pytest.fail("a shard of a cancelled generation ended")
    with pytest.raises(Superseded):
        sample.work_on(second)
    assert (Job.objects.get(pk=job.pk).state, Score.objects.count()) == ("failed", 0)


def fall_silent(*silent: Job) -> None:
    long_ago = timezone.now() - timedelta(seconds=settings.JOB_SILENCE_SECONDS + 1)
    Job.with_shards.filter(pk__in=[one.pk for one in silent]).update(heartbeat_at=long_ago)


def test_a_killed_workers_shard_is_taken_up_and_its_parent_left_alone(pool, champion):
    job = scoring_of(champion)
    first, *others = begun(job)
    Job.with_shards.filter(pk=first.pk).update(state="running")
    fall_silent(job, first)
    assert [(one.pk, one.attempt) for one in jobs.revive_silent()] == [(first.pk, 2)]
    with pytest.raises(Superseded):
        sample.work_on(first)  # the old attempt
    for shard in [Job.with_shards.get(pk=first.pk), *others]:
        sample.work_on(shard)
    assert Score.objects.count() == 7
    fall_silent(job)  # its message was lost
    assert [(one.pk, one.attempt) for one in jobs.revive_silent()] == [(job.pk, 1)]


def test_a_shard_whose_workers_die_again_and_again_fails_the_whole(project, pool, champion):
    generation, job = launched(project)
    first, *_ = begun(job)
    Job.with_shards.filter(pk=first.pk).update(state="running", attempt=jobs.MOST_DEATHS)
    fall_silent(first)
    assert jobs.revive_silent() == []
    generation.refresh_from_db()
    assert generation.failure.startswith("Its worker died 5 times in a row")
    assert shards_of(job) == []


def test_progress_rate_and_time_left_are_those_of_all_shards_together(pool, champion):
    job = scoring_of(champion)
    shards = begun(job)
    for shard in shards[:2]:
        sample.work_on(shard)
    job.refresh_from_db()
    started = present(job.started_at)
    told = queries.tell(job, now=started + timedelta(seconds=4))
    assert (told.state, told.done, told.total, told.message) == ("running", 2, 7, "Scoring the pool")
    assert (told.rate, told.seconds_left) == (0.5, 10)


def test_shards_are_in_no_list_and_no_figure(project, pool, champion, olga, client):
    generation, job = launched(project)
    shards = begun(job)
    fall_silent(job)  # somebody has to be heard of, but not the parent
    assert list(project.jobs.all()) == list(generation.jobs.all()) == list(champion.jobs.all()) == [job]
    text = metrics.text().decode()
    assert 'labelhub_jobs{state="queued"} 0.0' in text
    assert 'labelhub_jobs{state="running"} 1.0' in text
    silence = next(line for line in text.splitlines() if line.startswith("labelhub_job_silence_seconds "))
    assert float(silence.split()[1]) < settings.JOB_SILENCE_SECONDS
    client.force_login(olga)
    assert client.post(f"/api/v1/projects/{project.slug}/jobs/{shards[0].pk}/retry").status_code == 404


def test_what_comes_in_meanwhile_is_scored_too(project, pool, champion):
    job = scoring_of(champion)
    shards = begun(job)
    later = factories.SolutionFactory(problem__project=project)
    for shard in shards:
        sample.work_on(shard)
    [again] = begun(Job.objects.get(pk=job.pk))
    assert again.params["solutions"] == [later.pk]
    assert queries.progress(Job.objects.get(pk=job.pk)) == (0, 1)


def test_a_process_keeps_the_model_between_shards_one_at_a_time_and_none_in_training(project, pool, champion):
    other = factories.CheckpointFactory(project=project, number=2, path=champion.path, config=champion.config)
    first, second, *_ = begun(scoring_of(champion))
    [third, *_] = begun(scoring_of(other))
    sample.work_on(first)
    [kept] = tasks.LOADED.values()
    sample.work_on(second)
    assert list(tasks.LOADED.values()) == [kept]
    sample.work_on(third)
    assert list(tasks.LOADED) == [(other.pk, other.path)]
    training = jobs.create(kind=Job.Kind.TRAIN, project=project, checkpoint=other)
    with pytest.raises(NothingToTrain):
        sample.work_on(training)
    assert tasks.LOADED == {}


def test_many_small_chunks_come_to_the_same_scores(project, champion):
    for n in range(scoring.FIRST_CHUNK + 10):
        factories.SolutionFactory(problem__project=project, wrong=n % 2 == 0)
    Checkpoint.objects.update(characters_per_second=1000.0)
    job = scoring_of(champion)
    [shard] = begun(job)
    sample.work_on(shard)
    found = pools.train_pool(project=project)
    scorer = tasks._scorer(champion)
    alone = scorer.score([(one.problem.text, one.steps) for one in found.select_related("problem").order_by("pk")])
    kept = Score.objects.order_by("solution").values_list("log_score", flat=True)
    assert list(kept) == pytest.approx([one.log_score for one in alone], abs=1e-5)


def test_scores_that_are_there_stay_whichever_came_with_them(pool, champion):
    first = Scored((0.9, 0.7, 0.5), -1.0, head_step_probs=None)
    unscorable = Scored(None, None, too_long=True)
    scoring.write(champion, [(pool[0].pk, first), (pool[1].pk, unscorable)])
    scoring.write(champion, [(pool[0].pk, Scored((0.1, 0.1, 0.1), -9.0)), (pool[2].pk, Scored((0.0,), -math.inf))])
    kept = Score.objects.order_by("solution").values_list("solution", "step_probs", "log_score", "uncertainty")
    assert list(kept) == [
        (pool[0].pk, [0.9, 0.7, 0.5], -1.0, pytest.approx(10)),
        (pool[1].pk, None, None, None),
        (pool[2].pk, [0.0], -math.inf, 0.0),
    ]
