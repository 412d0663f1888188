"""The database engine that settings name for SQLite; Django looks for it under this name."""

from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A kept connection is used again only while its file stands where it was opened.

    Otherwise it would keep writing to a file that was moved away or replaced by a backup, and those labels would be
    lost. Connections are kept because opening one for each request is time that labelers wait for.
    """

    opened: tuple[int, int] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        self.opened = _file(conn_params["database"])
        return connection

    def is_usable(self) -> bool:
        """Asked once for each request or task, with CONN_HEALTH_CHECKS."""
        return self.opened == _file(self.get_connection_params()["database"])


def _file(path: Any) -> tuple[int, int] | None:
    """Which file it is, None where there is none, as in memory."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
