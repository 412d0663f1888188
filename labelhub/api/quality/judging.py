"""Running checks: who was paused and what becomes of it, and what each check is worth."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer
from labelhub.api.http.bodies import read
from labelhub.api.http.permissions import REVIEWER, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.quality.serializers.judging import QuarantineRulingSerializer
from labelhub.errors import Absent
from labelhub.queries.quality import checks
from labelhub.queries.quality import judging as queries
from labelhub.services.quality.checks import judging


class Quarantines(ProjectView):
    """Who was paused, and the labels kept aside; what waits for a decision comes first."""

    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str) -> Answer[list[judging.QuarantineRow]]:
        return Answer(judging.quarantines(self.project))


class QuarantineDecisions(ProjectView):
    """Release the labels, discard them, or bring the labeler back; all quarantines as they stand now."""

    needs = {"POST": REVIEWER}

    @extend_schema(
        request=QuarantineRulingSerializer,
        responses={409: ErrorSerializer},
        operation_id="projects_quarantines_decide",
    )
    def post(self, request: Request, slug: str, pk: int) -> Answer[list[judging.QuarantineRow]]:
        quarantine = queries.quarantines(self.project).filter(pk=pk).first()
        if quarantine is None:
            raise Absent(f"There is no quarantine {pk}.")
        judging.decide(quarantine=quarantine, by=person(request), **read(QuarantineRulingSerializer, request))
        return Answer(judging.quarantines(self.project))


class Checks(ProjectView):
    """The running checks in use, those that might be retired first."""

    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str) -> Answer[list[checks.Check]]:
        return Answer(checks.worth(self.project))
