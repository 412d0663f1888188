"""A pass as nearly all are, read at a glance."""

from typing import Any

from labelhub.api.http.fields import LARGEST
from labelhub.api.labeling.serializers.assignments import LARGEST_ID, MOST_HELD, MOST_STEPS
from labelhub.models import Label

REQUIRED = {"lease", "ratings", "finish_reason", "total_time"}
FIELDS = REQUIRED | {"flagged", "alternatives", "reason", "comment", "holding", "revises"}
TO_THE_END = {Label.FinishReason.SOLUTION.value, Label.FinishReason.FOUND_ERROR.value}


def plain(data: Any, *, lease: str) -> dict[str, Any] | None:
    """What PassSerializer makes of a first pass under this lease that has ratings and flags, and no words.

    None for any other body, valid or not: what to make of it the serializer says, in five times the time.
    """
    if type(data) is not dict or not REQUIRED <= data.keys() <= FIELDS or data["lease"] != lease:
        return None
    ratings, flagged, holding = data["ratings"], data.get("flagged", []), data.get("holding", [])
    finish_reason, total_time = data["finish_reason"], data["total_time"]
    if (
        data.get("alternatives", []) == []
        and data.get("reason", "") == ""
        and data.get("comment") is None
        and data.get("revises") is None
        and type(finish_reason) is str
        and finish_reason in TO_THE_END
        and type(total_time) is int
        and 0 <= total_time <= LARGEST
        and _is_list(ratings, -1, 1, MOST_STEPS, or_null=True)
        and _is_list(flagged, 0, LARGEST, MOST_STEPS)
        and _is_list(holding, 0, LARGEST_ID, MOST_HELD)
    ):
        return {
            "lease": lease, "ratings": ratings, "flagged": flagged, "alternatives": [], "finish_reason": finish_reason,
            "reason": "", "total_time": total_time, "comment": None, "holding": holding,
        }  # fmt: skip
    return None


def _is_list(given: Any, least: int, greatest: int, most: int, *, or_null: bool = False) -> bool:
    return (
        type(given) is list
        and len(given) <= most
        and all((type(each) is int and least <= each <= greatest) or (or_null and each is None) for each in given)
    )
