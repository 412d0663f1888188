"""Running checks: solutions whose first mistake is known, mixed into a generation and told from no other item.

Each labeler gets an assignment of their own, at chance moments and each once; the batch doesn't count them.
"""

from collections.abc import Sequence
from hashlib import blake2b
from math import ceil

from labelhub.models import BatchItem, Generation, Gold, Labeler, Project
from labelhub.queries.quality import checks as queries
from labelhub.services.quality import gold
from labelhub.services.quality.screening import stand
from selector.quality import gold as rules


def put_up(*, generation: Generation) -> None:
    """Set the generation's checks among its items: those that were shown least, two in five without a mistake.

    As far as the set allows, such that nobody agrees with half of them without reading.
    """
    project = generation.project
    shown = sorted(queries.exposures(project), key=lambda each: (each[1], _hash(generation.seed, each[0].pk)))
    found = [each for each, _ in shown]
    by_solution = {each.solution_id: each for each in found}
    mixed = [by_solution[question.key] for question in rules.mix(gold.questions(found), size=project.check_count)]
    Project.objects.filter(pk=project.pk).update(checks=bool(found))
    stand(generation, mixed or _any(found, project.check_count), BatchItem.Stratum.CHECK)


def shortcomings(*, project: Project) -> list[str]:
    """What the checks lack: a generation should find as many as it asks, told from no other item."""
    found = [each for each, _ in queries.exposures(project)]
    told = [sentence] if (sentence := _too_few(found, asks=project.check_count)) else []
    if without := queries.without_answer(project):
        of = f"{without} of the {len(found)} checks"
        told.append(f"{of} have no ground-truth answer, and other items have one: a labeler can tell them by that.")
    return told


def _too_few(found: Sequence[Gold], *, asks: int) -> str | None:
    if len(found) < asks:
        return f"There are {len(found)} checks, and a generation asks {asks}."
    together = len(rules.mix(gold.questions(found), size=asks))
    if together < asks:
        most = f"at most {together}" if together else "no two"
        return (
            f"Of these {len(found)} checks {most} can be asked together so that nobody agrees with half of them "
            f"without reading, and a generation asks {asks}."
        )
    return None


def _any(found: Sequence[Gold], size: int) -> list[Gold]:
    """Of a set so small, or so alike, that it can be guessed: better than none, and two in five without a mistake."""
    sound = [each for each in found if not each.first_mistakes]
    mistaken = [each for each in found if each.first_mistakes]
    wanted = ceil(rules.LEAST_WITHOUT_MISTAKE * size)
    return [*sound[:wanted], *mistaken, *sound[wanted:]][:size]


def ask(*, project: Project, labeler: Labeler) -> int | None:
    """The item of a check that the labeler hasn't had, any of those left; None when there is none."""
    left = queries.left(project, labeler)
    return min(left, key=lambda item: _hash(f"{labeler.pk}", item), default=None)


def _hash(seed: object, key: int) -> bytes:
    return blake2b(f"{seed}:{key}".encode(), digest_size=16).digest()
