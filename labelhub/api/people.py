"""A project's members."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.authentication import person
from labelhub.api.bodies import read
from labelhub.api.permissions import OPERATOR, ProjectView
from labelhub.api.serializers.errors import ErrorSerializer
from labelhub.api.serializers.people import (
    AddedMemberSerializer,
    MemberSerializer,
    NewMemberSerializer,
    RoleSerializer,
)
from labelhub.errors import Absent
from labelhub.models import Membership
from labelhub.queries import people as queries
from labelhub.services import people


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
        changed = people.change_role(membership=self.membership(pk), role=role, by=person(request))
        return Response(MemberSerializer(changed).data)

    @extend_schema(request=None, responses={204: None, 409: ErrorSerializer})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        people.remove_member(membership=self.membership(pk), by=person(request))
        return Response(status=204)

    def membership(self, pk: int) -> Membership:
        membership = queries.members_of(self.project).filter(pk=pk).first()
        if membership is None:
            raise Absent
        return membership
