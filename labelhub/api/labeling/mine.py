"""The labeler's own page: what they did and how they stand, and a pass to look at again."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read_query
from labelhub.api.http.permissions import LABELER, AssignmentView, ProjectView
from labelhub.api.labeling.assignments import shown
from labelhub.api.labeling.serializers.mine import MyPassesQuerySerializer, PassOfMineSerializer
from labelhub.errors import Absent
from labelhub.queries.labeling import assignments, mine
from labelhub.services.accounts import people
from labelhub.services.quality import screening


class Mine(ProjectView):
    """Your passes, your median time, your practice and your screening."""

    needs = {"GET": LABELER}

    def get(self, request: Request, slug: str) -> Answer[mine.OwnPage]:
        labeler = people.labeler_of(person(request))
        may_retake = screening.may_retake(project=self.project, labeler=labeler)
        return Answer(mine.summary(self.project, labeler, may_retake=may_retake))


class MyPasses(ProjectView):
    """Your passes, the newest first."""

    needs = {"GET": LABELER}

    @extend_schema(parameters=[MyPassesQuerySerializer])
    def get(self, request: Request, slug: str) -> Answer[mine.MyPasses]:
        asked = read_query(MyPassesQuerySerializer, request)
        return Answer(mine.passes_page(self.project, people.labeler_of(person(request)), **asked))


class MyPass(AssignmentView):
    """An assignment of yours with the pass you made of it; while `open`, another pass may be put in its place."""

    @extend_schema(responses=PassOfMineSerializer)
    def get(self, request: Request, pk: int) -> Response:
        label = mine.latest(self.assignment)
        if label is None:
            raise Absent("You have not handed in a pass over this.")
        project = self.assignment.item.generation.project
        alternatives = assignments.alternatives(self.assignment)
        told = {
            "assignment": shown(self.assignment, alternatives, screening.place(self.assignment)),
            "label": mine.tell(label, project, self.assignment.labeler),
        }
        return Response(PassOfMineSerializer(told).data)
