"""Who may do what: one way in for each kind of route, so that no view forgets it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from labelhub.api.accounts.authentication import Session, person
from labelhub.api.http.refusals import EnrolFirst
from labelhub.errors import Absent, NotAllowed, Suspended
from labelhub.models import Assignment, Membership, Project
from labelhub.queries import projects
from labelhub.queries.accounts import two_factor
from labelhub.queries.labeling import assignments

LABELER, REVIEWER, OPERATOR = projects.ROLES


class HasRole(BasePermission):
    """A member whose role reaches what the view needs; to anyone else the project doesn't exist.

    Who is suspended is told so, whatever the route.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        access = projects.access(user=person(request), slug=view.kwargs["slug"])
        if access is None:
            raise Absent
        if access.suspended:
            raise Suspended
        if not access.reaches(view.needs.get(request.method, OPERATOR)):
            raise NotAllowed
        if access.role == OPERATOR and two_factor.due(person(request)):
            raise EnrolFirst
        view.project, view.role = access.project, access.role
        return True


class ProjectView(APIView):
    """A route under `projects/{slug}`: `needs` names the smallest role for each method."""

    permission_classes = [IsAuthenticated, HasRole]
    needs: ClassVar[Mapping[str, Membership.Role]]
    project: Project
    role: Membership.Role


class HoldsAssignment(BasePermission):
    """The labeler it was given to, while still a member; to anyone else the assignment doesn't exist."""

    def has_permission(self, request: Request, view: Any) -> bool:
        view.assignment = assignments.given_to(user=person(request), pk=view.kwargs["pk"])
        if view.assignment is None:
            raise Absent
        if view.assignment.suspended_at:
            raise Suspended
        return True


class AssignmentView(APIView):
    """A route under `assignments/{id}`."""

    permission_classes = [IsAuthenticated, HoldsAssignment]
    needs = dict.fromkeys(["GET", "POST", "PUT"], LABELER)
    assignment: Assignment


class Own(APIView):
    """What belongs to the person alone, in a browser: a script's token neither sees nor changes it."""

    authentication_classes = [Session]
    permission_classes = [IsAuthenticated]


class OpensProjects(BasePermission):
    """Reading is for everyone signed in; a new project is for superusers and those who operate one."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method == "POST" and not projects.operates_any(person(request)):
            raise NotAllowed("Only an operator or a superuser opens a project.")
        if request.method == "POST" and two_factor.due(person(request)):
            raise EnrolFirst
        return True


class KeepsSite(BasePermission):
    """Superusers, who see every account's events."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not person(request).is_superuser:
            raise NotAllowed("Only a superuser sees the accounts.")
        if two_factor.due(person(request)):
            raise EnrolFirst
        return True
