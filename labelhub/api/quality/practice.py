"""Practice: solutions whose first mistake is known, with an answer to every pass."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.accounts.authentication import person
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import LABELER, ProjectView
from labelhub.api.quality.serializers.practice import (
    FeedbackSerializer,
    PracticeItemSerializer,
    PracticePassSerializer,
    PracticeStandingSerializer,
)
from labelhub.errors import Absent
from labelhub.models import Gold
from labelhub.queries.quality import gold as queries
from labelhub.services.accounts import people
from labelhub.services.quality import practice


class Practice(ProjectView):
    """The practice set in its order, and how far you are with it."""

    needs = {"GET": LABELER}

    @extend_schema(responses=PracticeStandingSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        standing = queries.practice_of(self.project, people.labeler_of(person(request)))
        return Response(PracticeStandingSerializer(standing, many=True).data)


class PracticeItem(ProjectView):
    """One of its solutions, and what the team says to your pass over it: as often as you like, counting for nothing."""

    needs = {"GET": LABELER, "POST": LABELER}

    @property
    def gold(self) -> Gold:
        if found := queries.practice_item(self.project, self.kwargs["pk"]):
            return found
        raise Absent("There is no such solution to practise on.")

    @extend_schema(responses=PracticeItemSerializer)
    def get(self, request: Request, slug: str, pk: int) -> Response:
        gold = self.gold
        problem, solution = gold.solution.problem, gold.solution
        shown = {"id": pk, "problem": problem.text, "ground_truth_answer": problem.ground_truth_answer}
        return Response(PracticeItemSerializer(shown | {"steps": solution.steps}).data)

    @extend_schema(request=PracticePassSerializer, responses=FeedbackSerializer)
    def post(self, request: Request, slug: str, pk: int) -> Response:
        labeler = people.labeler_of(person(request))
        feedback = practice.hand_in(gold=self.gold, labeler=labeler, **read(PracticePassSerializer, request))
        return Response(FeedbackSerializer(feedback).data)
