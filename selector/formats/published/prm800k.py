"""PRM800K's lines, phase 1 and 2: what goes in comes out, field by field and in key order.

A real row's phase 1 question has two keys and its phase 2 question six; absent keys stay absent and null stays null.
The shapes follow real rows rather than the published description where the two differ.

A row that went through a table (pandas, Arrow) is read as the row it was: integers written as floats are integers, and
a null stands for a key that the row lacked. Only phase 1 rows can show the latter: there the keys of phase 2 are null.
"""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast, get_args

from selector.formats import fields
from selector.formats.records import (
    BadRow,
    LabelRecord,
    Parsed,
    ProblemRecord,
    SolutionRecord,
)
from selector.labels.steps import main_path
from selector.types import WHOLE, FinishReason, LabelStep

ROW_KEYS = (
    *("labeler", "timestamp", "generation", "is_quality_control_question", "is_initial_screening_question"),
    *("question", "label"),
)
QUESTION_KEYS = (
    *("problem", "ground_truth_solution", "ground_truth_answer"),
    *("pre_generated_steps", "pre_generated_answer", "pre_generated_verifier_score"),
)
PHASE_2_KEYS = tuple(key for key in QUESTION_KEYS if key not in ("problem", "ground_truth_answer"))
LABEL_KEYS = ("steps", "total_time", "finish_reason")
STEP_KEYS = ("completions", "human_completion", "chosen_completion")
COMPLETION_KEYS = ("text", "rating", "flagged")
HUMAN_KEYS = ("text", "rating", "source", "flagged", "corrected_rating")
FINISH_REASONS: tuple[FinishReason, ...] = get_args(FinishReason)
SCREENING_GENERATION = -1
_ANSWER = re.compile(r"(?:^|\n)# Answer\s+(\S.*)\Z", re.DOTALL)


def parse(row: fields.Row) -> Parsed:
    """The problem, the solution that was rated, and the label.

    The solution of phase 1, which grew under the labeler's hand, is the path that was taken.
    """
    label = parse_label(row)
    question = label.question
    problem = ProblemRecord(question["problem"], question["ground_truth_answer"], question.get("ground_truth_solution"))
    steps = tuple(question.get("pre_generated_steps") or main_path(label.steps))
    if not steps:
        raise BadRow("label.steps holds no step that was rated.")
    fields.check_count(steps, "label.steps")
    answer = question.get("pre_generated_answer") or final_answer(steps[-1])
    return Parsed(problem, (SolutionRecord(steps=steps, answer=answer, problem=problem.problem),), label)


def parse_label(row: fields.Row) -> LabelRecord:
    """One line, checked; unknown fields are kept at every level."""
    fields.check_storable(row)
    label = fields.mapping(fields.required(row, "label"), "label")
    most = 2**31 - 1
    generation = fields.required(row, "generation")
    asked = fields.mapping(fields.required(row, "question"), "question")
    steps = parse_steps(fields.required(label, "label.steps"))
    return LabelRecord(
        labeler=_labeler(fields.required(row, "labeler")),
        timestamp=_timestamp(fields.required(row, "timestamp")),
        generation=None if generation is None else fields.integer(generation, "generation", least=-1, most=most),
        is_quality_control_question=_flag(row, "is_quality_control_question"),
        is_initial_screening_question=_flag(row, "is_initial_screening_question"),
        question=_question(asked),
        steps=[_without_gaps(step) for step in steps] if _has_gaps(asked) else steps,
        total_time=fields.integer(fields.required(label, "label.total_time"), "label.total_time", least=0, most=2**53),
        finish_reason=fields.choice(fields.required(label, "label.finish_reason"), "finish_reason", FINISH_REASONS),
        extra=fields.unknown(row, ROW_KEYS),
        label_extra=fields.unknown(label, LABEL_KEYS),
    )


def dump(record: LabelRecord) -> dict[str, Any]:
    """The line again. The order is imposed here, since a jsonb column does not keep it."""
    row = {key: getattr(record, key) for key in ROW_KEYS[:-2]}
    row["question"] = _ordered(record.question, QUESTION_KEYS)
    row["label"] = {
        "steps": canonical_steps(record.steps),
        "total_time": record.total_time,
        "finish_reason": record.finish_reason,
        **_ordered(record.label_extra, ()),
    }
    return row | _ordered(record.extra, ())


def canonical_steps(steps: Iterable[LabelStep]) -> list[LabelStep]:
    """`label.steps` with every key where a real row has it, unknown ones after them by name."""
    return [cast(LabelStep, _canonical_step(cast(Mapping[str, Any], step))) for step in steps]


def _canonical_step(step: Mapping[str, Any]) -> dict[str, Any]:
    ordered = _ordered(step, STEP_KEYS)
    if ordered["completions"] is not None:
        ordered["completions"] = [_ordered(each, COMPLETION_KEYS) for each in ordered["completions"]]
    if ordered["human_completion"] is not None:
        ordered["human_completion"] = _ordered(ordered["human_completion"], HUMAN_KEYS)
    return ordered


def _ordered(values: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
    """Known keys in their order, then the others by name; a null that is none of ours is a key the row lacked."""
    others = sorted(name for name in set(values) - set(known) if values[name] is not None)
    return {name: values[name] for name in [*(name for name in known if name in values), *others]}


def trains(record: LabelRecord) -> bool:
    """Whether `view=train` keeps the label: screening rows carry their own flag, not quality control's."""
    set_apart = record.is_quality_control_question or record.is_initial_screening_question
    screening = record.generation == SCREENING_GENERATION
    return not (set_apart or screening) and record.finish_reason in WHOLE


def final_answer(step: str) -> str | None:
    """What stands under `# Answer`, the heading that PRM800K's generator ends a solution with."""
    found = _ANSWER.search(step)
    return found[1].strip() if found else None


def parse_steps(value: Any) -> list[LabelStep]:
    """`label.steps`, checked and in canonical form."""
    steps = fields.sequence(value, "label.steps")
    return canonical_steps([_step(each, f"label.steps[{i}]") for i, each in enumerate(steps)])


def _step(value: Any, name: str) -> LabelStep:
    step = fields.mapping(value, name)
    completions = fields.required(step, f"{name}.completions")
    if completions is not None:
        listed = enumerate(fields.sequence(completions, f"{name}.completions"))
        completions = [_completion(each, f"{name}.completions[{i}]") for i, each in listed]
    human = fields.required(step, f"{name}.human_completion")
    if human is not None:
        human = _human(human, f"{name}.human_completion")
    chosen = fields.required(step, f"{name}.chosen_completion")
    if chosen is not None:
        chosen = _chosen(chosen, completions, f"{name}.chosen_completion")
    return cast(LabelStep, {**step, **dict(zip(STEP_KEYS, (completions, human, chosen), strict=True))})


def _chosen(chosen: Any, completions: list[Any] | None, name: str) -> int:
    if not completions:
        raise BadRow(f"{name} chooses from no completions.")
    return fields.integer(chosen, name, least=0, most=len(completions) - 1)


def _completion(value: Any, name: str) -> dict[str, Any]:
    completion = fields.mapping(value, name)
    fields.text(fields.required(completion, f"{name}.text"), f"{name}.text")
    rating = fields.rating(fields.required(completion, f"{name}.rating"), f"{name}.rating")
    flagged = fields.optional_flag(fields.required(completion, f"{name}.flagged"), f"{name}.flagged")
    return {**completion, "rating": rating, "flagged": flagged}


def _human(value: Any, name: str) -> dict[str, Any]:
    human = _completion(value, name)
    corrected = fields.rating(human.get("corrected_rating"), f"{name}.corrected_rating")
    return human | ({"corrected_rating": corrected} if "corrected_rating" in human else {})


def _question(question: dict[str, Any]) -> dict[str, Any]:
    fields.words(fields.required(question, "question.problem"), "question.problem")
    fields.required(question, "question.ground_truth_answer")
    read = dict(question)
    for name in ("ground_truth_answer", "pre_generated_answer"):
        if name in question:
            read[name] = fields.optional_answer(question[name], f"question.{name}")
    fields.optional_text(question.get("ground_truth_solution"), "question.ground_truth_solution")
    if question.get("pre_generated_steps") is not None:
        fields.steps(question["pre_generated_steps"], "question.pre_generated_steps")
    if question.get("pre_generated_verifier_score") is not None:
        fields.number(question["pre_generated_verifier_score"], "question.pre_generated_verifier_score")
    return _ordered(_present(read, PHASE_2_KEYS) if _has_gaps(question) else read, QUESTION_KEYS)


def _has_gaps(question: Mapping[str, Any]) -> bool:
    """Whether the row came through a table with rows of phase 2, which gave it their keys as nulls."""
    return question.get("pre_generated_steps") is None and any(
        question.get(key, "absent") is None for key in PHASE_2_KEYS
    )


def _without_gaps(step: LabelStep) -> LabelStep:
    human = step["human_completion"]
    return step if human is None else {**step, "human_completion": _present(human, ("corrected_rating",))}


def _present(values: Mapping[str, Any], optional: Sequence[str]) -> dict[str, Any]:
    """Without the nulls among the `optional` keys."""
    return {key: value for key, value in values.items() if value is not None or key not in optional}


def _flag(row: fields.Row, name: str) -> bool:
    return fields.flag(fields.required(row, name), name)


def _labeler(value: Any) -> str:
    labeler = fields.words(value, "labeler")
    try:
        if str(uuid.UUID(labeler)) == labeler:
            return labeler
    except ValueError:
        pass
    raise BadRow("labeler is not a UUID in lower case with hyphens.")


def _timestamp(value: Any) -> str:
    """ISO text as it came; pandas writes milliseconds since 1970 instead, and has cut off what is finer."""
    if fields.is_number(value):
        milliseconds = fields.integer(value, "timestamp", least=0, most=10**13)
        moment = datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)
        return moment.replace(tzinfo=None).isoformat(timespec="microseconds")
    stamp = fields.words(value, "timestamp", longest=40)
    try:
        if datetime.fromisoformat(stamp).tzinfo is None:
            return stamp
    except ValueError:
        pass
    raise BadRow("timestamp is not an ISO date and time without a zone.")
