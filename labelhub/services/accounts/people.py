"""People: accounts, roles in a project, tokens for scripts, and the pseudonyms their labels carry."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from labelhub.errors import Absent, Conflict, Invalid, WrongState
from labelhub.models import ApiToken, Assignment, Labeler, Membership, Project, User
from labelhub.queries.accounts import tokens
from labelhub.queries.rows import from_row
from labelhub.services import audit
from labelhub.services.accounts import sessions
from labelhub.services.labeling import leases
from labelhub.services.naming import unless_taken

LAST_OPERATOR = "This is the project's last operator: make somebody else one first."
TOKEN_DAYS = 90  # a token's life, unless another is asked for


@dataclass(frozen=True)
class NewUser:
    """An account just made; `password` holds the generated one, to be shown this once, or None if one was given."""

    user: User
    password: str | None


@dataclass(frozen=True)
class NewMember:
    """A membership just made; `password` as in `NewUser`, None for an account that was there already."""

    membership: Membership
    password: str | None


@dataclass(frozen=True)
class IssuedToken:
    id: int
    name: str
    scope: Annotated[str, ApiToken.Scope]
    expires_at: datetime | None
    token: Annotated[str, "Shown this once."]


@transaction.atomic
def create_user(
    *,
    username: str,
    password: str | None = None,
    by: User | None = None,
    superuser: bool = False,
    simulated: bool = False,
) -> NewUser:
    """An account with its pseudonym. Raises Conflict if the name is taken, Invalid for a name or password unfit."""
    taken = Conflict(f"There is already an account named {username}.", fields={"username": ["This name is taken."]})
    user = User(username=username, is_superuser=superuser, is_staff=superuser, simulated=simulated)
    generated = None if password else secrets.token_urlsafe(12)
    with unless_taken(User.objects.filter(username__iexact=username), taken):
        _check(user, password)
        user.set_password(password or generated)
        user.save()
    Labeler.objects.create(user=user)
    audit.record(project=None, actor=by, account=user, verb="create", subject=f"user {username}")
    return NewUser(user, generated)


@transaction.atomic
def create_linked(*, username: str, provider: str, uid: str) -> User:
    """An account without a password, for who signs in elsewhere. Raises as `create_user`."""
    user = create_user(username=username).user
    user.set_unusable_password()
    user.save(update_fields=["password"])
    link(user=user, provider=provider, uid=uid)
    return user


@transaction.atomic
def link(*, user: User, provider: str, uid: str) -> None:
    """Whoever the provider knows by `uid` signs in as the user from now on."""
    SocialAccount.objects.create(user=user, provider=provider, uid=uid)
    subject = f"sign-in of {user.username}"
    audit.record(project=None, actor=user, account=user, verb="link", subject=subject, provider=provider)


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """Give the user another password; whatever signed in by the old one ends. Raises Invalid for an unfit one."""
    _check(user, password)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(project=None, actor=user, account=user, verb="change password", subject=f"user {user.username}")


@transaction.atomic
def close(*, user: User, by: User | None) -> None:
    """Close the account: no session and no token of it opens anything; labels and memberships stay."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit.record(project=None, actor=by, account=user, verb="close", subject=f"user {user.username}")
    sessions.end_all(user=user, by=by, reason="The account was closed.")


def _check(user: User, password: str | None) -> None:
    try:
        user.clean_fields(exclude=["password"])
        if password is not None:
            validate_password(password, user)
    except ValidationError as error:
        told = error.message_dict if hasattr(error, "error_dict") else {"password": error.messages}
        raise Invalid(" ".join(error.messages), fields=told) from error


@transaction.atomic
def add_member(
    *, project: Project, username: str, role: str, by: User | None = None, password: str | None = None
) -> NewMember:
    """A person's role in the project, and the account too where there is none of that name.

    Raises Conflict for a member, and for a password where the account was there already: nobody's password is set
    by somebody else.
    """
    user = User.objects.filter(username=username).first()
    if user is not None and password is not None:
        raise Conflict(f"{username} already has an account: leave the password out.")
    new = NewUser(user, None) if user else create_user(username=username, password=password, by=by)
    membership, added = Membership.objects.get_or_create(project=project, user=new.user, defaults={"role": role})
    if not added:
        raise Conflict(f"{username} is already a {membership.role} of this project.")
    audit.record(project=project, actor=by, verb="add", subject=f"member {username}", role=role)
    return NewMember(membership, new.password)


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: User | None) -> Membership:
    """Give the member another role.

    Raises WrongState if that left the project without an operator, Absent for somebody removed meanwhile.
    """
    membership, last = _locked(membership)
    before = membership.role
    if last and role != Membership.Role.OPERATOR:
        raise WrongState(LAST_OPERATOR)
    membership.role = role
    membership.save(update_fields=["role"])
    subject = f"member {membership.user.username}"
    audit.record(project=membership.project, actor=by, verb="change role", subject=subject, before=before, after=role)
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: User | None) -> None:
    """Take the person out of the project and hand back what was held; the labels stay. Raises as above."""
    membership, last = _locked(membership)
    if last:
        raise WrongState(LAST_OPERATOR)
    _hand_back(membership)
    subject = f"member {membership.user.username}"
    audit.record(project=membership.project, actor=by, verb="remove", subject=subject, role=membership.role)
    membership.delete()


@transaction.atomic
def suspend(*, membership: Membership, reason: str, by: User | None) -> Membership:
    """Shut the member out until brought back: what is held goes back to the queue, sessions end, the labels stay.

    Raises as above, and WrongState for who is suspended already.
    """
    membership, last = _locked(membership)
    if membership.suspended_at:
        raise WrongState("This person is suspended already.")
    if last:
        raise WrongState(LAST_OPERATOR)
    _hand_back(membership)
    sessions.end_all(user=membership.user, by=by, reason=f"Suspended in {membership.project.slug}.")
    return _set_suspended(membership, timezone.now(), "suspend", reason, by)


@transaction.atomic
def bring_back(*, membership: Membership, reason: str, by: User | None) -> Membership:
    """End the suspension. Raises WrongState for who isn't suspended, Absent for somebody removed meanwhile."""
    membership, _ = _locked(membership)
    if membership.suspended_at is None:
        raise WrongState("This person isn't suspended.")
    return _set_suspended(membership, None, "bring back", reason, by)


def _set_suspended(membership: Membership, at: datetime | None, verb: str, reason: str, by: User | None) -> Membership:
    membership.suspended_at = at
    membership.save(update_fields=["suspended_at"])
    subject = f"member {membership.user.username}"
    audit.record(project=membership.project, actor=by, verb=verb, subject=subject, reason=reason)
    return membership


@transaction.atomic
def transfer(*, membership: Membership, to: Membership, role: str, by: User | None) -> Membership:
    """Hand the operator's role over: `to` operates from now on, and `membership` goes on as `role`.

    One act, so that the project is never without an operator, nor with one too many. Raises WrongState for who
    doesn't operate, for a suspended heir and for the same person; Absent for somebody removed meanwhile.
    """
    (membership, _), (to, _) = _locked(membership, to), _locked(to, membership)
    if membership.role != Membership.Role.OPERATOR or membership.pk == to.pk:
        raise WrongState("Only an operator's role is handed over, and to somebody else.")
    if to.suspended_at:
        raise WrongState(f"{to.user.username} is suspended: bring them back first.")
    to.role, membership.role = Membership.Role.OPERATOR, Membership.Role(role)
    Membership.objects.bulk_update([to, membership], ["role"])
    subject = f"member {membership.user.username}"
    heir = to.user.username
    audit.record(project=membership.project, actor=by, verb="transfer", subject=subject, to=heir, role=role)
    return membership


def _hand_back(membership: Membership) -> None:
    """Release what the member holds in the project."""
    held = Assignment.objects.filter(
        labeler__user=membership.user, state=Assignment.State.LEASED, item__generation__project=membership.project
    )
    for assignment in held:  # at most two
        leases.release(assignment=assignment)


def _locked(membership: Membership, *others: Membership) -> tuple[Membership, bool]:
    """The membership as it is now, and whether it is its project's last operator's who isn't suspended.

    Locked with all operators', in one order: two operators who demote each other would leave none, or deadlock.
    """
    asked = [membership.pk, *(other.pk for other in others)]
    operators = Q(project=membership.project_id, role=Membership.Role.OPERATOR)
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user__labeler", "project")
    locked = {each.pk: each for each in rows.filter(operators | Q(pk__in=asked)).order_by("pk")}
    if membership.pk not in locked:
        raise Absent("This person isn't a member any more.")
    operating = [
        pk for pk, each in locked.items() if each.role == Membership.Role.OPERATOR and each.suspended_at is None
    ]
    last = operating == [membership.pk]
    return locked[membership.pk], last


@transaction.atomic
def issue_token(
    *,
    user: User,
    name: str,
    scope: str = ApiToken.Scope.OPERATE,
    days: int | None = TOKEN_DAYS,
    by: ApiToken | None = None,
) -> IssuedToken:
    """A bearer token for the user's scripts, with its text: only the SHA-256 is kept, so it can't be shown again.

    `days` None: it never expires, where TOKENS_MAY_LAST allows that, else Invalid. A token made `by` another never
    outlives it.
    """
    if days is None and not settings.TOKENS_MAY_LAST:
        raise Invalid("A token expires on this site.", fields={"days": ["Say in how many days it expires."]})
    ends = [] if days is None else [timezone.now() + timedelta(days=days)]
    if by and by.expires_at:
        ends.append(by.expires_at)
    text = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, digest=digest_of(text), scope=scope, expires_at=min(ends, default=None)
    )
    detail: dict[str, Any] = {
        "name": name,
        "scope": scope,
        "expires_at": token.expires_at and token.expires_at.isoformat(),
    }
    audit.record(project=None, actor=user, account=user, verb="issue", subject=f"token {token.pk}", **detail)
    return from_row(IssuedToken, token, token=text)


def digest_of(text: str) -> str:
    """What is kept of a secret: enough to know it again, too little to tell it."""
    return sha256(text.encode()).hexdigest()


def note_use(token: ApiToken) -> None:
    """Write down that the token was used just now; whoever came first this hour has done it for all."""
    now = timezone.now()
    unseen = Q(last_used_at=None) | Q(last_used_at__lt=now - tokens.SEEN)
    ApiToken.objects.filter(unseen, pk=token.pk).update(last_used_at=now)


@transaction.atomic
def revoke_token(*, user: User, pk: int) -> None:
    """End the user's token at once. Raises Absent if it isn't theirs."""
    token = ApiToken.objects.filter(user=user, pk=pk).first()
    if token is None:
        raise Absent("There is no such token of yours.")
    audit.record(project=None, actor=user, account=user, verb="revoke", subject=f"token {pk}", name=token.name)
    token.delete()


def labeler_of(user: User) -> Labeler:
    """The user's pseudonym, made where the account has none yet."""
    labeler: Labeler | None = getattr(user, "labeler", None)
    return labeler or Labeler.objects.get_or_create(user=user)[0]
