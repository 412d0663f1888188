"""One shape for every refusal: `{"code", "detail", "fields"}`, whoever raised it."""

import sys
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from labelhub.api.http.refusals import CsrfFailed, LockedOut, NotSignedIn
from labelhub.errors import Absent, Invalid, NotAllowed, Refusal, Unavailable
from labelhub.services import outages

API = "/api/"
TEXT = "text/plain; charset=utf-8"
HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": str(outages.RETRY_AFTER)}}

CODES: dict[type[Exception], str] = {
    exceptions.ValidationError: Invalid.code,
    exceptions.ParseError: Invalid.code,
    exceptions.PermissionDenied: NotAllowed.code,
    PermissionDenied: NotAllowed.code,
    exceptions.NotFound: Absent.code,
    Http404: Absent.code,
    exceptions.Throttled: "throttled",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
}


def shape(code: str, detail: str, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    return {"code": code, "detail": detail, "fields": fields or {}}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None leaves the unexpected to be a 500 with a trace."""
    if isinstance(error, exceptions.NotAuthenticated):
        error = NotSignedIn()
    error = outages.of(error) or error
    if isinstance(error, Refusal):
        body = shape(error.code, str(error), error.fields)
        return Response(body, status=error.status, headers=HEADERS.get(error.status))
    if isinstance(error, Http404):
        error = exceptions.NotFound(Absent.sentence)
    response = exception_handler(error, context)
    if response is None:
        return None
    code = CODES.get(type(error), getattr(error, "default_code", "refused"))
    fields = _fields(response.data) if isinstance(error, exceptions.ValidationError) else {}
    response.data = shape(code, _sentence(error, fields), fields)
    return response


def _sentence(error: Exception, fields: dict[str, list[str]]) -> str:
    if fields:
        return " ".join(f"{name}: {told}" for name, sentences in fields.items() for told in sentences)
    return str(getattr(error, "detail", error))


def _fields(data: Any) -> dict[str, list[str]]:
    """DRF's nested complaints as one list of sentences for each top-level field."""
    if not isinstance(data, dict):
        return {"": list(_sentences(data, ""))} if data else {}
    return {"" if name == "non_field_errors" else name: list(_sentences(told, "")) for name, told in data.items()}


def _sentences(told: Any, where: str) -> Iterator[str]:
    if isinstance(told, dict):
        for key, inner in told.items():
            yield from _sentences(inner, f"{where}{key}: ")
    elif isinstance(told, list):
        for index, inner in enumerate(told):
            yield from _sentences(inner, where if isinstance(inner, str) else f"{where}{index}: ")
    else:
        yield f"{where}{told}"


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """What axes answers after too many wrong passwords."""
    refused = JsonResponse(shape(LockedOut.code, LockedOut.sentence), status=LockedOut.status)
    refused["Retry-After"] = "900"
    return refused


@csrf_exempt  # there is nothing behind it to protect, and whoever asks is to be told so
def unknown_call(request: HttpRequest) -> HttpResponse:
    """Any path under /api/ that is none of ours."""
    return JsonResponse(shape(Absent.code, "There is no such call; see /api/v1/schema."), status=Absent.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = "The request is not one this site can answer."
    return _told(request, 400, Invalid.code, sentence if isinstance(exception, SuspiciousOperation) else str(exception))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _told(request, 403, NotAllowed.code, "This is not allowed.")


def absent(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _told(request, 404, Absent.code, Absent.sentence)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _told(request, CsrfFailed.status, CsrfFailed.code, CsrfFailed.sentence)


def crashed(request: HttpRequest) -> HttpResponse:
    """What no view caught: raised in a middleware, or outside the API. Django calls this while it handles the error."""
    if away := outages.of(sys.exception()):
        return _waiting(request, away)
    return _told(request, 500, "crashed", "Something broke on our side; it is in the log. Nothing was changed.")


def unavailable(away: Unavailable, **more: Any) -> HttpResponse:
    return JsonResponse(shape(away.code, str(away)) | more, status=away.status, headers=HEADERS[away.status])


def _waiting(request: HttpRequest, away: Unavailable) -> HttpResponse:
    """The API's shape for programs, whatever they ask for; for a browser that goes to a page, one that looks again."""
    if request.path.startswith(API) or "text/html" not in request.headers.get("Accept", ""):
        return unavailable(away)
    again = {"Refresh": str(outages.RETRY_AFTER)} if request.method == "GET" else {}
    return HttpResponse(str(away), status=away.status, headers=HEADERS[away.status] | again, content_type=TEXT)


def _told(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponse:
    if request.path.startswith(API):
        return JsonResponse(shape(code, sentence), status=status)
    return HttpResponse(sentence, status=status, content_type=TEXT)
