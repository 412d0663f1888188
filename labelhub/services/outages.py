"""What the site depends on may be away: the database, a disk, the broker. Every route then answers 503 and Retry-After.

An outage is told from a fault of ours by what the driver says, once something was raised: a request that goes well
pays nothing for it.
"""

import errno
import sqlite3
from contextlib import suppress
from typing import Any

import django.db
import psycopg2
import structlog
from django.db import connection
from kombu.exceptions import OperationalError as BrokerError
from redis import RedisError
from requests import RequestException

from labelhub.errors import Unavailable

log = structlog.get_logger(__name__)

RETRY_AFTER = 5  # seconds
WHOLE = "Nothing is lost or half done: try again in a few seconds."
GONE = f"The site is waiting for its database. {WHOLE}"
BUSY = f"The database is busy. {WHOLE}"
READ_ONLY = f"The database can't be written at the moment. {WHOLE}"
EMPTY = "The site is waiting for its database, which has no tables: an operator runs the command `migrate`."
FULL = "The disk that the site writes to is full, or doesn't answer. Nothing is lost or half done: try again later."
BROKER = f"The site is waiting for its broker. {WHOLE}"
ISSUER = f"The server that signs you in doesn't answer. {WHOLE}"

DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.ESTALE}
SQLITE = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_PROTOCOL: BUSY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: GONE,
}
# By the beginning of PostgreSQL's code: classes of errors, and single ones. A statement that is too slow is our fault.
POSTGRESQL = {
    "08": GONE,  # the connection
    "25006": READ_ONLY,  # after a failover, a server that is not yet promoted
    "40": BUSY,  # deadlocks, and queries that a standby called off
    "53100": FULL,
    "53": GONE,  # too many connections, no memory
    "55P03": BUSY,  # a lock that was not to be had in time
    "57P": GONE,  # starting up, shutting down, crashed
    "58": GONE,  # what the server's own system refused it
}
MISSING_TABLE = "42P01"


def of(error: BaseException | None) -> Unavailable | None:
    """The refusal that this error stands for if something is away, written to the log; None for any other error."""
    if sentence := _sentence(error):
        log.warning("Something that the site depends on is away.", reason=str(error).strip(), kind=type(error).__name__)
        return Unavailable(sentence)
    return None


def _sentence(error: BaseException | None) -> str | None:
    if isinstance(error, django.db.Error):
        return of_database(error)
    if isinstance(error, RequestException):
        return ISSUER
    if isinstance(error, BrokerError | RedisError):
        return BROKER
    return FULL if isinstance(error, OSError) and error.errno in DISK else None


def of_database(error: BaseException) -> str | None:
    """What to say of the database where it is away, or can't be used; None where it is not at fault."""
    cause = error.__cause__ if isinstance(error, django.db.Error) else None
    if isinstance(cause, sqlite3.Error):
        return SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF) or _empty("no such table" in str(cause))
    if isinstance(cause, psycopg2.Error):
        return _of_postgresql(cause)
    return None


def _of_postgresql(cause: Any) -> str | None:
    if cause.pgcode:
        told = next((told for start, told in POSTGRESQL.items() if cause.pgcode.startswith(start)), None)
        return told or _empty(cause.pgcode == MISSING_TABLE)
    # What has no code didn't come from the server, but of talking to it; an InterfaceError may also be misuse.
    lost = type(cause) in (psycopg2.OperationalError, psycopg2.DatabaseError) or "closed" in str(cause)
    return GONE if lost else None


def _empty(suspected: bool) -> str | None:
    """A database without any table was lost, or nobody has set it up yet; one table that is missing is our fault."""
    with suppress(django.db.Error):
        return EMPTY if suspected and not connection.introspection.table_names() else None
    return None
