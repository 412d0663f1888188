"""A million solutions with their scores, batches and labels, made within minutes; and a small project beside them."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import numpy as np

PROBLEMS, SMALL, GENERATIONS, SEED = 12_000, 200, 10, 7
START = datetime(2026, 1, 1)  # without a zone, as SQLite keeps it
LABELERS = [f"{n + 1:032x}" for n in range(20)]
TEXT = "the number of apples that Tom buys each day for his friends is doubled and then halved so we have"
WORDS = TEXT.split()

Rows = Iterable[tuple[Any, ...]]


def problems(first: int, project: int, count: int) -> Iterator[tuple[Any, ...]]:
    """Texts of some 400 characters; one in a thousand speaks of a quince, one in 400 is retired."""
    for n in range(first, first + count):
        rare = " A quince is left." if n % 1000 == 999 else ""
        text = f"Problem {n}.{rare} " + " ".join(WORDS[(n + k) % len(WORDS)] for k in range(75))
        retired = str(START) if n % 400 == 399 else None
        yield n, project, text, f"{n:064x}", "7", ("train", "train", "train", "gate", "test")[n % 5], "{}", retired


def solutions(first: int, first_problem: int, count: int, of: int) -> Iterator[tuple[Any, ...]]:
    """Five steps each. One in ten thousand mentions a medlar, one in a thousand can't be graded or isn't yet."""
    grades = np.random.default_rng(SEED).choice(["wrong", "right"], count, p=[0.6, 0.4])
    for n in range(count):
        steps = [f"Step {k}: {' '.join(WORDS[k:])} so {n} + {k} = {n + k}." for k in range(1, 6)]
        if n % 10_000 == 5:
            steps[2] = "Then a medlar falls from the tree."
        rare = {5: (None, None), 6: ("unknown", "grader")}.get(n % 1000, (str(grades[n]), "grader"))
        grade, by = ("right", "person") if n % 5000 == 7 else rare
        model = "rarely" if n % 5000 == 8 else f"sampler-{n % 3}"
        meta = json.dumps({"generator": model})
        moment = str(START + timedelta(seconds=n))
        problem = first_problem + n * of // count
        yield (
            first + n, problem, f"k{n:09d}", json.dumps(steps), str(n % 100), f"{n:064x}", grade, by, meta, moment
        )  # fmt: skip


def scores(first: int, checkpoint: int, count: int) -> Iterator[tuple[Any, ...]]:
    chance = -np.random.default_rng(SEED + checkpoint).exponential(2.0, count)
    probs = json.dumps([0.9, 0.8, 0.95, 0.7, 0.6])
    for n in range(count):
        yield first + n, checkpoint, probs, float(chance[n])


def batches(solutions: int) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Items, assignments, labels and comments: each item labelled once, one label in fifty a revision of another."""
    chosen = np.random.default_rng(SEED).choice(solutions, solutions // 10, replace=False) + SMALL * 10 + 1
    strata = ["wrong"] * 8 + ["remainder", "control"]
    items, assignments, labels, comments = [], [], [], []
    for n, solution in enumerate(chosen.tolist(), 1):
        of, moment = n % GENERATIONS, str(START + timedelta(minutes=n))
        items.append((n, of + 1, solution, n, n, strata[n % 17 % 10], 1, "done"))
        assignments.append((n, n, LABELERS[n % 20], "submitted", "-", moment, moment))
        label = one_label(n, solution, n % 7)
        labels.append((n, *label, n, None, 1, moment))
        if n % 50 == 0:
            again = 1_000_000 + n
            labels.append((again, *label, n, n, 2, moment))
            comments.append((again, "Step 3 reads twice.", n % 500 == 0))
    return items, assignments, labels, comments


def one_label(n: int, solution: int, ended: int) -> tuple[Any, ...]:
    steps = [{"completions": [{"text": "", "rating": 1, "flagged": None}], "chosen_completion": 0}] * (ended + 1)
    finish = "solution" if ended == 5 else "give_up" if ended == 6 else "found_error"
    return solution, LABELERS[n % 20], "human", 2, finish, "", json.dumps(steps[:5]), 30_000, False, False


def load(table: str, columns: str, rows: Rows) -> None:
    """Written as each database takes rows fastest."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join("?" * len(columns.split()))
            sql = f"INSERT INTO labelhub_{table} ({', '.join(columns.split())}) VALUES ({marks})"
            cursor.connection.executemany(sql, rows)
            return
        for piece in pieces(rows, 50_000):
            cursor.cursor.copy_expert(f"COPY labelhub_{table} ({', '.join(columns.split())}) FROM STDIN", piece)


def pieces(rows: Rows, size: int) -> Iterator[StringIO]:
    text, n = StringIO(), 0
    for n, row in enumerate(rows, 1):
        cells = ("\\N" if cell is None else str(cell).replace("\\", "\\\\") for cell in row)
        text.write("\t".join(cells) + "\n")
        if n % size == 0:
            text.seek(0)
            yield text
            text = StringIO()
    text.seek(0)
    yield text


def fill(rows: int) -> None:
    """Two projects. Nobody else writes, so SQLite may leave its references unchecked."""
    from django.db import connection, transaction

    from labelhub.models import Checkpoint, Generation, Labeler, Membership, Project, User

    user = User.objects.create(username="rita")
    small, large = (Project.objects.create(slug=slug, name=slug) for slug in ("small", "large"))
    for project in (small, large):
        Membership.objects.create(project=project, user=user, role="reviewer")
    champion = Checkpoint.objects.create(project=large, number=1, state="ready")
    Project.objects.filter(pk=large.pk).update(champion=champion)
    for n in range(GENERATIONS):
        Generation.objects.create(project=large, number=n, state="closed", rule="uniform", scope="global", k=1)
    Labeler.objects.bulk_create(Labeler(pk=pk) for pk in LABELERS)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA foreign_keys=OFF")
    first = SMALL * 10 + 1
    of_problems = "id project_id text digest ground_truth_answer split meta retired_at"
    of_solutions = "id problem_id key steps answer digest grade graded_by meta created_at"
    items, assignments, labels, comments = batches(rows)
    with transaction.atomic():
        load("problem", of_problems, problems(1, small.pk, SMALL))
        load("problem", of_problems, problems(SMALL + 1, large.pk, PROBLEMS))
        load("solution", of_solutions, solutions(1, 1, SMALL * 10, SMALL))
        load("solution", of_solutions, solutions(first, SMALL + 1, rows, PROBLEMS))
        load("score", "solution_id checkpoint_id step_probs log_score", scores(first, champion.pk, rows))
        load("batchitem", "id generation_id solution_id position rank stratum labels_wanted state", items)
        load("assignment", "id item_id labeler_id state lease_token leased_at expires_at", assignments)
        of_labels = (
            "id solution_id labeler_id source phase finish_reason reason steps total_time is_quality_control_question"
            " is_initial_screening_question assignment_id supersedes_id revision submitted_at"
        )
        load("label", of_labels, labels)
        load("comment", "label_id text is_question", comments)
        gold = ((first + n * 1000, large.pk, "check", "[]", "", str(START)) for n in range(rows // 1000))
        load("gold", "solution_id project_id purpose first_mistakes explanation created_at", gold)
    if connection.vendor == "postgresql":
        connection.cursor().execute("VACUUM (ANALYZE)")  # what the server does by itself within the minute
