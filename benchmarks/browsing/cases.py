"""The pages that are asked for: what they are called, which listing they are of, and by which filters."""

from typing import Any

from benchmarks.browsing.rows import LABELERS

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "the newest": ("solutions", {}),
    "by score": ("solutions", {"checkpoint": 1, "sort": "-score"}),
    "score between": ("solutions", {"checkpoint": 1, "sort": "score", "score_min": 0.2, "score_max": 0.4}),
    "score between, by age": ("solutions", {"checkpoint": 1, "score_min": 0.9}),
    "of a problem": ("solutions", {"problem": 6000}),
    "of a generation": ("solutions", {"generation": 3}),
    "of a stratum": ("solutions", {"generation": 3, "stratum": "control"}),
    "gold": ("solutions", {"gold": "true"}),
    "not gold": ("solutions", {"gold": "false"}),
    "graded wrong": ("solutions", {"grade": "wrong"}),
    "grade unknown": ("solutions", {"grade": "unknown"}),
    "not graded": ("solutions", {"grade": "none"}),
    "graded by a person": ("solutions", {"graded_by": "person"}),
    "labelled": ("solutions", {"labels": "true"}),
    "not labelled": ("solutions", {"labels": "false"}),
    "of a model": ("solutions", {"model": "sampler-1"}),
    "of a rare model": ("solutions", {"model": "rarely"}),
    "at least 5 steps": ("solutions", {"steps_min": 5}),
    "at least 9 steps": ("solutions", {"steps_min": 9}),
    "a usual word": ("solutions", {"q": "friends"}),
    "a rare word": ("solutions", {"q": "medlar"}),
    "no such word": ("solutions", {"q": "tamarind"}),
    "no such words": ("solutions", {"q": "so tamarind has to be found"}),
    "wrong, labelled, of a model": ("solutions", {"grade": "wrong", "labels": "true", "model": "sampler-2"}),
    "wrong, of a rare model, by score": (
        "solutions", {"checkpoint": 1, "sort": "-score", "grade": "wrong", "model": "rarely"}
    ),
    "problems": ("problems", {}),
    "problems of a split": ("problems", {"split": "gate"}),
    "retired problems": ("problems", {"retired": "true"}),
    "problems with labels": ("problems", {"labels": "true"}),
    "problems without labels": ("problems", {"labels": "false"}),
    "problems with a rare word": ("problems", {"q": "quince"}),
    "labels": ("labels", {}),
    "labels of a generation": ("labels", {"generation": 3, "stratum": "control"}),
    "labels of a labeler": ("labels", {"labeler": LABELERS[3]}),
    "labels of a day": ("labels", {"since": "2026-02-01T00:00:00Z", "until": "2026-02-02T00:00:00Z"}),
    "labels of a problem": ("labels", {"problem": 6000}),
    "contradictions": ("labels", {"contradiction": "true"}),
    "mistake at step 4": ("labels", {"mistake": 4}),
    "mistake at step 40": ("labels", {"mistake": 40}),
    "questions": ("labels", {"comment": "question"}),
    "revised": ("labels", {"revised": "true"}),
    "checks": ("labels", {"asked_for": "check"}),
}  # fmt: skip
BESIDE: dict[str, tuple[str, dict[str, Any]]] = {
    "solutions": ("solutions", {}),
    "problems": ("problems", {}),
    "labels": ("labels", {}),
}
