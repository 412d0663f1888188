"""Where a project stands."""

from rest_framework.request import Request

from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer
from labelhub.api.http.permissions import LABELER, REVIEWER, ProjectView
from labelhub.queries import overview, projects
from labelhub.queries.loop import progress
from labelhub.services.accounts import people


class Progress(ProjectView):
    needs = {"GET": LABELER}

    def get(self, request: Request, slug: str) -> Answer[progress.Progress]:
        reviews = projects.Access(self.project, self.role).reaches(REVIEWER)
        told = progress.for_reviewer if reviews else progress.for_labeler
        return Answer(told(self.project, people.labeler_of(person(request))))


class Overview(ProjectView):
    """What the project's home shows beside its progress; looked at less often."""

    needs = {"GET": REVIEWER}

    def get(self, request: Request, slug: str) -> Answer[overview.Overview]:
        return Answer(overview.of(self.project))
