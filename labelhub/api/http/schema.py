"""The OpenAPI schema: what each call takes and answers, its refusals included."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.permissions import IsAuthenticated

from labelhub.api.http.answers import answers_of
from labelhub.api.http.serializers.errors import ErrorSerializer

RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds until the call may be repeated."}}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Schema(AutoSchema):
    """Describes a view's answers by its return annotation, and adds the errors that every such view can return.

    A view names the others (409 and the like).
    """

    def get_response_serializers(self) -> Any:
        return self._answers() or super().get_response_serializers()

    def _answers(self) -> dict[int, Any]:
        return answers_of(getattr(self.view, self.method.lower()))

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = {}
        for status, told in self._answers().items():
            bodies[str(status)] = self._get_response_for_code(told, str(status), direction=direction)  # type: ignore[no-untyped-call]
        bodies |= super()._get_response_bodies(direction)
        for code in sorted(self._refusals() - set(bodies)):
            bodies[code] = self._get_response_for_code(ErrorSerializer, code, direction=direction)  # type: ignore[no-untyped-call]
        bodies["503"]["headers"] = RETRY_AFTER
        return bodies

    def _refusals(self) -> set[str]:
        signed_in = any(isinstance(each, IsAuthenticated) for each in self.view.get_permissions())
        takes_body = self.method in UNSAFE and bool(self.get_request_serializer())
        codes = {"503"}  # something that the site depends on may be away at any time
        if signed_in:
            codes |= {"401", "403"}  # 403: the role, a token's scope, a session's CSRF token, a factor to enrol first
        if "{" in self.path:
            codes |= {"404"}
        if takes_body:
            codes |= {"400", "413", "415"}
        if self.get_override_parameters():
            codes |= {"400"}
        return codes
