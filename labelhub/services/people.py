"""People: accounts, roles in a project, tokens for scripts, and the pseudonyms their labels carry."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from labelhub.errors import Absent, Conflict, Invalid, WrongState
from labelhub.models import ApiToken, Assignment, Labeler, Membership, Project, User
from labelhub.services import audit, serving
from labelhub.services.naming import unless_taken

LAST_OPERATOR = "This is the project's last operator: make somebody else one first."


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
    audit.record(project=None, actor=by, verb="create", subject=f"user {username}")
    return NewUser(user, generated)


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
    held = Assignment.objects.filter(
        labeler__user=membership.user, state=Assignment.State.LEASED, item__generation__project=membership.project
    )
    for assignment in held:  # at most two
        serving.release(assignment=assignment)
    subject = f"member {membership.user.username}"
    audit.record(project=membership.project, actor=by, verb="remove", subject=subject, role=membership.role)
    membership.delete()


def _locked(membership: Membership) -> tuple[Membership, bool]:
    """The membership as it is now, and whether it is its project's last operator's.

    Locked with all operators', in one order: two operators who demote each other would leave none, or deadlock.
    """
    operators = Q(project=membership.project_id, role=Membership.Role.OPERATOR)
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user__labeler", "project")
    locked = {each.pk: each for each in rows.filter(operators | Q(pk=membership.pk)).order_by("pk")}
    if membership.pk not in locked:
        raise Absent("This person isn't a member any more.")
    last = [pk for pk, each in locked.items() if each.role == Membership.Role.OPERATOR] == [membership.pk]
    return locked[membership.pk], last


@transaction.atomic
def issue_token(*, user: User, name: str) -> tuple[ApiToken, str]:
    """A bearer token for the user's scripts, and its text: only the SHA-256 is kept, so it can't be shown again."""
    text = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(user=user, name=name, digest=sha256(text.encode()).hexdigest())
    audit.record(project=None, actor=user, verb="issue", subject=f"token {token.pk}", name=name)
    return token, text


@transaction.atomic
def revoke_token(*, user: User, pk: int) -> None:
    """End the user's token at once. Raises Absent if it isn't theirs."""
    token = ApiToken.objects.filter(user=user, pk=pk).first()
    if token is None:
        raise Absent("There is no such token of yours.")
    audit.record(project=None, actor=user, verb="revoke", subject=f"token {pk}", name=token.name)
    token.delete()


def labeler_of(user: User) -> Labeler:
    """The user's pseudonym, made where the account has none yet."""
    labeler: Labeler | None = getattr(user, "labeler", None)
    return labeler or Labeler.objects.get_or_create(user=user)[0]
