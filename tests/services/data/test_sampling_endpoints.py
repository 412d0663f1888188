"""The servers that may be asked, as a deployment lists them: by name and address, refused at start where it slips."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from labelhub import env


def test_names_stand_for_addresses_without_a_slash_at_the_end():
    listed = ("local=http://127.0.0.1:8000/v1/", " hosted_2=https://api.example.com/v1")
    assert env.endpoints("SAMPLING", listed) == {
        "local": "http://127.0.0.1:8000/v1",
        "hosted_2": "https://api.example.com/v1",
    }
    assert env.endpoints("SAMPLING", ()) == {}


@pytest.mark.parametrize(
    "listed",
    [
        ("http://127.0.0.1:8000/v1",),
        ("Local=http://127.0.0.1:8000/v1",),
        ("a-b=http://127.0.0.1:8000/v1",),
        ("local=http://127.0.0.1/v1", "local=http://127.0.0.2/v1"),
        ("local=127.0.0.1:8000/v1",),
        ("local=ftp://127.0.0.1/v1",),
        ("local=file:///etc/passwd",),
        ("local=http:///v1",),
        ("local=http://host:port/v1",),
        ("local=http://[::1/v1",),
        ("local=https://api.example.com/v1?key=secret",),
        ("local=https://api.example.com/v1#secret",),
        ("local=https://me:secret@api.example.com/v1",),
    ],
)
def test_a_slip_is_refused_at_start_and_no_secret_is_quoted(listed):
    with pytest.raises(ImproperlyConfigured, match="SAMPLING_ENDPOINTS") as refusal:
        env.endpoints("SAMPLING", listed)
    assert "secret" not in str(refusal.value)


def test_a_keys_variable_is_named_after_its_endpoint(monkeypatch):
    monkeypatch.setenv("SAMPLING_KEY_HOSTED_2", "k")
    assert (env.endpoint_key("SAMPLING", "hosted_2"), env.endpoint_key("SAMPLING", "local")) == ("k", "")
