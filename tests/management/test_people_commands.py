"""`create_user` and `create_token`, as people call them."""

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line

from labelhub.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def said(capsys):
    return capsys.readouterr().out


def test_a_new_account_joins_with_a_password_that_is_printed_once(project, capsys):
    call_command("create_user", "zoe", "--project", "apples", "--role", "reviewer")
    told = said(capsys)
    zoe = User.objects.get(username="zoe")
    assert "zoe is reviewer of apples." in told
    assert zoe.check_password(told.partition("password: ")[2].strip())
    assert zoe.memberships.get().role == "reviewer"
    assert zoe.labeler


def test_an_account_that_is_there_keeps_its_password(project, stranger, capsys):
    call_command("create_user", "stranger", "--project", "apples")
    assert "password" not in said(capsys)
    stranger.refresh_from_db()
    assert stranger.check_password(factories.PASSWORD)
    assert stranger.memberships.get().role == "labeler"


def test_a_superuser_needs_no_project(capsys, db):
    call_command("create_user", "root", "--superuser", "--password", "a long sentence of words")
    root = User.objects.get(username="root")
    assert root.is_superuser
    assert root.is_staff
    assert root.check_password("a long sentence of words")
    assert "password" not in said(capsys)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["zoe", "--project", "pears"], "There is no project pears."),
        (["ann", "--project", "apples"], "ann is already a labeler"),
        (["ann", "--password", "a long sentence"], "There is already an account named ann."),
        (["zoe", "--password", "short"], "too short"),
        (["zoe the great"], "valid username"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(project, ann, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("create_user", *arguments)
    assert not User.objects.filter(username__startswith="zoe").exists()


def test_a_token_is_all_that_is_printed(ann, client, capsys):
    call_command("create_token", "ann")
    text = said(capsys).strip()
    me = client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {text}"})
    assert me.json()["username"] == "ann"


def test_nobody_gets_no_token(db):
    with pytest.raises(CommandError, match="There is no account named zoe"):
        call_command("create_token", "zoe")


@pytest.mark.parametrize("command", ["create_user", "create_token", "simulate_labelers"])
def test_help_says_what_it_does_and_gives_an_example(command, capsys):
    with pytest.raises(SystemExit) as end:
        execute_from_command_line(["manage.py", command, "--help"])
    assert end.value.code == 0
    assert f"manage.py {command}" in said(capsys).partition("Example:")[2]
