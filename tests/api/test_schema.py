"""openapi.json is what the server does, and says what it refuses."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[2]
UPDATE = "run `manage.py spectacular --format openapi-json --validate --fail-on-warn --file openapi.json`"
LABEL = "/api/v1/assignments/{id}/label"  # of its refusals one shows the label as it stands


def test_the_schema_in_the_tree_is_the_servers_and_without_a_warning(tmp_path):
    made = tmp_path / "openapi.json"
    call_command("spectacular", format="openapi-json", validate=True, fail_on_warn=True, file=str(made))
    assert made.read_text() == (ROOT / "openapi.json").read_text(), f"openapi.json is stale: {UPDATE}"


@pytest.fixture(scope="module")
def operations():
    schema = json.loads((ROOT / "openapi.json").read_text())
    return [(method, path, operation) for path, item in schema["paths"].items() for method, operation in item.items()]


def test_every_refusal_is_declared_in_the_one_shape(operations):
    for method, path, operation in operations:
        for status, response in operation["responses"].items():
            if status >= "400":
                schema = response["content"]["application/json"]["schema"]
                shape = "RefusedPass" if (path, status) == (LABEL, "409") else "Error"
                assert schema == {"$ref": f"#/components/schemas/{shape}"}, (method, path, status)


def test_who_must_sign_in_is_told_so(operations):
    for method, path, operation in operations:
        if not path.startswith("/api/v1/auth/"):
            assert {"401"} <= set(operation["responses"]), (method, path)
        if "{slug}" in path:
            assert {"403", "404"} <= set(operation["responses"]), (method, path)


def test_operations_have_names_of_their_own(operations):
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(names) == len(set(names))


def test_an_answers_keys_are_always_there(operations):
    """A key that may be missing makes `undefined` of every type that is generated from it."""
    schema = json.loads((ROOT / "openapi.json").read_text())
    requests = {name for name in schema["components"]["schemas"] if name.endswith("Request")}
    for name, component in schema["components"]["schemas"].items():
        if name not in requests and "properties" in component:
            missing = set(component["properties"]) - set(component.get("required", []))
            assert missing == ({"label"} if name == "RefusedPass" else set()), name


@pytest.mark.django_db
def test_the_server_gives_its_schema_to_anyone(client):
    served = client.get("/api/v1/schema")
    assert served.status_code == 200
    assert json.loads(served.content)["paths"].keys() == json.loads((ROOT / "openapi.json").read_text())["paths"].keys()
