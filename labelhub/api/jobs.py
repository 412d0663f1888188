"""Jobs outside a generation: imports, grading, training by hand."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from labelhub import tasks
from labelhub.api.accounts.authentication import person
from labelhub.api.http.answers import Answer
from labelhub.api.http.permissions import OPERATOR, ProjectView
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.errors import Absent
from labelhub.models import Job
from labelhub.queries import jobs as queries
from labelhub.services import jobs


class RetryJob(ProjectView):
    """Queue a failed job again; a generation's own goes by `generations/{number}/retry`."""

    needs = {"POST": OPERATOR}

    @extend_schema(request=None, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str, pk: int) -> Answer[queries.JobRow]:
        job = Job.objects.filter(project=self.project, pk=pk).first()
        if job is None:
            raise Absent
        retried = jobs.take_up(job=job, by=person(request))
        transaction.on_commit(lambda: tasks.send(retried))
        return Answer(queries.tell(retried))
