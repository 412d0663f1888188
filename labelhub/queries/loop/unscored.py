"""What a checkpoint has not scored, as rows for a model that runs elsewhere."""

from collections.abc import Iterator
from typing import Any

from labelhub.models import Checkpoint, Solution
from labelhub.queries.loop import pools


def rows(checkpoint: Checkpoint) -> Iterator[dict[str, Any]]:
    """The project's solutions without a score of it; `id` and `solution_id` name them for an upload."""
    solutions = Solution.objects.filter(problem__project=checkpoint.project_id)
    missing = pools.unscored(solutions, checkpoint=checkpoint).select_related("problem").order_by("pk")
    for one in missing.iterator(chunk_size=500):
        yield {"id": one.pk, "solution_id": one.key, "problem": one.problem.text, "steps": one.steps}
