"""The labeler's door: get an assignment, keep it, hand it back, hand in the pass and get the next.

These answers are plain dicts: every labeler waits for them, and DRF's serializers cost more than the database here.
The serializers say what they hold; a test compares the two.
"""

from typing import Any, ClassVar

import orjson
import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.api.accounts.authentication import person, take_kept
from labelhub.api.http.bodies import JsonRenderer, read
from labelhub.api.http.errors import shape
from labelhub.api.http.permissions import LABELER, AssignmentView, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.labeling import passes
from labelhub.api.labeling.serializers.assignments import (
    HoldingSerializer,
    LeaseSerializer,
    NextSerializer,
    PassSerializer,
    RefusedPassSerializer,
    SubmittedSerializer,
)
from labelhub.errors import StaleRevision
from labelhub.models import Assignment, Label, Screening, User
from labelhub.queries.labeling import assignments as queries
from labelhub.services.accounts import people
from labelhub.services.labeling import hand_in, leases
from labelhub.services.labeling.hand_in import HandedIn, Pass
from labelhub.services.labeling.leases import Offer
from labelhub.services.quality import screening
from labelhub.services.quality.screening import Place

RENDERER = JsonRenderer()


def told(offer: Offer) -> tuple[Any, Any]:
    """The assignment as its labeler may see it and null, or null and the reason why there is none."""
    if offer.assignment:
        alternatives = queries.alternatives(offer.assignment) if offer.has_alternatives else {}
        return shown(offer.assignment, alternatives, offer.place), None
    return None, offer.reason and {"code": offer.reason.code, "sentence": offer.reason.sentence}


def shown(assignment: Assignment, alternatives: dict[str, Any], place: Place | None) -> dict[str, Any]:
    """What the page gets, and nothing more."""
    solution = assignment.item.solution
    return {
        "id": assignment.pk,
        "lease": lease(assignment),
        "solution_id": solution.pk,
        "problem": solution.problem.text,
        "ground_truth_answer": solution.problem.ground_truth_answer,
        "steps": solution.steps,
        "alternatives": alternatives,
        "instructions_version": assignment.instructions_version,
        "screening": place and {"number": place.number, "of": place.of},
    }


def lease(assignment: Assignment) -> dict[str, Any]:
    return {"token": assignment.lease_token, "expires_at": assignment.expires_at}


def told_label(label: Label) -> dict[str, Any]:
    names = ("assignment_id", "solution_id", "revision", "source", "finish_reason", "reason")
    rest = ("total_time", "submitted_at", "instructions_version")
    return {"id": label.pk} | {name: getattr(label, name) for name in names + rest}


def told_result(decided: Screening | None) -> dict[str, Any] | None:
    """What a screening that has just been decided came to."""
    if decided is None:
        return None
    result = screening.result(decided)
    return {"state": decided.state, "agreed": decided.agreed, "of": len(decided.questions)} | result


def source(user: User) -> str:
    return Label.Source.SIMULATED if user.simulated else Label.Source.HUMAN


class Hurried(APIView):
    """A call that every labeler waits for: DRF's way without choosing what is the same each time.

    Content, version and throttles have one value here, and DRF's response is a template that renders itself.
    """

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        request.accepted_renderer, request.accepted_media_type = RENDERER, RENDERER.media_type
        self.perform_authentication(request)
        self.check_permissions(request)

    @staticmethod
    def answer(data: Any, status: int = 200) -> HttpResponse:
        return HttpResponse(RENDERER.render(data), content_type=RENDERER.media_type, status=status)


class NextAssignment(Hurried, ProjectView):
    """Lease the next item, or say why there is none."""

    needs = {"POST": LABELER}

    @extend_schema(request=HoldingSerializer, responses=NextSerializer)
    def post(self, request: Request, slug: str) -> HttpResponse:
        holding: list[int] = read(HoldingSerializer, request)["holding"]
        labeler = people.labeler_of(person(request))
        assignment, reason = told(leases.claim_next(project=self.project, labeler=labeler, holding=holding))
        return self.answer({"assignment": assignment, "reason": reason})


class SubmitLabel(Hurried):
    """Hand in a pass and get the next assignment.

    A body that came before is answered with the label it made then, and changes nothing. Another body corrects the
    label while its generation is open: it becomes a new revision. A correction that names the revision it `revises` is
    refused with `stale_revision` when another correction came first; that answer has the label as it stands, `label`.
    """

    needs: ClassVar[Any] = {"PUT": LABELER}  # for a token's scope; whose the assignment is, the hand-in itself asks

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._by_what_is_kept(request, kwargs["pk"]) or super().dispatch(request, *args, **kwargs)

    def _by_what_is_kept(self, request: HttpRequest, pk: int) -> HttpResponse | None:
        """The answer, where the last hand-in left all that this one is judged by; it isn't authenticated before.

        None for all else, which is as if this had not been tried: whatever is refused, DRF's way refuses it.
        """
        if request.method != "PUT" or request.content_type != RENDERER.media_type:
            return None
        if (found := take_kept(request, pk)) is None:
            return None
        try:
            body = passes.plain(orjson.loads(request.body), lease=found.assignment.lease_token)
        except (orjson.JSONDecodeError, RequestDataTooBig):
            return None
        if body is None:
            return None
        holding = body.pop("holding")
        if (done := hand_in.from_kept(found, body=Pass(**body), holding=holding)) is None:
            return None
        structlog.contextvars.bind_contextvars(user_id=found.assignment.labeler.user_id)
        response = self._told(done)
        response.headers["Allow"] = ", ".join(self.allowed_methods)
        return response

    @extend_schema(request=PassSerializer, responses={200: SubmittedSerializer, 409: RefusedPassSerializer})
    def put(self, request: Request, pk: int) -> HttpResponse:
        body, user = read(PassSerializer, request), person(request)
        holding, revises = body.pop("holding"), body.pop("revises", None)
        asked: Any = request._request  # the authenticator has noted there what it found
        try:
            done = hand_in.hand_in(
                labeler=people.labeler_of(user),
                assignment_id=pk,
                given=asked.given,
                credential=asked.credential,
                body=Pass(**body),
                source=source(user),
                holding=holding,
                revises=revises,
            )
        except StaleRevision as stale:
            label = stale.current and told_label(stale.current)
            return self.answer(shape(stale.code, str(stale)) | {"label": label}, status=stale.status)
        return self._told(done)

    def _told(self, done: HandedIn) -> HttpResponse:
        following, reason = told(done.offer)
        result = told_result(done.screening)
        return self.answer({"label": told_label(done.label), "next": following, "reason": reason, "screening": result})


class Renew(AssignmentView):
    """Extend the lease from now; its token stays."""

    @extend_schema(request=None, responses={200: LeaseSerializer, 409: ErrorSerializer})
    def post(self, request: Request, pk: int) -> Response:
        return Response(lease(leases.renew(assignment=self.assignment)))


class Release(AssignmentView):
    """Hand the item back untouched."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        leases.release(assignment=self.assignment)
        return Response(status=204)
