"""The three sets of gold, which are disjoint: what each holds, and what it lacks, in sentences."""

from dataclasses import dataclass
from typing import Annotated, Any

from labelhub.models import Gold, Project
from labelhub.queries.quality import gold as queries
from labelhub.services.quality import gold, screening
from labelhub.services.quality.checks import asking as checking
from selector.quality import gold as rules


@dataclass(frozen=True)
class GoldSet:
    purpose: Annotated[str, Gold.Purpose]
    labels: Annotated[int, "In use."]
    without_mistake: int
    retired: int
    shortcomings: Annotated[list[str], "What it lacks, in sentences."]


@dataclass(frozen=True)
class GoldPage:
    results: list[gold.GoldRow]
    next: Annotated[int | None, "Give it as `after` for the next page."]
    sets: list[GoldSet]


def page(*, project: Project, **asked: Any) -> GoldPage:
    """A page of gold labels as `gold.page` tells it, and the sets."""
    return GoldPage(*gold.page(project=project, **asked), sets=tell(project))


def tell(project: Project) -> list[GoldSet]:
    """Practice, screening and checks."""
    counts = queries.counts(project)
    return [_told(project, purpose, counts[purpose]) for purpose in Gold.Purpose.values]


def one(project: Project, purpose: str) -> GoldSet:
    return _told(project, purpose, queries.counts(project)[purpose])


def shortcomings(*, project: Project, purpose: str) -> list[str]:
    """What a set lacks: none where it will do. Screening and checks must not be passed without reading."""
    told: list[str] = []
    if purpose == Gold.Purpose.SCREENING and (sentence := screening.unfit(project=project)):
        told.append(sentence)
    if purpose == Gold.Purpose.CHECK:
        told += checking.shortcomings(project=project)
    return told + rules.shortcomings(gold.questions(queries.of_purpose(project, purpose)))


def _told(project: Project, purpose: str, counts: dict[str, int]) -> GoldSet:
    return GoldSet(purpose, **counts, shortcomings=shortcomings(project=project, purpose=purpose))
