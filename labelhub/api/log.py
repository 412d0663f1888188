"""The log's lines about requests."""

from django.db import Error
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class RequestLog(RequestMiddleware):
    """Each request in the log, with whose it is if the database can tell: pages that need no database are served."""

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        if hasattr(request, "nobody_knows_whose"):
            return  # one wait for a database that doesn't answer is enough
        try:
            RequestMiddleware.bind_user_id(request)
        except Error:
            request.nobody_knows_whose = True  # type: ignore[attr-defined]  # a mark of ours
