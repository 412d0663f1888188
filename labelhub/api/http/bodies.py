"""What comes in and goes out over the wire: JSON within a limit, checked against a serializer, nothing unknown."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from labelhub.api.http.refusals import TooLarge
from labelhub.errors import Invalid


class JsonParser(BaseParser):
    """A JSON body of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes; DRF's own parser reads whatever comes."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        text = stream.read(limit + 1)
        if len(text) > limit:
            raise TooLarge
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error


class UploadParser(MultiPartParser):
    """A form with a file, streamed to disk; refused by its announced length before the first byte is read."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        # A request without a length has no body for Django, so the header binds.
        if int(stream.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_MAX_BYTES:
            raise TooLarge(f"An upload has at most {settings.UPLOAD_MAX_BYTES:,} bytes; use the command `import_data`.")
        return super().parse(stream, media_type, parser_context)


PLAIN = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_UTC_Z  # times end in Z, as DRF's serializers write them


class JsonRenderer(BaseRenderer):
    """JSON by orjson: datetimes with their zone, UUIDs as text, NaN as null; a dataclass as its fields."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=_plain, option=PLAIN)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return orjson.Fragment(orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z))
    return float(value) if isinstance(value, Decimal) else str(value)


def read(serializer: type[Serializer[Any]], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The body, validated. Raises Invalid on a field that doesn't exist: a misspelt knob must not mean its default."""
    return _checked(_reader(serializer, partial), request.data)


def read_query(serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The query's parameters, validated in the same way."""
    return _checked(_reader(serializer), request.query_params)


@cache
def _reader(serializer: type[Serializer[Any]], partial: bool = False) -> Serializer[Any]:
    """The serializer as a reader: it keeps nothing of what it reads, and making one copies every field of it."""
    return serializer(data={}, partial=partial)


def _checked(reader: Serializer[Any], given: Any) -> dict[str, Any]:
    if isinstance(given, Mapping) and (unknown := sorted(set(given) - set(reader.fields))):
        told = {name: ["There is no such field."] for name in unknown}
        raise Invalid(f"There is no field {', '.join(unknown)} here.", fields=told)
    return dict(reader.run_validation(given))


class OnlyJson(DefaultContentNegotiation):
    """JSON whatever the Accept header asks for: there is nothing else to choose from."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type
