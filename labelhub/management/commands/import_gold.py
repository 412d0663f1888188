"""`manage.py import_gold`: solutions whose first mistake is known, for practice, screening or running checks."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.management.arguments import refuse_foreign
from labelhub.management.following import find_project
from labelhub.management.progress import Progress
from labelhub.models import Gold
from labelhub.services.data import grading
from labelhub.services.data.importing import Report
from labelhub.services.quality.gold import file as gold_file
from labelhub.services.quality.gold import sets as gold_sets
from selector.grading.grade import Grader


class Command(BaseCommand):
    help = (
        "Makes gold labels of a JSON Lines file. A line is {problem, ground_truth_answer, steps, first_mistakes, "
        "explanation}, where first_mistakes holds the indices from 0 of the steps that may be called the first "
        "mistake, or nothing where there is none; or a row of ProcessBench, or a solution of the project's own with "
        "first_error. A line that can't be used is told by its number; importing a file twice creates nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s gsm8k practice.jsonl --purpose practice"
        parser.add_argument("project", metavar="PROJECT", help="the project's slug")
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--purpose", choices=Gold.Purpose.values, required=True, help="the sets are disjoint")

    def handle(self, *, project: str, file: Path, purpose: str, **_: Any) -> None:
        target = find_project(project)
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        refuse_foreign(file)
        report = gold_file.read_file(project=target, path=file, purpose=purpose).report
        self._tell(file, report)
        if report.rejected == report.lines:
            raise CommandError("Not a single line could be used.")
        with Progress() as beat, Grader() as grader:
            grading.grade_pending(project=target, grader=grader, beat=beat)
        after = gold_sets.one(target, purpose)  # graded by now
        self.stdout.write(f"The {purpose} set: {after.labels:,}, {after.without_mistake:,} without a mistake.")
        for sentence in after.shortcomings:
            self.stderr.write(f"Warning: {sentence}")

    def _tell(self, file: Path, report: Report) -> None:
        made = f"{report.created['golds']:,} gold labels, {report.created['solutions']:,} solutions"
        lines = f"{report.skipped:,} lines skipped as gold already, {report.rejected:,} rejected"
        self.stdout.write(f"{file}: created {made}; {lines}")
        for each in report.rejections:
            self.stderr.write(f"{file}, line {each.line}: {each.reason}")
