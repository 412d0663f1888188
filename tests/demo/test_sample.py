"""The sample project: readable, graded, held out in part, and open for its first generation."""

import stat

import pytest

from labelhub.demo import sample
from labelhub.demo.place import Place
from labelhub.models import Generation, Gold, Job, Problem, Solution, User

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(sample, "PROBLEMS", 24)
    monkeypatch.setattr(sample, "SAMPLES", 4)
    return Place(tmp_path)


def test_the_sample_is_ready_for_its_first_generation(place, db):
    project = sample.seed(place)
    assert Problem.objects.filter(project=project).count() == 24
    assert Problem.objects.filter(project=project, split="gate").exists()
    solutions = Solution.objects.filter(problem__project=project)
    assert solutions.count() > 60, "samples that read the same count once"
    assert not solutions.filter(grade__isnull=True).exists()
    assert {"right", "wrong"} <= set(solutions.values_list("grade", flat=True))
    assert project.auto_advance


def test_there_is_something_to_practise_on_and_nobody_is_screened(place, db):
    project = sample.seed(place)
    golds = list(Gold.objects.filter(project=project).select_related("solution"))
    assert {gold.purpose for gold in golds} == {"practice"}
    assert sum(not gold.first_mistakes for gold in golds) == 3
    assert sum(bool(gold.first_mistakes) for gold in golds) == 4
    for gold in golds:
        [mistake] = gold.first_mistakes or [None]
        right = gold.explanation.removeprefix("The sum should be ").removesuffix(".")
        assert mistake is None or right not in gold.solution.steps[mistake]
    assert not Generation.objects.filter(project=project, number=-1).exists()


def test_an_interrupted_start_is_made_anew(place, db):
    sample.seed(place)
    assert not sample.is_seeded()
    project = sample.seed(place)
    assert Problem.objects.filter(project=project).count() == 24


def test_the_sign_ins_work_and_stay(place, db, client):
    sample.seed(place)
    for each in sample.sign_ins(place):
        assert User.objects.get(username=each.username).check_password(each.password)
        path = place.directory / f"password_{each.role}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sample.sign_ins(place) == sample.sign_ins(place)


@pytest.mark.data_layer
def test_generation_0_is_sent_to_a_worker_once_it_is_committed(place, transactional_db, broker_url):
    generation = sample.launch(sample.seed(place))
    assert generation.rule == "uniform"
    assert Job.objects.get(generation=generation).kind == Job.Kind.SELECT
    assert sample.is_seeded()
