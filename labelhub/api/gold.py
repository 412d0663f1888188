"""Gold labels: the sets, making one of a label or a solution, retiring one."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.authentication import person
from labelhub.api.bodies import read, read_query
from labelhub.api.permissions import REVIEWER, ProjectView
from labelhub.api.serializers.errors import ErrorSerializer
from labelhub.api.serializers.generations import ReasonSerializer
from labelhub.api.serializers.gold import (
    GoldPageSerializer,
    GoldQuerySerializer,
    GoldSerializer,
    NewGoldSerializer,
)
from labelhub.errors import Absent
from labelhub.models import Gold, Label, Solution
from labelhub.queries import gold as queries
from labelhub.services import gold


class GoldLabels(ProjectView):
    """The gold labels, oldest first, with what each set holds and lacks; POST makes one."""

    needs = {"GET": REVIEWER, "POST": REVIEWER}

    @extend_schema(parameters=[GoldQuerySerializer], responses=GoldPageSerializer)
    def get(self, request: Request, slug: str) -> Response:
        page, following = queries.page(self.project, **read_query(GoldQuerySerializer, request))
        counts = queries.counts(self.project)
        sets = [
            {"purpose": purpose, "shortcomings": gold.shortcomings(project=self.project, purpose=purpose)} | count
            for purpose, count in counts.items()
        ]
        return Response(GoldPageSerializer({"results": page, "next": following, "sets": sets}).data)

    @extend_schema(request=NewGoldSerializer, responses={201: GoldSerializer, 409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Response:
        asked = read(NewGoldSerializer, request)
        label_id, solution_id = asked.pop("label"), asked.pop("solution_id")
        mistakes: list[int] | None = asked.pop("first_mistakes")
        by = person(request)
        if label_id is not None:
            made = gold.make_from_label(label=self._label(label_id), first_mistakes=mistakes, by=by, **asked)
        else:
            solution = self._solution(solution_id)
            made = gold.make(project=self.project, solution=solution, first_mistakes=mistakes or [], by=by, **asked)
        return Response(GoldSerializer(queries.tell(made)).data, status=201)

    def _label(self, pk: int) -> Label:
        labels = Label.objects.filter(solution__problem__project=self.project).select_related("solution__problem")
        if found := labels.filter(pk=pk).first():
            return found
        raise Absent(f"There is no label {pk}.")

    def _solution(self, pk: int) -> Solution:
        if found := Solution.objects.filter(problem__project=self.project, pk=pk).select_related("problem").first():
            return found
        raise Absent(f"There is no solution {pk}.")


class RetireGold(ProjectView):
    """Ask it of nobody any more."""

    needs = {"POST": REVIEWER}

    @extend_schema(request=ReasonSerializer, responses={204: None})
    def post(self, request: Request, slug: str, pk: int) -> Response:
        found = Gold.objects.filter(project=self.project, pk=pk).first()
        if found is None:
            raise Absent(f"There is no gold label {pk}.")
        gold.retire(gold=found, reason=read(ReasonSerializer, request)["reason"], by=person(request))
        return Response(status=204)
