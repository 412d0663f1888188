"""One chunk of lines put into the project, whole or not at all."""

from collections.abc import Sequence

from django.db import transaction

from labelhub.models import Problem, Project
from labelhub.services.data.importing.entries import Entry, Sample
from labelhub.services.data.importing.labels import Labels
from labelhub.services.data.importing.problems import Problems
from labelhub.services.data.importing.report import Fate, Report
from labelhub.services.data.importing.solutions import Alternatives, Solutions
from selector.formats import BadLine, BadRow


def write(*, project: Project, lines: Sequence[Entry | BadLine], split: str | None) -> Report:
    """Put the chunk in, in a constant number of queries, and say what became of each line; rejected ones are kept."""
    report = Report()
    entries = [line for line in lines if isinstance(line, Entry)]
    if entries:
        with transaction.atomic():
            # Imports into a project take turns, so what a chunk finds absent is absent until it is written.
            Project.objects.select_for_update(no_key=True).get(pk=project.pk)
            report = _Chunk(project, split, entries).write()
    for line in lines:
        if isinstance(line, BadLine):
            report.reject(line.number, line.reason, line.raw, whole=line.whole)
    report.rejections.sort(key=lambda each: each.line)
    return report


class _Chunk:
    """The rows that the entries name, looked up together."""

    def __init__(self, project: Project, split: str | None, entries: Sequence[Entry]) -> None:
        self.entries = entries
        samples = [sample for entry in entries for sample in entry.samples]
        records = [entry.problem or entry.samples[0].record for entry in entries]
        self.problems = Problems(
            project,
            split,
            digests=[entry.problem_digest for entry in entries if entry.problem],
            keys=[record.problem_id for record in records if record.problem_id is not None],
        )
        wanted = [(sample.digest, sample.record) for sample in samples]
        self.solutions = Solutions(self.problems.by_digest.values(), wanted)
        self.labels = Labels(self.solutions, [sample.label for sample in samples if sample.label])
        self.alternatives = Alternatives(self.solutions, [each for sample in samples for each in sample.alternatives])

    def write(self) -> Report:
        report = Report()
        for entry in self.entries:
            try:
                fate = self._place(entry)
            except BadRow as error:
                report.reject(entry.line, str(error), entry.raw)
            else:
                report.take(fate, entry.unread)
        for shelf in (self.problems, self.solutions, self.labels, self.alternatives):  # each refers to those before
            report.created += shelf.save()
        report.notes = self.problems.notes
        return report

    def _place(self, entry: Entry) -> Fate:
        """What becomes of the entry's line. Raises BadRow, and then none of it goes in."""
        digest = self._check(entry)
        problem, fate = self.problems.by_digest.get(digest), Fate.SKIPPED
        if entry.problem is not None:
            problem, fate = self.problems.place(entry.problem, digest)
        assert problem is not None
        created = [self._place_sample(problem, sample) for sample in entry.samples]
        return Fate.CREATED if any(created) else fate

    def _check(self, entry: Entry) -> str:
        """The digest of the entry's problem. Raises BadRow where the entry contradicts what is there."""
        if entry.problem is None:
            digest = self.problems.named(str(entry.samples[0].record.problem_id)).digest
        else:
            digest = entry.problem_digest
            self.problems.check(entry.problem, digest)
        for sample in entry.samples:
            self.solutions.find(digest, sample.digest, sample.record)
        return digest

    def _place_sample(self, problem: Problem, sample: Sample) -> bool:
        solution, news = self.solutions.place(problem, sample.digest, sample.record)
        identity = (problem.digest, solution.key)
        if sample.label is not None:
            news |= self.labels.place(identity, solution, sample.label)
        for alternative in sample.alternatives:
            news |= self.alternatives.place(identity, solution, alternative)
        return news
