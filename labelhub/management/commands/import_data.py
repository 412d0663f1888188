"""`manage.py import_data`: files in, from the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.errors import Refusal
from labelhub.management.arguments import refuse_foreign
from labelhub.management.progress import Progress
from labelhub.models import Problem, Project
from labelhub.services import projects
from labelhub.services.data import grading, importing
from labelhub.services.data.importing import Report
from selector.grading.grade import Grader


class Command(BaseCommand):
    help = (
        "Imports problems, solutions and labels from JSON Lines files, then grades the answers. Makes the project if "
        "it isn't there. Problems may come after the solutions that name them, in any file. Needs no worker. A line "
        "that can't be used is told by its number, and the others go in; importing a file twice creates nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: %(prog)s gsm8k problems.jsonl solutions.jsonl --split gate"
        parser.add_argument("project", metavar="PROJECT", help="the project's slug")
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
        parser.add_argument("--format", choices=importing.FORMATS, default="auto", help="auto: by each row's fields")
        parser.add_argument(
            "--split",
            choices=Problem.Split.values,
            help="for problems whose row names none; without it a hash of the text decides, by the project's shares",
        )

    def handle(self, *, project: str, files: list[Path], format: str, split: str | None, **_: Any) -> None:
        for path in files:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
            refuse_foreign(path)
        target = self._find_or_create(project)
        with Progress() as beat:
            names = {str(path): path for path in files}
            reports = importing.read_files(project=target, files=names, format=format, split=split, beat=beat)
        self._tell(reports)
        if all(report.rejected == report.lines for report in reports.values()):
            raise CommandError("Not a single line could be used.")
        with Progress() as beat, Grader() as grader:
            grades = grading.grade_pending(project=target, grader=grader, beat=beat)
        by_source = grades.pop("source")
        told = ", ".join(f"{count:,} {grade}" for grade, count in grades.items())
        self.stdout.write(f"Graded: {told}; {by_source:,} of these by the source's own verdict")

    def _find_or_create(self, slug: str) -> Project:
        if found := Project.objects.filter(slug=slug).first():
            return found
        try:
            made = projects.create(slug=slug, name=slug)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stderr.write(f"Made project {slug}.")  # a slip of the pen makes one too
        return made

    def _tell(self, reports: dict[str, Report]) -> None:
        whole = Report()
        for name, report in reports.items():
            self._tell_one(name, report)
            whole.add(report)
        if len(reports) > 1:
            self.stdout.write(f"In all: {_counts(whole)}")

    def _tell_one(self, name: str, report: Report) -> None:
        self.stdout.write(f"{name}: {_counts(report)}")
        told = report.as_dict()
        for note in told["notes"]:
            self.stdout.write(f"  {note}")
        if told["unread"]:
            names = ", ".join(f"{name} ({count:,} lines)" for name, count in told["unread"].items())
            self.stdout.write(f"  Fields that nothing here reads: {names}.")
        for each in report.rejections:
            self.stderr.write(f"{name}, line {each.line}: {each.reason}")
        if told["more"]:
            self.stderr.write(f"{name}: and {told['more']:,} more lines rejected")


def _counts(report: Report) -> str:
    """Rows by kind, then every line by what became of it."""
    created = [f"{count:,} {kind}" for kind, count in report.as_dict()["created"].items() if count]
    of_lines = (
        f"{report.created_lines:,} new",
        f"{report.merged:,} merged with problems already there",
        f"{report.skipped:,} skipped as duplicates",
        f"{report.rejected:,} rejected",
    )
    return f"created {', '.join(created) or 'nothing'}; {report.lines:,} lines: {', '.join(of_lines)}"
