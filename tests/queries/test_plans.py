"""What labelers wait for is planned for what it reads: PostgreSQL's JIT stays out of it, and nothing reads a table."""

import importlib
import pkgutil
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import labelhub.queries
import labelhub.services
from labelhub.models import Assignment, BatchItem, Generation, Label, Solution
from labelhub.queries.statement import BY_INDEX, Statement
from tests import factories
from tests.present import present

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.data_layer,
    pytest.mark.slow,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite neither estimates costs nor compiles"),
]
OPEN, DONE = 100_000, 20_000
JIT_ABOVE_COST = 100_000  # PostgreSQL's default of `jit_above_cost`


def statements() -> dict[str, Statement]:
    """Every statement that is prepared, by the name it has in its module."""
    return {
        f"{module.__name__}.{name}": value
        for package in (labelhub.queries, labelhub.services)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        for module in [importlib.import_module(found.name)]
        for name, value in vars(module).items()
        if isinstance(value, Statement)
    }


def copy_rows(row, count: int, **changes: str) -> None:
    """`count` rows like `row`; `changes` are SQL by column, in which `n` counts from 1."""
    columns = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changes.get(column, f'"{column}"') for column in columns)
    table, names = row._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, generate_series(1, {count}) n WHERE id = %s",
            [row.pk],
        )


@pytest.fixture
def a_long_queue(project, generation: Generation) -> None:
    """100,000 open items beside 20,000 that have their labels, and fresh statistics."""
    item = factories.BatchItemFactory(generation=generation, position=0)
    copy_rows(item.solution, OPEN + DONE, key="'s' || n")
    first = Solution.objects.exclude(pk=item.solution_id).order_by("pk").values_list("pk", flat=True)[0]
    copy_rows(
        item,
        OPEN + DONE,
        solution_id=f"{first} - 1 + n",
        position="n",
        state=f"CASE WHEN n > {DONE} THEN 'open' ELSE 'done' END",
    )
    done = BatchItem.objects.filter(state="done").order_by("pk").values_list("pk", flat=True)[0]
    labelers = [factories.LabelerFactory().pk for _ in range(32)]
    picked = f"('{{{','.join(map(str, labelers))}}}'::uuid[])[n %% 32 + 1]"
    lease = factories.AssignmentFactory(item=item, labeler_id=labelers[0], state="submitted")
    copy_rows(lease, DONE, item_id=f"{done} - 1 + n", labeler_id=picked)
    label = factories.LabelFactory(assignment=lease, solution=item.solution)
    given = Assignment.objects.exclude(pk=lease.pk).order_by("pk").values_list("pk", flat=True)[0]
    copy_rows(label, DONE, assignment_id=f"{given} - 1 + n", solution_id=f"{first} - 1 + n", labeler_id=picked)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE")
    assert Label.objects.count() == DONE + 1


def cost_of(cursor, explained: str) -> float:
    cursor.execute(f"EXPLAIN {explained}")
    plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "JIT:" not in plan, plan
    return float(present(re.search(r"\.\.([\d.]+)", plan))[1])


def test_no_statement_that_labelers_wait_for_is_dear_enough_to_be_compiled(a_long_queue):
    costs = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = on; SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(BY_INDEX)
        for name, statement in statements().items():
            cursor.execute(f"PREPARE the_plan AS {statement.preparing.partition(' AS ')[2]}")
            costs[name] = cost_of(cursor, f"EXECUTE the_plan ({', '.join(['NULL'] * len(statement.names))})")
            cursor.execute("DEALLOCATE the_plan")
    assert len(costs) >= 12
    assert max(costs.values()) < JIT_ABOVE_COST, costs


def test_nor_is_anything_else_that_a_claim_and_a_hand_in_ask(a_long_queue, ann, client):
    client.force_login(ann)
    with CaptureQueriesContext(connection) as asked:
        claimed = client.post("/api/v1/projects/apples/assignments/next", {}, content_type="application/json")
        lease = claimed.json()["assignment"]
        body = {"lease": lease["lease"]["token"], "ratings": [1, 1, 1], "finish_reason": "solution", "total_time": 1}
        handed_in = client.put(f"/api/v1/assignments/{lease['id']}/label", body, content_type="application/json")
    assert handed_in.json()["next"]
    others = [each["sql"] for each in asked if re.match(r"SELECT|INSERT|UPDATE|DELETE", each["sql"])]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = on")
        assert max(cost_of(cursor, sql) for sql in others) < JIT_ABOVE_COST


def test_the_sites_connections_compile_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
