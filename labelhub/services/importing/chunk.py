"""One chunk of lines put into the project, whole or not at all."""

from collections.abc import Iterator, Sequence

from django.db import transaction

from labelhub.models import Label, Problem, Project
from labelhub.services.importing import labels
from labelhub.services.importing.entries import LABELS_OF_STEPS, Entry
from labelhub.services.importing.labels import Labels
from labelhub.services.importing.problems import Problems
from labelhub.services.importing.report import Report
from labelhub.services.importing.solutions import Alternatives, Identity, Solutions
from selector.formats import BadLine, BadRow, SolutionRecord


def write(*, project: Project, lines: Sequence[Entry | BadLine], split: str | None) -> Report:
    """Put the chunk in, in a constant number of queries, and say what became of each line."""
    report = Report()
    entries = [line for line in lines if isinstance(line, Entry)]
    for line in lines:
        if isinstance(line, BadLine):
            report.reject(line.number, line.reason)
    if entries:
        with transaction.atomic():
            # Imports into a project take turns, so what a chunk finds absent is absent until it is written.
            Project.objects.select_for_update(no_key=True).get(pk=project.pk)
            report.add(_Chunk(project, split, entries).write())
    return report


class _Chunk:
    """The rows that the entries name, looked up together."""

    def __init__(self, project: Project, split: str | None, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.problems = Problems(
            project,
            split,
            digests=[each.problem_digest for each in entries if each.problem_digest],
            keys=[key for each in entries for key in _problem_ids(each)],
        )
        self.solutions = Solutions(self.problems.by_digest.values(), [s for each in entries for s in each.solutions])
        known = self.solutions.by_key
        self.labels = Labels(self.solutions, known if any(map(_holds_labels, entries)) else ())
        self.alternatives = Alternatives(self.solutions, known if any(map(_holds_alternatives, entries)) else ())

    def write(self) -> Report:
        report = Report()
        for entry in self.entries:
            try:
                news = self._place(entry)
            except BadRow as error:
                report.reject(entry.line, str(error))
            else:
                report.changed += news
                report.skipped += not news
        for shelf in (self.problems, self.solutions, self.labels, self.alternatives):  # each refers to those before
            report.created += shelf.save()
        report.notes = self.problems.notes
        return report

    def _place(self, entry: Entry) -> bool:
        """Whether the entry brings anything new. Raises BadRow, and then none of it goes in."""
        problem, digest = self._problem_of(entry)
        for solution_digest, record in entry.solutions:
            self.solutions.find(digest, solution_digest, record)
        label = labels.from_row(entry.label) if entry.label else None
        news = False
        if entry.problem is not None:
            problem, news = self.problems.place(entry.problem, digest)
        assert problem is not None
        for solution_digest, record in entry.solutions:
            news |= self._place_solution(problem, solution_digest, record, entry, label)
        return news

    def _problem_of(self, entry: Entry) -> tuple[Problem | None, str]:
        """The entry's problem, where there is one already, and its digest."""
        if entry.problem is None or entry.problem_digest is None:
            problem = self.problems.named(str(entry.solutions[0][1].problem_id))
            return problem, problem.digest
        self.problems.check(entry.problem, entry.problem_digest)
        return None, entry.problem_digest

    def _place_solution(
        self, problem: Problem, digest: str, record: SolutionRecord, entry: Entry, label: Label | None
    ) -> bool:
        solution, news = self.solutions.place(problem, digest, record)
        identity: Identity = (problem.digest, solution.key)
        if entry.format in LABELS_OF_STEPS and record.step_labels is not None:
            label = labels.from_step_labels(entry.format, record)
        if label is not None:
            news |= self.labels.place(identity, solution, label)
        for step, text, source in _other_texts(entry, record):
            news |= self.alternatives.place(identity, solution, step, text, source)
        return news


def _problem_ids(entry: Entry) -> Iterator[str]:
    records = [entry.problem] if entry.problem else [record for _, record in entry.solutions]
    return (each.problem_id for each in records if each.problem_id is not None)


def _holds_labels(entry: Entry) -> bool:
    return entry.label is not None or entry.format in LABELS_OF_STEPS


def _holds_alternatives(entry: Entry) -> bool:
    return entry.label is not None or any(record.alternatives for _, record in entry.solutions)


def _other_texts(entry: Entry, record: SolutionRecord) -> Iterator[tuple[int, str, str]]:
    if entry.label is not None:
        yield from ((step, text, "imported") for step, text in labels.other_texts(entry.label, record.steps))
    for step, texts in record.alternatives.items():
        yield from ((step, text, (record.generator or "")[:100]) for text in texts)
