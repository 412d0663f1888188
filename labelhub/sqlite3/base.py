"""The database engine that settings name for SQLite; Django looks for it under this name."""

from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A kept connection is used again only while its file stands where it was opened.

    It would go on writing into a file that was moved away or replaced by a backup, and each label would be lost.
    Opening the database anew for each request costs more than all that a labeler's request asks of it.
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
