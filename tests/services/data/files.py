"""Files of lines for tests of import and export, and what a project holds after them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labelhub.models import Alternative, Label, Problem, Project, Solution
from labelhub.services.data import importing
from labelhub.services.data.importing import Report

Row = dict[str, Any]


def problem(number: int = 1, **fields: Any) -> Row:
    text = f"Ana has {number} pears and picks 2 more. How many does she have?"
    return {"problem_id": f"pears-{number}", "problem": text, "ground_truth_answer": str(number + 2)} | fields


def solution(number: int = 1, sample: int = 0, **fields: Any) -> Row:
    steps = [f"Ana starts with {number}.", f"{number} + 2 = {number + 2}.", f"So she has {number + 2} (try {sample})."]
    row = {"problem_id": f"pears-{number}", "solution_id": f"pears-{number}-{sample}", "steps": steps}
    return row | {"answer": str(number + 2)} | fields


def write(path: Path, rows: Sequence[Row | bytes]) -> Path:
    """One line for each row; bytes are a line as they stand."""
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def read(project: Project, *paths: Path, **options: Any) -> list[Report]:
    names = {str(path): path for path in paths}
    return list(importing.read_files(project=project, files=names, **options).values())


def read_rows(project: Project, place: Path, rows: Sequence[Row | bytes], **options: Any) -> Report:
    return read(project, write(place / "rows.jsonl", rows), **options)[0]


def counts(project: Project) -> dict[str, int]:
    return {
        "problems": Problem.objects.filter(project=project).count(),
        "solutions": Solution.objects.filter(problem__project=project).count(),
        "labels": Label.objects.filter(solution__problem__project=project).count(),
        "alternatives": Alternative.objects.filter(solution__problem__project=project).count(),
    }


def made(**created: int) -> dict[str, int]:
    return {"problems": 0, "solutions": 0, "labels": 0, "alternatives": 0} | created
