"""Running checks: solutions whose first mistake is known, mixed into a generation and told from no other item.

Each labeler gets an assignment of their own, at chance moments and each once; the batch doesn't count them.
"""

from hashlib import blake2b
from math import ceil

from labelhub.models import BatchItem, Generation, Labeler, Project
from labelhub.queries import checks as queries
from labelhub.services.screening import stand
from selector.gold import LEAST_WITHOUT_MISTAKE


def put_up(*, generation: Generation) -> None:
    """Set the generation's checks among its items: those that were shown least, two in five without a mistake."""
    project = generation.project
    found = sorted(queries.exposures(project), key=lambda each: (each[1], _hash(generation.seed, each[0].pk)))
    sound = [gold for gold, _ in found if not gold.first_mistakes]
    mistaken = [gold for gold, _ in found if gold.first_mistakes]
    wanted = ceil(LEAST_WITHOUT_MISTAKE * project.check_count)
    Project.objects.filter(pk=project.pk).update(checks=bool(found))
    stand(generation, [*sound[:wanted], *mistaken, *sound[wanted:]][: project.check_count], BatchItem.Stratum.CHECK)


def ask(*, project: Project, labeler: Labeler) -> int | None:
    """The item of a check that the labeler hasn't had, any of those left; None when there is none."""
    left = queries.left(project, labeler)
    return min(left, key=lambda item: _hash(f"{labeler.pk}", item), default=None)


def _hash(seed: object, key: int) -> bytes:
    return blake2b(f"{seed}:{key}".encode(), digest_size=16).digest()
