"""The record of consequential acts, for operators: who did what, when and why."""

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.bodies import read_query
from labelhub.api.exports import LINES, blocks
from labelhub.api.permissions import OPERATOR, ProjectView
from labelhub.api.serializers.events import EventFilterSerializer, EventPageSerializer, EventQuerySerializer
from labelhub.errors import Absent
from labelhub.queries import events
from labelhub.services import auditing


class Events(ProjectView):
    needs = {"GET": OPERATOR}

    @extend_schema(parameters=[EventQuerySerializer], responses=EventPageSerializer)
    def get(self, request: Request, slug: str) -> Response:
        asked = read_query(EventQuerySerializer, request)
        limit, before = asked.pop("limit"), asked.pop("before", None)
        rows, following = events.page(events.found(self.project, **asked), limit=limit, before=before)
        return Response({"events": [auditing.row(each) for each in rows], "next": following})


class EventExport(ProjectView):
    """All that the filters find, as a stream; nothing in it is run by a spreadsheet."""

    needs = {"GET": OPERATOR}

    @extend_schema(
        parameters=[
            EventFilterSerializer,
            OpenApiParameter("format", str, OpenApiParameter.PATH, enum=list(auditing.FORMATS)),
        ],
        responses={(200, LINES): OpenApiTypes.BINARY, (200, "text/csv"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str, format: str) -> StreamingHttpResponse:
        if format not in auditing.FORMATS:
            raise Absent
        write, kind = auditing.FORMATS[format]
        rows = events.found(self.project, **read_query(EventFilterSerializer, request)).iterator(chunk_size=2000)
        name = f"{self.project.slug}-events.{format}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return StreamingHttpResponse(blocks(write(rows)), content_type=kind, headers=headers)
