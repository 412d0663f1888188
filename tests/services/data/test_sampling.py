"""Sampling from a real local server: n to each, none twice, everything counted, nobody else asked."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from labelhub import tasks
from labelhub.errors import Invalid, SamplingOff, Superseded, WrongState
from labelhub.models import Alternative, Event, Generation, Job, Problem, Project, Solution
from labelhub.services import jobs
from labelhub.services.data import sampling
from labelhub.services.data.sampling import EndpointFailed, Parameters
from labelhub.services.data.sampling import chat as protocol
from labelhub.services.endpoints import Endpoint
from selector.grading.normalize import solution_digest
from selector.retrying import LONGEST_WAIT, TryAgain
from tests import chat, factories
from tests.chat import Chat
from tests.present import present

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture
def server(settings: Any) -> Iterator[Chat]:
    with chat.serving(Chat()) as served:
        settings.SAMPLING_ENDPOINTS = {"local": served.url}
        yield served


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long would have been waited between attempts, for one request or for all."""
    waited: list[float] = []
    monkeypatch.setattr(protocol.Server, "_wait", lambda self, seconds, trouble: waited.append(seconds))
    return waited


@pytest.fixture
def problems(project: Project) -> list[Problem]:
    return factories.ProblemFactory.create_batch(3, project=project)


def asked(**changes: Any) -> Parameters:
    usual: dict[str, Any] = {"what": "solutions", "endpoint": "local", "model": "small", "n": 2, "at_once": 1}
    return Parameters(**usual | changes)


def sample(project: Project, so_far: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    params = asked(**changes).as_dict()
    return sampling.run(project=project, params=params, so_far=so_far or {}, beat=no_beat, keep=no_keep)


def no_beat(done: int, total: int, message: str) -> None:
    assert 0 <= done <= total


def no_keep(**result: Any) -> None:
    pass


# Solutions


def test_each_problem_of_the_split_gets_its_n_solutions_in_the_released_form(project, problems, server):
    factories.ProblemFactory(project=project, split="gate")
    factories.ProblemFactory(project=project, retired_at=datetime.now(UTC))
    report = sample(project)
    assert (report["created"], report["done"], report["total"]) == (6, 6, 6)
    solution = problems[0].solutions.first()
    assert solution.steps[0] == "Tom has 3 apples." and solution.steps[1].endswith(").\n\n# Answer\n\n7")
    assert (solution.answer, solution.digest) == ("7", solution_digest(solution.steps))
    assert solution.grade is None and solution.meta["generator"] == "small"
    assert {each.solutions.count() for each in problems} == {2}


def test_a_request_says_what_was_asked_for_and_only_that(project, server):
    problem = factories.ProblemFactory(project=project, text="What is {1} + {2}?")
    sample(project, n=1, temperature=0.7, max_tokens=99, seed=5)
    (body,) = server.asked
    assert server.paths == ["/v1/chat/completions"]
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("small", 0.7, 99)
    assert body["messages"][0]["content"].endswith(problem.text)
    assert present(problem.ground_truth_solution) not in str(body) and "ground" not in str(body)


def test_sampling_twice_asks_for_nothing_and_more_only_for_the_rest(project, problems, server):
    sample(project)
    again = sample(project)
    assert (again["created"], again["there"], len(server.asked)) == (0, 6, 6)
    more = sample(project, n=3)
    assert (more["created"], more["there"], len(server.asked)) == (3, 6, 9)
    assert len({body["seed"] for body in server.asked}) == 9
    other = sample(project, seed=1)
    assert other["created"] == 6


def test_the_same_steps_to_a_problem_are_counted_and_kept_once(project, problems, server):
    server.model = lambda messages, seed: "3 + 4 = 7.\n# Answer\n7"
    steps = ["3  + 4 = 7.\n\n# Answer\n\n7"]
    factories.SolutionFactory(problem=problems[0], steps=steps, digest=solution_digest(steps))
    report = sample(project, n=4, at_once=4)
    assert (report["created"], report["duplicates"], Solution.objects.count()) == (2, 10, 3)


def test_requests_in_flight_are_as_many_as_asked_for_and_no_more(project, problems, server):
    server.hold()
    result: dict[str, Any] = {}
    beats = threading.Event()

    def beat(done: int, total: int, message: str) -> None:
        beats.set()
        if server.busy == 3:
            server.free.set()

    params = asked(n=3, at_once=3).as_dict()
    result = sampling.run(project=project, params=params, so_far={}, beat=beat, keep=no_keep)
    assert server.busiest == 3 and result["created"] == 9 and beats.is_set()


def test_tokens_are_counted_also_of_answers_that_can_not_be_kept(project, problems, server):
    server.twists = [chat.says("no answer here"), lambda handler, answer: answer | {"usage": None}, chat.status(400)]
    report = sample(project)
    assert (report["prompt_tokens"], report["completion_tokens"], report["untold"]) == (400, 80, 1)
    assert (report["answers"], report["created"]) == (5, 4)  # nobody pays for a refusal


# A server that misbehaves


BIG = b'{"choices": [{"message": {"content": "' + b"7" * protocol.MOST_BYTES + b'"}}]}'


@pytest.mark.parametrize(
    ("twist", "reason"),
    [
        (chat.says("He has 7."), "no_answer"),
        (chat.says(""), "empty"),
        (chat.says(None), "empty"),
        (chat.says(None, refusal="I can't help with that."), "refused"),
        (chat.says("He", finish="length"), "too_long"),
        (chat.says("", finish="content_filter"), "refused"),
        (chat.says("7\0\n# Answer\n7"), "unreadable"),
        (chat.raw(BIG), "too_long"),
        (chat.raw(b"<html>"), "unreadable"),
        (chat.raw(b"\0\xff"), "unreadable"),
        (chat.raw(b"[" * 100_000), "unreadable"),
        (chat.raw(b'{"choices": []}'), "unreadable"),
        (chat.raw(b'{"choices": [{"message": {"content": [1]}}]}'), "unreadable"),
        (chat.raw(b'{"choices": [{"message": {"content": "7\\ud800"}}]}'), "unreadable"),
        (chat.status(400), "refused"),
        (chat.status(413), "refused"),
    ],
)
def test_an_answer_that_is_none_is_counted_by_its_reason_and_the_rest_goes_on(project, server, twist, reason):
    factories.ProblemFactory(project=project)
    server.twists = [twist]
    report = sample(project, n=3)
    assert (report["failures"], report["created"], len(server.asked)) == ({reason: 1}, 2, 3)
    assert report["examples"][reason] and "\0" not in report["examples"][reason]
    assert report["missed"] == [] and report["done"] == report["total"] == 3


@pytest.mark.parametrize("twist", [chat.status(429), chat.status(500), chat.status(503), chat.cut])
def test_a_moment_of_trouble_is_waited_out(project, server, pauses, twist):
    factories.ProblemFactory(project=project)
    server.twists = [twist, twist]
    report = sample(project, n=1)
    assert (report["created"], report["failures"], len(server.asked)) == (1, {}, 3)
    assert 0.5 <= pauses[0] <= 1 and 1 <= pauses[1] <= 2


def test_a_server_that_says_when_is_asked_then(project, server, pauses):
    factories.ProblemFactory(project=project)
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    server.twists = [chat.status(429, Retry_After=told) for told in ("7", date, "999999", "soon")]
    assert sample(project, n=1)["created"] == 1
    assert pauses[0] == 7 and 90 < pauses[1] <= 100 and pauses[2] == LONGEST_WAIT and pauses[3] <= 8


def test_who_waits_for_the_server_waits_for_all(server, monkeypatch):
    monkeypatch.undo()
    asking = protocol.Server(Endpoint("local", server.url), connections=2)
    asking._wait(10, TryAgain("busy", after=10))
    asking.stopped.set()  # or this would take those ten seconds
    asking._pause()
    assert asking._not_before > 0


def test_what_was_never_answered_is_told_and_asked_for_again(project, problems, server):
    server.twists = [chat.status(503)] * 6
    report = sample(project)
    assert (report["created"], report["unanswered"], report["done"]) == (5, 1, 5)
    assert report["missed"] == [(problems[0].pk, 0)] and "status 503" in report["examples"]["unavailable"]
    again = sample(project, so_far=report)
    assert (again["created"], again["unanswered"], again["missed"]) == (6, 0, [])


def test_a_server_that_is_down_stops_the_sampling_and_a_retry_goes_on(project, server):
    factories.ProblemFactory.create_batch(12, project=project)
    kept: list[dict[str, Any]] = []
    server.twists = [chat.status(500)] * 1000
    params = asked(at_once=4).as_dict()
    with pytest.raises(EndpointFailed, match=r"2[0-3] requests in a row"):
        sampling.run(project=project, params=params, so_far={}, beat=no_beat, keep=lambda **told: kept.append(told))
    server.twists.clear()
    report = sample(project, so_far=kept[-1])
    assert (report["created"], report["missed"]) == (24, [])


@pytest.mark.parametrize(
    ("twist", "sentence"),
    [(chat.status(404), "not now"), (chat.status(307, Location="http://127.0.0.1:9/v1/chat/completions"), "redirects")],
)
def test_what_no_other_request_would_change_stops_at_once(project, problems, server, twist, sentence):
    server.twists = [twist]
    with pytest.raises(EndpointFailed, match=sentence):
        sample(project)
    assert len(server.asked) == 1


def test_a_redirect_is_never_followed_not_even_to_a_listed_server(project, problems, server):
    with chat.serving(Chat()) as other:
        server.twists = [chat.status(307, Location=f"{other.url}/chat/completions")]
        with pytest.raises(EndpointFailed):
            sample(project)
        assert other.asked == []


def test_proxies_of_the_environment_are_not_asked(project, server, monkeypatch):
    factories.ProblemFactory(project=project)
    with chat.serving(Chat()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert sample(project, n=1)["created"] == 1
        assert proxy.asked == []


# Who may be asked


def test_it_is_off_until_the_deployment_lists_a_server(project, settings):
    settings.SAMPLING_ENDPOINTS = {}
    with pytest.raises(SamplingOff, match="SAMPLING_ENDPOINTS"):
        sampling.start(project=project, parameters=asked())
    assert not Job.objects.exists()


def test_only_a_listed_server_is_asked_also_where_a_job_names_another(project, problems, server):
    with pytest.raises(Invalid) as refusal:
        sampling.start(project=project, parameters=asked(endpoint="http://127.0.0.1:8000/v1"))
    assert refusal.value.fields == {"endpoint": ["This is one of local."]}
    with pytest.raises(Invalid):
        sample(project, endpoint=server.url)
    assert server.asked == []


def test_the_key_comes_by_the_endpoints_name_and_stays_in_the_worker(project, server, monkeypatch):
    factories.ProblemFactory(project=project)
    server.key = "secret-of-local"
    with pytest.raises(EndpointFailed, match="Incorrect API key"):
        sample(project)
    monkeypatch.setenv("SAMPLING_KEY_LOCAL", "secret-of-local")
    job = sampling.start(project=project, parameters=asked())
    assert sample(project)["created"] == 2
    told = [*Job.objects.values(), *Event.objects.values(), *Solution.objects.values()]
    assert job.params["endpoint"] == "local"
    assert "secret-of-local" not in str(told) and server.url not in str(told)


def test_a_key_comes_from_a_file_too_and_is_never_quoted(project, problems, server, monkeypatch, tmp_path):
    (tmp_path / "key").write_text("secret-of-local\n")
    monkeypatch.setenv("SAMPLING_KEY_LOCAL_FILE", str(tmp_path / "key"))
    sample(project)
    assert {each["Authorization"] for each in server.headers} == {"Bearer secret-of-local"}
    (tmp_path / "key").write_text("secret\nof two lines")
    with pytest.raises(ImproperlyConfigured) as refusal:
        sample(project)
    assert "secret" not in str(refusal.value)


# Alternatives


def label(generation: Generation, solution: Solution, ratings: list[int]) -> None:
    item = factories.BatchItemFactory(generation=generation, solution=solution, state="done")
    factories.LabelFactory(assignment__item=item, ratings=ratings)


@pytest.fixture
def mistaken(project: Project, generation: Generation) -> Solution:
    solution = factories.SolutionFactory(problem__project=project, wrong=True)
    label(generation, solution, [1, -1])
    return solution


def test_the_first_mistake_gets_its_alternatives_from_the_steps_before_it(project, mistaken, server):
    report = sample(project, what="alternatives", n=3)
    assert (report["created"], report["total"]) == (3, 3)
    assert set(Alternative.objects.values_list("solution", "step")) == {(mistaken.pk, 1)}
    problem, before, _ = server.asked[0]["messages"]
    assert problem["content"].endswith(mistaken.problem.text) and before["content"] == mistaken.steps[0]
    assert mistaken.steps[1] not in str(server.asked)
    assert not Solution.objects.exclude(pk=mistaken.pk).exists()


def test_a_mistake_in_the_first_step_asks_for_a_first_step(project, generation, server):
    label(generation, factories.SolutionFactory(problem__project=project), [-1])
    assert sample(project, what="alternatives", n=1)["created"] == 1
    assert [message["role"] for message in server.asked[0]["messages"]] == ["user"]


def test_alternatives_are_offered_once_and_never_the_mistake_itself(project, mistaken, server):
    server.model = lambda messages, seed: mistaken.steps[1].replace(" ", "  ")
    report = sample(project, what="alternatives")
    assert (report["created"], report["duplicates"]) == (0, 2)
    server.model = lambda messages, seed: "So 7."
    report = sample(project, what="alternatives")
    assert (report["created"], report["duplicates"]) == (1, 1)


def test_sampling_alternatives_twice_asks_for_nothing(project, mistaken, server):
    sample(project, what="alternatives", n=2)
    again = sample(project, what="alternatives", n=2)
    assert (again["created"], again["there"], len(server.asked)) == (0, 2, 2)


def test_labels_without_a_mistake_and_of_held_out_problems_get_none(project, generation, server):
    label(generation, factories.SolutionFactory(problem__project=project), [1, 1, 1])
    label(generation, factories.SolutionFactory(problem__project=project, problem__split="gate"), [1, -1])
    assert sample(project, what="alternatives")["total"] == 0
    assert server.asked == []


def test_where_labelers_differ_each_of_their_steps_gets_alternatives(project, mistaken, server):
    factories.LabelFactory(assignment__item=mistaken.items.get(), ratings=[-1])
    sample(project, what="alternatives", n=1)
    assert set(Alternative.objects.values_list("step", flat=True)) == {0, 1}


# The job


def begun(job: Job) -> jobs.Running:
    Job.objects.filter(pk=job.pk).update(state="running")
    return jobs.Running(Job.objects.get(pk=job.pk))


def test_solutions_go_on_to_grading_as_imported_ones_do(project, problems, server):
    job = sampling.start(project=project, parameters=asked())
    (following,) = tasks.sample(begun(job))
    job.refresh_from_db()
    assert (job.state, job.result["created"], following.kind) == ("done", 6, "grade")
    tasks.grade_answers(begun(following))
    assert set(Solution.objects.values_list("grade", "graded_by")) == {("right", "grader")}


def test_where_nothing_came_in_nothing_is_graded(project, mistaken, server):
    assert tasks.sample(begun(sampling.start(project=project, parameters=asked(what="alternatives")))) == []
    server.model = lambda messages, seed: ""
    assert tasks.sample(begun(sampling.start(project=project, parameters=asked()))) == []


def test_an_overtaken_attempt_keeps_nothing_and_the_next_goes_on_where_it_was(project, problems, server, monkeypatch):
    job = sampling.start(project=project, parameters=asked())
    late = begun(job)
    keep = late.keep

    def overtaken(**result: Any) -> None:
        if result["created"] == 4:
            Job.objects.filter(pk=job.pk).update(attempt=2, state="running")
        keep(**result)

    monkeypatch.setattr(late, "keep", overtaken)
    with pytest.raises(Superseded):
        tasks.sample(late)
    assert Solution.objects.count() == 3
    tasks.sample(jobs.Running(Job.objects.get(pk=job.pk)))
    job.refresh_from_db()
    assert (job.result["created"], Solution.objects.count(), job.result["there"]) == (6, 6, 0)
    assert len(server.asked) == 7  # the one in flight was lost


def test_from_wherever_it_was_cut_off_another_attempt_makes_it_whole(project, problems, server):
    kept: list[dict[str, Any]] = []
    params = asked(n=3, at_once=3).as_dict()
    sampling.run(project=project, params=params, so_far={}, beat=no_beat, keep=lambda **told: kept.append(told))
    assert any(len(each["missed"]) > 1 for each in kept)
    for so_far in kept:
        report = sample(project, so_far=so_far, n=3, at_once=3)
        assert (report["done"], report["total"], report["missed"]) == (9, 9, [])
    assert (Solution.objects.count(), len(server.asked)) == (9, 9)


def test_stopping_keeps_what_there_is_and_grades_it(project, problems, server, olga):
    job = sampling.start(project=project, parameters=asked(), by=olga)
    run = begun(job)
    run.keep(**sample(project))
    job.refresh_from_db()
    assert [each.kind for each in sampling.stop(job=job, by=olga)] == ["grade"]
    assert (job.state, job.message.startswith("Stopped by olga.")) == ("failed", True)
    with pytest.raises(Superseded):
        run.keep()
    with pytest.raises(WrongState):
        sampling.stop(job=job, by=olga)
    assert jobs.retry(job=job).state == "queued"
    assert list(Event.objects.values_list("verb", flat=True)) == ["sample", "stop sampling"]


def test_a_model_without_a_name_is_refused(project, server):
    with pytest.raises(Invalid):
        sampling.start(project=project, parameters=asked(model=" "))
