"""The samples that OpenAI scored read in as they are, and their published score is the product of their own steps."""

from typing import Any

import pytest

from selector.formats import BadRow
from selector.formats.published import scored_samples
from selector.prm.aggregate import aggregate

# P by rating of a sample that OpenAI published with its score; its texts are not part of this project.
RATING_PROBS = [
    {"-1": 0.593068042770836, "0": 0.01925049232449113, "1": 0.387681464904673},
    {"-1": 0.05710269249567796, "0": 0.0327972565325028, "1": 0.9101000509718192},
    {"-1": 0.04241488752473914, "0": 0.028413614709511318, "1": 0.9291714977657496},
    {"-1": 0.7507610598005641, "0": 0.11073959768554346, "1": 0.1384993425138924},
]
SAMPLE: dict[str, Any] = {
    "problem": "What is half of 2 + 12?",
    "answer": "7",
    "is_correct": True,
    "subject": "Prealgebra",
    "level": 1,
    "unique_id": "test/prealgebra/1.json",
    "steps": ["2 + 12 = 14.", "Half of it", "is 14 / 2.", "# Answer\n\n7"],
    "rating_probs": RATING_PROBS,
    "orm_score": 0.63,
    "prm_score": 0.09157553704097245,
    "ground_truth_answer": "7",
}


def test_a_sample_is_told_by_its_fields() -> None:
    assert scored_samples.is_sample(SAMPLE)
    assert not scored_samples.is_sample(SAMPLE | {"solution_id": "1"})
    assert not scored_samples.is_sample({"problem": "?", "steps": ["a"], "label": 0})


def test_the_published_score_is_the_product_of_great_and_okay_to_the_last_bit() -> None:
    sample = scored_samples.parse(SAMPLE)
    assert sample.step_probs is not None
    assert aggregate(sample.step_probs) == sample.scores["prm"] == 0.09157553704097245
    negative = scored_samples.parse(SAMPLE, "negative").step_probs
    assert negative is not None and aggregate(negative) == pytest.approx(0.04540542735872218, rel=1e-15)


def test_the_answer_may_be_called_given_answer_and_may_be_missing() -> None:
    bare = {name: value for name, value in SAMPLE.items() if name != "answer"}
    assert scored_samples.parse(bare | {"given_answer": "8"}).answer == "8"
    assert scored_samples.parse(bare).answer is None
    assert scored_samples.parse(bare | {"answer": None, "given_answer": "8"}).answer is None  # as eval.py reads it


def test_a_sample_of_one_model_has_one_score_and_may_have_no_steps() -> None:
    sample = scored_samples.parse(SAMPLE | {"prm_score": None, "rating_probs": []})
    assert (sample.scores, sample.step_probs) == ({"orm": 0.63}, None)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"problem": ""}, "problem is empty"),
        ({"is_correct": "yes"}, "is_correct is a string"),
        ({"prm_score": 1.5}, "prm_score is not between 0 and 1"),
        ({"prm_score": "much"}, "prm_score is a string"),
        ({"rating_probs": [{"-1": 0.5, "1": 0.5}]}, "rating_probs[0].0 is missing"),
        ({"rating_probs": [{"-1": 2, "0": 0, "1": 0}]}, "Probabilities lie between 0 and 1"),
        ({"rating_probs": "none"}, "rating_probs is a string"),
    ],
)
def test_what_is_no_sample_is_refused_with_the_fields_name(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRow) as refused:
        scored_samples.parse(SAMPLE | changed)
    assert said in str(refused.value)
