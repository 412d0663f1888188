"""kill -9 in the middle of a sampling: another worker goes on, and only what was in flight is asked for again."""

import pytest
from django.test import override_settings

from labelhub import tasks
from labelhub.models import Job, Solution
from labelhub.services.data import sampling
from tests import chat, factories
from tests.chat import Chat
from tests.workers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer, pytest.mark.slow]

AT_ONCE, PROBLEMS, N = 4, 10, 3


def test_a_worker_samples_grades_and_survives_being_killed(project, start_worker):
    factories.ProblemFactory.create_batch(PROBLEMS, project=project)
    with chat.serving(Chat()) as server:
        asked = sampling.Parameters(what="solutions", endpoint="local", model="small", n=N, at_once=AT_ONCE)
        environ = {"SAMPLING_ENDPOINTS": f"local={server.url}", "JOB_SILENCE_SECONDS": "3"}
        job = begin(project, asked, server, start_worker(**environ))
        second = start_worker(**environ)
        wait_until(lambda: Job.objects.filter(kind="grade", state="done").exists(), why=lambda: second.log)
        job.refresh_from_db()
        assert (job.state, job.attempt > 1, job.result["created"], job.result["there"]) == (
            "done",
            True,
            PROBLEMS * N,
            0,
        )
        assert Solution.objects.filter(grade="right").count() == PROBLEMS * N
        assert len(server.asked) <= PROBLEMS * N + AT_ONCE


def begin(project, asked, server, worker):
    """A sampling some of whose answers are kept, whose worker is then killed with AT_ONCE requests in flight."""
    with override_settings(SAMPLING_ENDPOINTS={"local": server.url}):
        job = sampling.start(project=project, parameters=asked)

    def model(messages, seed):
        if len(server.asked) >= 12:
            server.hold()
        return chat.plain(messages, seed)

    server.model = model
    tasks.send(job)
    wait_until(lambda: server.busy == AT_ONCE and not server.free.is_set(), why=lambda: worker.log)
    wait_until(lambda: Solution.objects.count() >= len(server.asked) - AT_ONCE, why=lambda: worker.log)
    worker.kill()
    server.model = chat.plain
    server.free.set()
    return job
