"""The calls under /api/v1."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from labelhub.api import auth, people, projects

urlpatterns = [
    path("schema", SpectacularJSONAPIView.as_view(permission_classes=[AllowAny]), name="schema"),
    path("auth/login", auth.Login.as_view()),
    path("auth/logout", auth.Logout.as_view()),
    path("auth/me", auth.Me.as_view()),
    path("auth/tokens", auth.Tokens.as_view()),
    path("auth/tokens/<int:pk>", auth.Token.as_view()),
    path("projects", projects.Projects.as_view()),
    path("projects/<slug:slug>", projects.ProjectDetail.as_view()),
    path("projects/<slug:slug>/instructions", projects.ProjectInstructions.as_view()),
    path("projects/<slug:slug>/members", people.Members.as_view()),
    path("projects/<slug:slug>/members/<int:pk>", people.Member.as_view()),
]
