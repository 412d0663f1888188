"""Practice: solutions whose first mistake is known, with an answer to every pass."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import LABELER, ProjectView
from labelhub.api.quality.serializers.practice import PracticePassSerializer
from labelhub.errors import Absent
from labelhub.models import Gold
from labelhub.queries.quality import gold as queries
from labelhub.services.accounts import people
from labelhub.services.quality import practice


class Practice(ProjectView):
    """The practice set in its order, and how far you are with it."""

    needs = {"GET": LABELER}

    def get(self, request: Request, slug: str) -> Answer[list[queries.PracticeStanding]]:
        return Answer(queries.practice_of(self.project, people.labeler_of(person(request))))


class PracticeItem(ProjectView):
    """One of its solutions, and what the team says to your pass over it: as often as you like, counting for nothing."""

    needs = {"GET": LABELER, "POST": LABELER}

    @property
    def gold(self) -> Gold:
        if found := queries.practice_item(self.project, self.kwargs["pk"]):
            return found
        raise Absent("There is no such solution to practise on.")

    def get(self, request: Request, slug: str, pk: int) -> Answer[practice.PracticeItem]:
        return Answer(practice.shown(self.gold))

    @extend_schema(request=PracticePassSerializer)
    def post(self, request: Request, slug: str, pk: int) -> Answer[practice.Feedback]:
        labeler = people.labeler_of(person(request))
        return Answer(practice.hand_in(gold=self.gold, labeler=labeler, **read(PracticePassSerializer, request)))
