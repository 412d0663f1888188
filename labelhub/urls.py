"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from labelhub.api.accounts import oidc
from labelhub.api.http import errors, pages

urlpatterns = [
    path("api/v1/", include("labelhub.api.urls")),
    re_path(r"^api(?:/|$)", errors.unknown_call),
    *oidc.urlpatterns,
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("healthz", pages.healthz),
    path("readyz", pages.readyz),
    path("metrics", pages.metrics),
    re_path(r"^(?!(?:static|api|admin)(?:/|$)).*$", pages.app),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.absent
handler500 = errors.crashed
