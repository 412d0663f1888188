"""The admin site: looking things up, and closing an account. Everything else goes by the services."""

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from labelhub.models import Checkpoint, Event, Generation, Job, Membership, Project, User
from labelhub.queries.accounts import two_factor
from labelhub.services.accounts import people

admin.site.site_header = admin.site.site_title = "LabelHub"
for _model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):  # theirs would pass by our rules
    admin.site.unregister(_model)


def _to_the_sign_in(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The admin site has no door of its own: one that asks for no second factor would be the way around it."""
    return redirect(settings.LOGIN_URL)


def _may_look(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and user.is_active and user.is_staff and not two_factor.due(user)


admin.site.login = _to_the_sign_in  # type: ignore[method-assign]
admin.site.has_permission = _may_look  # type: ignore[method-assign]

if TYPE_CHECKING:
    Rows = admin.ModelAdmin[Any]
    People = BaseUserAdmin[User]
else:  # the stubs' generics are no classes that take parameters
    Rows, People = admin.ModelAdmin, BaseUserAdmin


class ReadOnly(Rows):
    """Rows to look at: a change here would pass by the rules and leave no record."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class Users(People):
    list_display = ["username", "is_active", "is_superuser", "simulated", "last_login"]
    list_filter = ["is_active", "is_superuser", "simulated"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Access", {"fields": ["is_active", "is_staff", "is_superuser", "simulated"]}),
        ("Seen", {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # labels outlive accounts: close one by is_active

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "is_active" in form.changed_data and not obj.is_active:
            people.close(user=obj, by=request.user if isinstance(request.user, User) else None)


@admin.register(Project)
class Projects(ReadOnly):
    list_display = ["slug", "name", "metric", "auto_advance", "champion"]
    list_select_related = ["champion__project"]


@admin.register(Membership)
class Memberships(ReadOnly):
    list_display = ["project", "user", "role"]
    list_select_related = ["project", "user"]
    list_filter = ["role"]


@admin.register(Generation)
class Generations(ReadOnly):
    list_display = ["project", "number", "state", "rule", "k", "launched_at", "ended_at"]
    list_select_related = ["project"]
    list_filter = ["state"]


@admin.register(Checkpoint)
class Checkpoints(ReadOnly):
    list_display = ["project", "number", "kind", "state", "created_at", "promoted_at"]
    list_select_related = ["project"]
    exclude = ["labels"]  # a hundred thousand rows


@admin.register(Job)
class Jobs(ReadOnly):
    list_display = ["id", "project", "kind", "state", "attempt", "done", "total", "heartbeat_at", "message"]
    list_select_related = ["project"]
    list_filter = ["state", "kind"]


@admin.register(Event)
class Events(ReadOnly):
    list_display = ["at", "project", "actor", "verb", "subject", "reason"]
    list_select_related = ["project", "actor"]
