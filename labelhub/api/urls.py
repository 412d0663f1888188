"""The calls under /api/v1."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from labelhub.api import (
    assignments,
    auth,
    checkpoints,
    exports,
    generations,
    imports,
    jobs,
    people,
    practice,
    progress,
    projects,
    quality,
    samplings,
)

of_project = [
    path("instructions", projects.ProjectInstructions.as_view()),
    path("members", people.Members.as_view()),
    path("members/<int:pk>", people.Member.as_view()),
    path("imports", imports.Imports.as_view()),
    path("imports/<int:pk>", imports.Import.as_view()),
    path("samplings", samplings.Samplings.as_view()),
    path("samplings/endpoints", samplings.Endpoints.as_view()),
    path("samplings/<int:pk>", samplings.Sampling.as_view()),
    path("samplings/<int:pk>/stop", samplings.StopSampling.as_view()),
    path("jobs/<int:pk>/retry", jobs.RetryJob.as_view()),
    path("generations", generations.Generations.as_view()),
    path("generations/preview", generations.Preview.as_view()),
    path("generations/<int:number>", generations.GenerationDetail.as_view()),
    path("generations/<int:number>/items", generations.Items.as_view()),
    path("generations/<int:number>/close", generations.Close.as_view()),
    path("generations/<int:number>/cancel", generations.Cancel.as_view()),
    path("generations/<int:number>/retry", generations.Retry.as_view()),
    path("assignments/next", assignments.NextAssignment.as_view()),
    path("practice", practice.Practice.as_view()),
    path("practice/<int:pk>", practice.PracticeItem.as_view()),
    path("progress", progress.Progress.as_view()),
    path("agreement", quality.Agreement.as_view()),
    path("labelers", quality.Labelers.as_view()),
    path("contradictions", quality.Contradictions.as_view()),
    path("checkpoints", checkpoints.Checkpoints.as_view()),
    path("checkpoints/<int:number>/promote", checkpoints.Promote.as_view()),
    path("checkpoints/<int:number>/evaluation", checkpoints.Evaluation.as_view()),
    path("exports/<slug:format>", exports.Export.as_view()),
]

urlpatterns = [
    path("schema", SpectacularJSONAPIView.as_view(permission_classes=[AllowAny])),
    path("auth/login", auth.Login.as_view()),
    path("auth/logout", auth.Logout.as_view()),
    path("auth/me", auth.Me.as_view()),
    path("auth/tokens", auth.Tokens.as_view()),
    path("auth/tokens/<int:pk>", auth.Token.as_view()),
    path("projects", projects.Projects.as_view()),
    path("projects/<slug:slug>", projects.ProjectDetail.as_view()),
    path("projects/<slug:slug>/", include(of_project)),
    path("assignments/<int:pk>/label", assignments.SubmitLabel.as_view()),
    path("assignments/<int:pk>/renew", assignments.Renew.as_view()),
    path("assignments/<int:pk>/release", assignments.Release.as_view()),
]
