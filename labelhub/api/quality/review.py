"""The reviewer's door: what waits, one case at a time, and the ruling on it."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from labelhub import tasks
from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read, read_query
from labelhub.api.http.permissions import REVIEWER, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.quality.serializers.review import DecisionSerializer, QueueQuerySerializer
from labelhub.errors import Absent
from labelhub.models import Solution
from labelhub.queries.quality import review as queries
from labelhub.services.quality import reviewing
from labelhub.services.quality.reviewing import Decision


class Queue(ProjectView):
    """How many cases of each kind wait, and the first of one kind."""

    needs = {"GET": REVIEWER}

    @extend_schema(operation_id="projects_review_queue", parameters=[QueueQuerySerializer])
    def get(self, request: Request, slug: str) -> Answer[queries.Queue]:
        asked = read_query(QueueQuerySerializer, request)
        return Answer(queries.queue(self.project, **asked, limit=reviewing.MOST_CASES))


class CaseView(ProjectView):
    """A route under `review/{solution}`."""

    def solution(self, pk: int) -> Solution:
        solution = queries.case_of(self.project, pk)
        if solution is None:
            raise Absent
        return solution

    def told(self, solution: Solution) -> Answer[reviewing.Case]:
        return Answer(reviewing.case(project=self.project, solution=solution))


class Case(CaseView):
    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str, pk: int) -> Answer[reviewing.Case]:
        return self.told(self.solution(pk))


class Rulings(CaseView):
    """Rule on the case; the answer is the case as it stands now."""

    needs = {"POST": REVIEWER}

    @extend_schema(request=DecisionSerializer, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str, pk: int) -> Answer[reviewing.Case]:
        decision = Decision(**read(DecisionSerializer, request), by=person(request))
        _, job = reviewing.decide(project=self.project, solution=self.solution(pk), decision=decision)
        if job:
            transaction.on_commit(lambda: tasks.send(job))
        return self.told(self.solution(pk))
