"""Gold labels: the sets, making one of a label, a solution or a file, looking at one, explaining and retiring it."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub import tasks
from labelhub.api.accounts.authentication import person
from labelhub.api.data.imports import upload_of
from labelhub.api.http.answers import Answer, Created
from labelhub.api.http.bodies import UploadParser, read, read_query
from labelhub.api.http.permissions import OPERATOR, REVIEWER, ProjectView
from labelhub.api.http.refusals import TooLarge
from labelhub.api.http.serializers.errors import ErrorSerializer
from labelhub.api.loop.serializers.generations import ReasonSerializer
from labelhub.api.quality.serializers.gold import (
    ExplanationSerializer,
    GoldQuerySerializer,
    GoldReportSerializer,
    GoldUploadSerializer,
    NewGoldSerializer,
)
from labelhub.errors import Absent
from labelhub.models import Gold, Job, Label, Project, Solution
from labelhub.services import jobs
from labelhub.services.quality import gold
from labelhub.services.quality.gold import file as gold_file
from labelhub.services.quality.gold import sets as gold_sets

MOST_BYTES = 4 * 2**20  # some two thousand lines: a file is read while the caller waits


class GoldLabels(ProjectView):
    """The gold labels, oldest first, with what each set holds and lacks; POST makes one."""

    needs = {"GET": REVIEWER, "POST": REVIEWER}

    @extend_schema(parameters=[GoldQuerySerializer])
    def get(self, request: Request, slug: str) -> Answer[gold_sets.GoldPage]:
        return Answer(gold_sets.page(project=self.project, **read_query(GoldQuerySerializer, request)))

    @extend_schema(request=NewGoldSerializer, responses={409: ErrorSerializer})
    def post(self, request: Request, slug: str) -> Created[gold.GoldRow]:
        asked = read(NewGoldSerializer, request)
        label_id, solution_id = asked.pop("label"), asked.pop("solution_id")
        mistakes: list[int] | None = asked.pop("first_mistakes")
        by = person(request)
        if label_id is not None:
            made = gold.make_from_label(label=self._label(label_id), first_mistakes=mistakes, by=by, **asked)
        else:
            solution = self._solution(solution_id)
            made = gold.make(project=self.project, solution=solution, first_mistakes=mistakes or [], by=by, **asked)
        return Created(gold.tell(made))

    def _label(self, pk: int) -> Label:
        labels = Label.objects.filter(solution__problem__project=self.project).select_related("solution__problem")
        if found := labels.filter(pk=pk).first():
            return found
        raise Absent(f"There is no label {pk}.")

    def _solution(self, pk: int) -> Solution:
        if found := Solution.objects.filter(problem__project=self.project, pk=pk).select_related("problem").first():
            return found
        raise Absent(f"There is no solution {pk}.")


class GoldLabel(ProjectView):
    """One with the answers it got and its history. PATCH: its explanation in other words."""

    needs = {"GET": REVIEWER, "PATCH": REVIEWER}

    @extend_schema(operation_id="projects_gold_one")
    def get(self, request: Request, slug: str, pk: int) -> Answer[gold.KnownGoldLabel]:
        return Answer(gold.tell_all(one_of(self.project, pk)))

    @extend_schema(request=ExplanationSerializer)
    def patch(self, request: Request, slug: str, pk: int) -> Answer[gold.GoldRow]:
        found = one_of(self.project, pk)
        gold.explain(gold=found, by=person(request), **read(ExplanationSerializer, request))
        return Answer(gold.tell(found))


class RetireGold(ProjectView):
    """Ask it of nobody any more."""

    needs = {"POST": REVIEWER}

    @extend_schema(request=ReasonSerializer, responses={204: None})
    def post(self, request: Request, slug: str, pk: int) -> Response:
        found = one_of(self.project, pk)
        gold.retire(gold=found, reason=read(ReasonSerializer, request)["reason"], by=person(request))
        return Response(status=204)


class GoldFile(ProjectView):
    """Gold labels from a file, or with `check` what would become of its lines; what came in is graded next."""

    needs = {"POST": OPERATOR}
    parser_classes = [UploadParser]

    @extend_schema(request={"multipart/form-data": GoldUploadSerializer}, responses=GoldReportSerializer)
    def post(self, request: Request, slug: str) -> Response:
        form = read(GoldUploadSerializer, request)
        if form["file"].size > MOST_BYTES:
            raise TooLarge(
                f"A file of gold has at most {MOST_BYTES:,} bytes here; the command `import_gold` takes any."
            )
        upload, name = upload_of(form)
        file = {"stream": upload, "name": name, "purpose": form["purpose"]}
        if form["check"]:
            return self._told(gold_file.try_out(project=self.project, **file))
        with transaction.atomic():  # an answer that says "try again" must not leave a part of the file behind
            reading = gold_file.read(project=self.project, by=person(request), **file)
            if reading.report.created["solutions"]:
                job = jobs.create(kind=Job.Kind.GRADE, project=self.project, by=person(request))
                transaction.on_commit(lambda: tasks.send(job))
        return self._told(reading)

    def _told(self, reading: gold_file.Reading) -> Response:
        report = reading.report
        created = {"created": report.created["golds"]}
        created |= {kind: report.created[kind] for kind in ("solutions", "problems")}
        told = {**report.as_dict(), **created, "made": reading.made, "after": reading.after}
        return Response(GoldReportSerializer(told).data)


def one_of(project: Project, pk: int) -> Gold:
    """The project's gold label of this id. Raises Absent."""
    if found := Gold.objects.filter(project=project, pk=pk).select_related("project").first():
        return found
    raise Absent(f"There is no gold label {pk}.")
