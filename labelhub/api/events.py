"""The record of consequential acts: a project's for its operators, an account's for its owner.

Superusers see all that belongs to no project: signing in, tokens, second factors.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.api.accounts.authentication import person
from labelhub.api.data.exports import LINES, streamed
from labelhub.api.http.bodies import read_query
from labelhub.api.http.permissions import OPERATOR, KeepsSite, Own, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.serializers.events import (
    AccountEventFilterSerializer,
    AccountEventQuerySerializer,
    EventFilterSerializer,
    EventPageSerializer,
    EventQuerySerializer,
)
from labelhub.errors import Absent
from labelhub.models import Event
from labelhub.queries import audit

FORMAT = OpenApiParameter("format", str, OpenApiParameter.PATH, enum=list(audit.FORMATS))
STREAM = {(200, LINES): OpenApiTypes.BINARY, (200, "text/csv"): OpenApiTypes.BINARY}


def page(found: QuerySet[Event], *, limit: int, before: int | None = None) -> Response:
    rows, following = audit.page(found, limit=limit, before=before)
    return Response({"events": [audit.row(each) for each in rows], "next": following})


def split(asked: dict[str, Any]) -> tuple[int, int | None, dict[str, Any]]:
    """The page's length, the event it goes on from, and the filters."""
    return asked.pop("limit"), asked.pop("before", None), asked


def stream(found: QuerySet[Event], *, of: str, format: str) -> StreamingHttpResponse:
    """All that the filters find; nothing in it is run by a spreadsheet."""
    if format not in audit.FORMATS:
        raise Absent
    write, kind = audit.FORMATS[format]
    lines = write(found.iterator(chunk_size=2000))
    return streamed(lines, content_type=kind, filename=f"{of}-events.{format}")


class Events(ProjectView):
    needs = {"GET": OPERATOR}

    @extend_schema(parameters=[EventQuerySerializer], responses=EventPageSerializer)
    def get(self, request: Request, slug: str) -> Response:
        limit, before, asked = split(read_query(EventQuerySerializer, request))
        return page(audit.found(self.project, **asked), limit=limit, before=before)


class EventExport(ProjectView):
    """All that the filters find, as a stream; nothing in it is run by a spreadsheet."""

    needs = {"GET": OPERATOR}

    @extend_schema(parameters=[EventFilterSerializer, FORMAT], responses=STREAM)
    def get(self, request: Request, slug: str, format: str) -> StreamingHttpResponse:
        asked = read_query(EventFilterSerializer, request)
        return stream(audit.found(self.project, **asked), of=self.project.slug, format=format)


class OwnEvents(Own):
    """What happened to one's own account."""

    @extend_schema(parameters=[EventQuerySerializer], responses=EventPageSerializer)
    def get(self, request: Request) -> Response:
        limit, before, asked = split(read_query(EventQuerySerializer, request))
        return page(audit.of_account(person(request), **asked), limit=limit, before=before)


class OwnEventExport(Own):
    @extend_schema(parameters=[EventFilterSerializer, FORMAT], responses=STREAM)
    def get(self, request: Request, format: str) -> StreamingHttpResponse:
        asked = read_query(EventFilterSerializer, request)
        return stream(audit.of_account(person(request), **asked), of="account", format=format)


class AccountEvents(APIView):
    """What happened to accounts, and whatever else belongs to no project; for superusers."""

    permission_classes = [IsAuthenticated, KeepsSite]

    @extend_schema(parameters=[AccountEventQuerySerializer], responses={200: EventPageSerializer, 403: ErrorSerializer})
    def get(self, request: Request) -> Response:
        limit, before, asked = split(read_query(AccountEventQuerySerializer, request))
        return page(audit.found(None, **asked), limit=limit, before=before)


class AccountEventExport(APIView):
    permission_classes = [IsAuthenticated, KeepsSite]

    @extend_schema(parameters=[AccountEventFilterSerializer, FORMAT], responses={**STREAM, 403: ErrorSerializer})
    def get(self, request: Request, format: str) -> StreamingHttpResponse:
        asked = read_query(AccountEventFilterSerializer, request)
        return stream(audit.found(None, **asked), of="accounts", format=format)
