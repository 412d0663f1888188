"""A project's members."""

from dataclasses import dataclass
from typing import Annotated

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.accounts.authentication import person
from labelhub.api.accounts.serializers.people import (
    NewMemberSerializer,
    RoleSerializer,
    TransferSerializer,
    WhySerializer,
)
from labelhub.api.http.answers import Answer, Created
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import OPERATOR, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.errors import Absent
from labelhub.models import Membership, Project
from labelhub.queries.accounts import people as queries
from labelhub.queries.rows import from_row
from labelhub.services.accounts import people


@dataclass(frozen=True)
class AddedMember(queries.Member):
    password: Annotated[str | None, "Generated for the new account; shown this once."]


class Members(ProjectView):
    needs = {"GET": OPERATOR, "POST": OPERATOR}

    def get(self, request: Request, slug: str) -> Answer[list[queries.Member]]:
        return Answer([queries.member(each) for each in queries.members_of(self.project)])

    @extend_schema(request=NewMemberSerializer, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Created[AddedMember]:
        added = people.add_member(project=self.project, by=person(request), **read(NewMemberSerializer, request))
        return Created(from_row(AddedMember, queries.member(added.membership), password=added.password))


class Member(ProjectView):
    needs = {"PATCH": OPERATOR, "DELETE": OPERATOR}

    @extend_schema(request=RoleSerializer, responses={409: ErrorSerializer})
    def patch(self, request: Request, slug: str, pk: int) -> Answer[queries.Member]:
        role: str = read(RoleSerializer, request)["role"]
        changed = people.change_role(membership=member(self.project, pk), role=role, by=person(request))
        return Answer(queries.member(changed))

    @extend_schema(request=None, responses={204: None, 409: ErrorSerializer})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        people.remove_member(membership=member(self.project, pk), by=person(request))
        return Response(status=204)


class Suspend(ProjectView):
    """Shut the member out until brought back; what is held goes back, the labels stay."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=WhySerializer, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str, pk: int) -> Answer[queries.Member]:
        reason: str = read(WhySerializer, request)["reason"]
        changed = people.suspend(membership=member(self.project, pk), reason=reason, by=person(request))
        return Answer(queries.member(changed))


class BringBack(ProjectView):
    needs = {"POST": OPERATOR}

    @extend_schema(request=WhySerializer, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str, pk: int) -> Answer[queries.Member]:
        reason: str = read(WhySerializer, request)["reason"]
        changed = people.bring_back(membership=member(self.project, pk), reason=reason, by=person(request))
        return Answer(queries.member(changed))


class Transfer(ProjectView):
    """Hand an operator's role over to another member, in one act."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=TransferSerializer, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str, pk: int) -> Answer[queries.Member]:
        asked = read(TransferSerializer, request)
        mine, heir = member(self.project, pk), member(self.project, asked["to"])
        changed = people.transfer(membership=mine, to=heir, role=asked["role"], by=person(request))
        return Answer(queries.member(changed))


def member(project: Project, pk: int) -> Membership:
    """The project's membership of this id. Raises Absent."""
    membership = queries.members_of(project).filter(pk=pk).first()
    if membership is None:
        raise Absent
    return membership
