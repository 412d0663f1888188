"""Labels going out, as a stream: nothing waits for the whole."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from labelhub.api.bodies import read_query
from labelhub.api.permissions import OPERATOR, ProjectView
from labelhub.models import Label
from labelhub.queries.exports import VIEWS
from labelhub.services import exporting

BLOCK = 64 * 1024
LINES, COLUMNS = "application/x-ndjson", "application/vnd.apache.parquet"


class ExportQuerySerializer(serializers.Serializer[Any]):
    generation = serializers.IntegerField(required=False, min_value=-1, max_value=2**31 - 1)
    checkpoint = serializers.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, help_text="Only the label revisions that it saw."
    )
    source = serializers.ChoiceField(choices=Label.Source.choices, required=False)  # type: ignore[assignment]  # a field of that name
    view = serializers.ChoiceField(choices=VIEWS, default="all", help_text="`train`: only what may train a model.")


class Export(ProjectView):
    needs = {"GET": OPERATOR}

    @extend_schema(
        parameters=[
            ExportQuerySerializer,
            OpenApiParameter("format", str, OpenApiParameter.PATH, enum=list(exporting.FORMATS)),
        ],
        responses={(200, LINES): OpenApiTypes.BINARY, (200, COLUMNS): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str, format: str) -> StreamingHttpResponse:
        asked = read_query(ExportQuerySerializer, request)
        export = exporting.stream(project=self.project, format=format, **asked)
        kind = COLUMNS if format == exporting.PARQUET else LINES
        name = exporting.file_name(project=self.project, format=format)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return StreamingHttpResponse(blocks(export), content_type=kind, headers=headers)


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in larger pieces: each piece is a write to the socket."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block)
