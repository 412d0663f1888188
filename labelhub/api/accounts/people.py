"""A project's members."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.accounts.authentication import person
from labelhub.api.accounts.serializers.people import (
    AddedMemberSerializer,
    MemberSerializer,
    NewMemberSerializer,
    RoleSerializer,
    TransferSerializer,
    WhySerializer,
)
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import OPERATOR, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.errors import Absent
from labelhub.models import Membership, Project
from labelhub.queries.accounts import people as queries
from labelhub.services.accounts import people


class Members(ProjectView):
    needs = {"GET": OPERATOR, "POST": OPERATOR}

    @extend_schema(responses=MemberSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return Response(MemberSerializer(queries.members_of(self.project), many=True).data)

    @extend_schema(
        request=NewMemberSerializer,
        responses={201: AddedMemberSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        added = people.add_member(project=self.project, by=person(request), **read(NewMemberSerializer, request))
        told = MemberSerializer(added.membership).data
        return Response({**told, "password": added.password}, status=201)


class Member(ProjectView):
    needs = {"PATCH": OPERATOR, "DELETE": OPERATOR}

    @extend_schema(request=RoleSerializer, responses={200: MemberSerializer, 409: ErrorSerializer})
    def patch(self, request: Request, slug: str, pk: int) -> Response:
        role: str = read(RoleSerializer, request)["role"]
        changed = people.change_role(membership=member(self.project, pk), role=role, by=person(request))
        return Response(MemberSerializer(changed).data)

    @extend_schema(request=None, responses={204: None, 409: ErrorSerializer})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        people.remove_member(membership=member(self.project, pk), by=person(request))
        return Response(status=204)


class Suspend(ProjectView):
    """Shut the member out until brought back; what is held goes back, the labels stay."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=WhySerializer, responses={200: MemberSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str, pk: int) -> Response:
        reason: str = read(WhySerializer, request)["reason"]
        changed = people.suspend(membership=member(self.project, pk), reason=reason, by=person(request))
        return Response(MemberSerializer(changed).data)


class BringBack(ProjectView):
    needs = {"POST": OPERATOR}

    @extend_schema(request=WhySerializer, responses={200: MemberSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str, pk: int) -> Response:
        reason: str = read(WhySerializer, request)["reason"]
        changed = people.bring_back(membership=member(self.project, pk), reason=reason, by=person(request))
        return Response(MemberSerializer(changed).data)


class Transfer(ProjectView):
    """Hand an operator's role over to another member, in one act."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=TransferSerializer, responses={200: MemberSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str, pk: int) -> Response:
        asked = read(TransferSerializer, request)
        mine, heir = member(self.project, pk), member(self.project, asked["to"])
        changed = people.transfer(membership=mine, to=heir, role=asked["role"], by=person(request))
        return Response(MemberSerializer(changed).data)


def member(project: Project, pk: int) -> Membership:
    """The project's membership of this id. Raises Absent."""
    membership = queries.members_of(project).filter(pk=pk).first()
    if membership is None:
        raise Absent
    return membership
