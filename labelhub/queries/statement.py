"""SQL written by hand where every labeler waits for it: planned once for each connection, sent in as few messages.

Measured on PostgreSQL: of a hand-in's database time half went into planning the same statements anew, and most of the
rest into the number of messages.
"""

import re
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction
from django.db.models import Model
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)
Row = tuple[Any, ...]
PARAMETER = re.compile(r"%\((\w+)\)s")
SHA256 = re.compile(r"\{sha256 (.+?)\}")
# A plan made while a table was nearly empty reads all of it, and is kept while the table fills: four times a hand-in's
# time after some thousand passes. All statements here look up by keys; the setting ends with the transaction.
BY_INDEX = "SET LOCAL enable_seqscan = off"
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # names, by the driver's connection


class Statement:
    """One SQL statement with parameters `%(name)s`; `lock` stands where the text says `{lock}`, on PostgreSQL only.

    SQLite has no row locks and needs none: it takes its write lock at BEGIN. `{sha256 text}` is the digest in hex.
    """

    def __init__(self, sql: str, *, lock: str = "") -> None:
        self.names = list(dict.fromkeys(PARAMETER.findall(sql)))
        self.sql = SHA256.sub(r"SHA256(\1)", sql).replace("{lock}", "").strip()
        on_postgresql = SHA256.sub(r"encode(sha256(convert_to(\1, 'UTF8')), 'hex')", sql)
        self.locking = on_postgresql.replace("{lock}", lock).strip()
        self.name = f"labelhub_{sha256(self.locking.encode()).hexdigest()[:16]}"
        self.executing = f"EXECUTE {self.name} ({', '.join(['%s'] * len(self.names))})"

    def rows(self, **values: Any) -> list[Row]:
        """The rows it answers with."""
        return together((self, values))

    def first(self, **values: Any) -> Row | None:
        """The first row, or None."""
        return next(iter(self.rows(**values)), None)

    @property
    def preparing(self) -> str:
        """PREPARE with numbered parameters; PostgreSQL finds their types by itself."""
        numbered = PARAMETER.sub(lambda match: f"${self.names.index(match[1]) + 1}", self.locking)
        return f"PREPARE {self.name} AS {numbered}"


Call = tuple[Statement, Mapping[str, Any]]


def begin_request(statement: Statement, **values: Any) -> Row | None:
    """The first row of a request's first statement. Where the server went away since the last, connect anew, once."""
    spare_health_check()
    try:
        return statement.first(**values)
    except Error:
        connections[DEFAULT_DB_ALIAS].close()
        return statement.first(**values)


def spare_health_check() -> None:
    """Let the request's first message tell whether the server is there: Django would ask SELECT 1 before it."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":  # SQLite's check asks the file system alone
        connection.health_check_done = True  # type: ignore[attr-defined]  # unknown to django-stubs


def together(*calls: Call) -> list[Row]:
    """Run the statements one after the other; the rows of the last one.

    Several are a transaction, or part of the one under way. On PostgreSQL they are one message, and a message of
    several statements is a transaction by itself: nothing is sent to begin or end it.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _in_one_message(cursor, _prepared.setdefault(connection.connection, set()), calls)
        else:
            with transaction.atomic(savepoint=False) if len(calls) > 1 else nullcontext():
                for statement, values in calls:
                    cursor.execute(statement.sql, {name: _as_text(values[name]) for name in statement.names})
        return cursor.fetchall() if cursor.description else []


def _in_one_message(cursor: Any, there: set[str], calls: tuple[Call, ...]) -> None:
    for statement, _ in calls:
        if statement.name not in there:
            cursor.execute(statement.preparing)
            there.add(statement.name)  # it stays, also if this transaction is rolled back
    values = [_json_as_text(values[name]) for statement, values in calls for name in statement.names]
    cursor.execute("; ".join([BY_INDEX, *(statement.executing for statement, _ in calls)]), values)


def known(model: type[M], **values: Any) -> M:
    """A stored row of which only these columns and related rows are at hand; others are fetched when asked for.

    As `Model.from_db`, which goes through every column of the table: a hand-in has a dozen such rows.
    """
    row = model.__new__(model)
    state = row._state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    columns = vars(row)
    for name, value in values.items():
        if isinstance(value, Model):
            state.fields_cache[name] = value
            columns[f"{name}_id"] = value.pk
        else:
            columns[name] = value
    return row


def _as_text(value: Any) -> Any:
    """As the column's own field would hand it to SQLite's driver."""
    if isinstance(value, datetime):
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(value)
    return value.hex if isinstance(value, UUID) else _json_as_text(value)


def _json_as_text(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value
