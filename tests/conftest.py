"""Fixtures every test may ask for. People have a fixed meaning:

ann labels, bob labels too, rita reviews, olga operates, and the stranger belongs to no project.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache

from labelhub import tasks
from labelhub.models import Checkpoint, Generation, Membership, Project, User
from labelhub.services.labeling import kept
from tests import factories, servers
from tests.workers import Worker

# Property tests assert what holds, not how long it takes: a busy machine is no counterexample. Where nobody is there to
# look at a new counterexample (CI=true) the examples are the same every time; by hand they are new each time.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady" if os.environ.get("CI") else "patient")

SHARED_DATA = Path(__file__).parents[1] / "../shared/data"


def pytest_configure(config: pytest.Config) -> None:
    settings.PLACE.mkdir(mode=0o700)
    (settings.PLACE / "static").mkdir()  # STATIC_ROOT: were it missing, each client would warn


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(settings.PLACE, ignore_errors=True)


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> None:
    """What the site remembers for a while, and a worker's model, is of other rows under the same keys."""
    cache.clear()
    tasks.let_go()
    kept.forget()


@pytest.fixture
def project(db: None) -> Project:
    project = factories.ProjectFactory(slug="apples")
    factories.InstructionsFactory(project=project, version=1)
    return project


def _member(project: Project, name: str, role: str) -> User:
    user = factories.UserFactory(username=name)
    factories.LabelerFactory(user=user)
    factories.MembershipFactory(project=project, user=user, role=role)
    return user


@pytest.fixture
def ann(project: Project) -> User:
    """A labeler of `project`; `ann.labeler` is her pseudonym."""
    return _member(project, "ann", Membership.Role.LABELER)


@pytest.fixture
def bob(project: Project) -> User:
    """A second labeler."""
    return _member(project, "bob", Membership.Role.LABELER)


@pytest.fixture
def rita(project: Project) -> User:
    return _member(project, "rita", Membership.Role.REVIEWER)


@pytest.fixture
def olga(project: Project) -> User:
    return _member(project, "olga", Membership.Role.OPERATOR)


@pytest.fixture
def stranger(db: None) -> User:
    """Can sign in, belongs to nothing."""
    user = factories.UserFactory(username="stranger")
    factories.LabelerFactory(user=user)
    return user


@pytest.fixture
def generation(project: Project) -> Generation:
    """Generation 0 of `project`, in labeling, with no items yet."""
    return factories.GenerationFactory(project=project)


@pytest.fixture
def checkpoint(project: Project) -> Checkpoint:
    return factories.CheckpointFactory(project=project)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real checkpoint on disk that has learnt hardly anything: for tests to which it doesn't matter what it says."""
    from selector.prm.config import TrainConfig
    from selector.prm.training.train import train
    from selector.types import Example

    out = tmp_path_factory.mktemp("checkpoints") / "small"
    steps = ("Tom has 3 apples.", "He buys 4 more, so 3 + 4 = 8.")
    config = TrainConfig(epochs=1, min_updates=1)
    train([Example("How many?", steps, (1, -1))], config=config, corpus=steps, out=out)
    return out


@pytest.fixture
def trained_champion(project: Project, trained: Path) -> Checkpoint:
    """The champion of `project`, checkpoint 1: a model that workers can load."""
    from selector.prm.config import TrainConfig

    shutil.copytree(trained, settings.DATA_DIR / "checkpoints" / "champion", dirs_exist_ok=True)
    config = TrainConfig().to_dict()
    champion = factories.CheckpointFactory(project=project, number=1, path="checkpoints/champion", config=config)
    project.champion = champion
    project.save()
    return champion


@pytest.fixture
def shared_data() -> Path:
    """The real data beside the project; a test that needs it is skipped where it isn't."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data (../shared/data) is not beside this checkout")
    return SHARED_DATA.resolve()


@pytest.fixture(scope="session")
def _broker() -> Iterator[str]:
    with servers.broker(settings.CELERY_BROKER_URL) as url:
        yield url


@pytest.fixture
def broker_url(_broker: str) -> str:
    """A running broker with nothing in it; a test that commits and sends a job needs it."""
    servers.flush(_broker)
    return _broker


@pytest.fixture
def start_worker(transactional_db: None, broker_url: str, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """`start_worker(NAME="value", ...)` starts a real worker on this test's database, ready when it returns.

    `processes` says of how many; two if it isn't given.
    `.kill()` is kill -9, `.log` what it said; whatever still runs is stopped at the end.
    """
    workers: list[Worker] = []

    def start(processes: int = 2, **environ: str) -> Worker:
        workers.append(Worker(tmp_path, processes, **environ))
        workers[-1].wait_ready()
        return workers[-1]

    yield start
    for worker in workers:
        worker.stop()
        print(worker.log)  # noqa: T201  pytest shows it where the test failed


@pytest.fixture
def worker(start_worker: Callable[..., Worker]) -> Worker:
    """One worker, ready."""
    return start_worker()
