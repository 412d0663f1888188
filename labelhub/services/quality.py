"""Quality: whether labelers agree with each other."""

from itertools import groupby
from typing import Any

from labelhub.models import Project
from labelhub.queries import quality
from selector.agreement import first_error_agreement
from selector.labels import first_mistake, main_ratings

NO_OVERLAP = "No solution has been labelled by two labelers: launch with labels_wanted above 1."


def agreement(*, project: Project) -> dict[str, Any]:
    """The share of pairs of labelers who name the same first mistake; without a pair, None and the sentence why."""
    rows = quality.rated_by_several(project).values_list("solution_id", "steps")
    by_solution = groupby(rows.iterator(chunk_size=1000), key=lambda row: row[0])
    found = first_error_agreement(
        [first_mistake(main_ratings(steps)) for _, steps in group] for _, group in by_solution
    )
    return {
        "pairs": found.pairs,
        "agreed": found.agreed,
        "share": found.share,
        "undefined": None if found.pairs else NO_OVERLAP,
    }
