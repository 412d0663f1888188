"""Gold: solutions whose first mistake the team knows, made from a reviewed label or read from a file."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from labelhub.errors import Conflict, Invalid, WrongState
from labelhub.models import Gold, Label, Project, Solution, User
from labelhub.queries import gold as queries
from labelhub.services import audit, mistakes
from labelhub.services.importing.chunk import write
from labelhub.services.importing.entries import Entry, Sample
from labelhub.services.importing.report import Report
from selector import gold as rules
from selector.formats import BadLine, BadRow, Line, read_jsonl
from selector.formats import gold as rows
from selector.formats.gold import GoldRecord
from selector.labels import first_mistake, main_ratings
from selector.normalize import problem_digest, solution_digest

AT_ONCE = 500
Beat = Callable[[int, int, str], None]


@transaction.atomic
def make(
    *,
    project: Project,
    solution: Solution,
    purpose: str,
    first_mistakes: Sequence[int],
    explanation: str,
    by: User | None,
    label: Label | None = None,
) -> Gold:
    """Set the solution apart for one purpose.

    Raises Invalid for a step that isn't there, Conflict where it is gold already, WrongState while it is out for
    labeling.
    """
    if any(not 0 <= step < len(solution.steps) for step in first_mistakes):
        raise Invalid(fields={"first_mistakes": [f"The steps count from 0 to {len(solution.steps) - 1}."]})
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # two would each find the solution free
    if sentence := _taken(project, solution):
        raise (WrongState if queries.is_out(solution) else Conflict)(sentence)
    gold = Gold.objects.create(
        project=project,
        solution=solution,
        purpose=purpose,
        first_mistakes=sorted(set(first_mistakes)),
        explanation=explanation,
        label=label,
        created_by=by,
    )
    audit.record(project=project, actor=by, verb="make gold", subject=f"solution {solution.pk}", purpose=purpose)
    return gold


def make_from_label(
    *, label: Label, purpose: str, explanation: str, by: User | None, first_mistakes: list[int] | None = None
) -> Gold:
    """The label's own first mistake, or that there is none, as gold, unless a set of them is given.

    Raises as `make`, Invalid for half a pass.
    """
    if label.finish_reason not in (Label.FinishReason.FOUND_ERROR, Label.FinishReason.SOLUTION):
        raise Invalid(fields={"label": ["The pass was not finished, so it tells no first mistake."]})
    mistake = first_mistake(main_ratings(label.steps))
    own = [] if mistake is None else [mistake]
    return make(
        project=label.solution.problem.project,
        solution=label.solution,
        purpose=purpose,
        first_mistakes=own if first_mistakes is None else first_mistakes,
        explanation=explanation,
        by=by,
        label=label,
    )


@transaction.atomic
def retire(*, gold: Gold, reason: str, by: User | None) -> None:
    """Ask it of nobody any more; its solution stays out of the pool. Does nothing a second time."""
    if Gold.objects.filter(pk=gold.pk, retired_at=None).update(retired_at=timezone.now()):
        audit.record(
            project=gold.project, actor=by, verb="retire gold", subject=f"solution {gold.solution_id}", reason=reason
        )


@transaction.atomic
def explain(*, gold: Gold, explanation: str, by: User | None) -> None:
    """Say why in other words. What was said before stays with the event; the same words again are none."""
    before = Gold.objects.select_for_update().values_list("explanation", flat=True).get(pk=gold.pk)
    if before != explanation:
        Gold.objects.filter(pk=gold.pk).update(explanation=explanation)
        audit.record(
            project=gold.project,
            actor=by,
            verb="explain gold",
            subject=f"solution {gold.solution_id}",
            before=before,
            now=explanation,
        )


def page(
    *, project: Project, after: int, limit: int, purpose: str | None = None
) -> tuple[list[dict[str, Any]], int | None]:
    """Gold labels as `queries.gold.page` tells them, each with how many of the passes over it agree."""
    found, following = queries.page(project, after=after, limit=limit, purpose=purpose)
    agreed = mistakes.agreements(golds=[each["id"] for each in found])
    return [each | {"agreed": agreed[each["id"]]} for each in found], following


def tell(gold: Gold) -> dict[str, Any]:
    """One of them."""
    return queries.tell(gold) | {"agreed": mistakes.agreements(golds=[gold.pk])[gold.pk]}


def shortcomings(*, project: Project, purpose: str) -> list[str]:
    """What a set lacks: sentences, none where it will do."""
    return rules.shortcomings(questions(queries.of_purpose(project, purpose)))


def questions(golds: Sequence[Gold]) -> list[rules.Question]:
    """Gold labels as the rules see them, by the primary key of their solution."""
    return [_question(gold) for gold in golds]


def _question(gold: Gold) -> rules.Question:
    solution = gold.solution
    graded = {Solution.Grade.RIGHT: True, Solution.Grade.WRONG: False}
    last = len(solution.steps) - 1
    stated = (i for i, text in enumerate(solution.steps) if solution.answer and solution.answer in text)
    return rules.Question(
        key=solution.pk,
        step_count=len(solution.steps),
        first_mistakes=frozenset(gold.first_mistakes),
        answer_is_right=graded.get(solution.grade, solution.source_verdict),  # type: ignore[call-overload]
        answer_step=next(stated, last),
    )


def read_file(*, project: Project, path: Path, purpose: str, by: User | None = None) -> Report:
    """Make gold labels of a file's lines (see `selector.formats.gold`), with problems and solutions that are new.

    A line that is gold for this purpose already, with the same first mistakes, is skipped; a bad one is rejected by
    its number. Five hundred lines are committed at a time.
    """
    with path.open("rb") as stream:
        return read(project=project, stream=stream, name=path.name, purpose=purpose, by=by)


def read(*, project: Project, stream: BinaryIO, name: str, purpose: str, by: User | None) -> Report:
    """`read_file` of what is open already."""
    report = Report()
    for chunk in _chunks(read_jsonl(stream)):
        with transaction.atomic():
            report.add(_write(project, purpose, chunk, by))
    told: dict[str, Any] = {"created": report.created["golds"], "rejected": report.rejected, "purpose": purpose}
    audit.record(project=project, actor=by, verb="import gold", subject=name, **told)
    return report


@transaction.atomic
def try_out(*, project: Project, stream: BinaryIO, name: str, purpose: str) -> Report:
    """What `read` would make of it; nothing is kept."""
    report = read(project=project, stream=stream, name=name, purpose=purpose, by=None)
    transaction.set_rollback(True)
    return report


def _chunks(lines: Iterator[Line | BadLine]) -> Iterator[list[Line | BadLine]]:
    chunk: list[Line | BadLine] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == AT_ONCE:
            yield chunk
            chunk = []
    yield chunk


def _write(project: Project, purpose: str, lines: Sequence[Line | BadLine], by: User | None) -> Report:
    """The solutions first, in the way of any import, then what makes them gold."""
    records = {line.number: _parsed(line) for line in lines}
    entries = [each if isinstance(each, BadLine) else _entry(n, each) for n, each in records.items()]
    written = write(project=project, lines=entries, split=None)
    report = Report(created=written.created, notes=written.notes)
    for rejection in written.rejections:
        report.reject(rejection.line, rejection.reason)
        del records[rejection.line]
    for number, record in records.items():
        assert isinstance(record, GoldRecord)  # a bad line was rejected
        try:
            news = _place(project, purpose, record, by)
        except BadRow as error:
            report.reject(number, str(error))
        else:
            report.created["golds"] += news
            report.changed += news
            report.skipped += not news
    return report


def _parsed(line: Line | BadLine) -> GoldRecord | BadLine:
    if isinstance(line, BadLine):
        return line
    try:
        return rows.parse(line.row)
    except BadRow as error:
        return BadLine(line.number, str(error))


def _entry(number: int, gold: GoldRecord) -> Entry:
    """Without a label: what is known of the steps is not for training."""
    texts = [(step, text, "gold") for step, others in gold.solution.alternatives.items() for text in others]
    sample = Sample(solution_digest(gold.solution.steps), gold.solution, None, tuple(texts))
    return Entry(number, gold.problem, problem_digest(gold.problem.problem) if gold.problem else "", (sample,))


def _place(project: Project, purpose: str, record: GoldRecord, by: User | None) -> bool:
    """Whether this is new. Raises BadRow where the solution can't be gold for this purpose."""
    solution = queries.named(
        project,
        problem_digest=problem_digest(record.problem.problem) if record.problem else None,
        problem_key=record.solution.problem_id,
        digest=solution_digest(record.solution.steps),
    )
    known = Gold.objects.filter(solution__problem=solution.problem_id, solution__digest=solution.digest).first()
    if known and known.purpose == purpose and known.first_mistakes == list(record.first_mistakes):
        return False
    if sentence := _taken(project, solution):
        raise BadRow(sentence)
    Gold.objects.create(
        project=project,
        solution=solution,
        purpose=purpose,
        first_mistakes=list(record.first_mistakes),
        explanation=record.explanation,
        created_by=by,
    )
    return True


def _taken(project: Project, solution: Solution) -> str:
    """The sentence why the solution can't be made gold, or nothing."""
    if known := Gold.objects.filter(solution__problem=solution.problem_id, solution__digest=solution.digest).first():
        return f"This solution is gold for {known.purpose} already: the sets are disjoint, and gold is not overwritten."
    if queries.is_out(solution):
        return "This solution is out for labeling: make it gold once its generation is closed."
    return ""
