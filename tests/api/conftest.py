"""Callers of the API, every answer of which is held against the OpenAPI schema."""

import copy
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pytest
from django.core.files import File
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from labelhub.models import User

PREFIX = "/api/v1/"


class Contract:
    """What openapi.json promises, taken at its word: no answer, status or key beyond it."""

    def __init__(self) -> None:
        self.schema = SchemaGenerator().get_schema(request=None, public=True)
        self.components = copy.deepcopy(self.schema["components"])
        for component in self.components["schemas"].values():
            if "properties" in component:
                component.setdefault("additionalProperties", False)

    @cached_property
    def paths(self) -> list[tuple[re.Pattern[str], str]]:
        """Fixed words before parameters, as the resolver does."""
        by_length = sorted(self.schema["paths"], key=lambda path: path.count("{"))
        return [(re.compile(re.sub(r"\{\w+\}", r"[^/]+", path) + "$"), path) for path in by_length]

    def check(self, method: str, path: str, response: Any) -> None:
        if path == PREFIX + "schema":
            return  # the schema doesn't describe itself
        template = next(template for pattern, template in self.paths if pattern.match(path))
        operation = self.schema["paths"][template].get(method)
        if response.status_code == 405:
            assert operation is None
            return
        assert operation, f"{method} {path} answered {response.status_code} and is not in the schema"
        declared = operation["responses"]
        assert str(response.status_code) in declared, f"{method} {template}: {response.status_code} is not declared"
        content = declared[str(response.status_code)].get("content", {})
        if "application/json" in content:
            schema = content["application/json"]["schema"] | {"components": self.components}
            Draft202012Validator(schema).validate(response.json())
        elif not content:
            assert response.content == b""


class Caller:
    """Somebody who calls the API, with a session or without; `csrf` makes Django ask for the token as it would live."""

    def __init__(self, contract: Contract, user: User | None = None, *, token: str = "", csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=csrf, headers={"Authorization": f"Bearer {token}"} if token else None)
        self._contract = contract
        if user:
            self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        if isinstance(body, dict) and any(isinstance(value, File) for value in body.values()):
            options = {"data": body, **options}  # a form: Django's client makes its boundary
        elif body is not None:
            options = {"data": body, "content_type": "application/json", **options}
        elif method in ("post", "put", "patch"):
            options = {"content_type": "application/json", **options}
        response = getattr(self.client, method)(PREFIX + path, **options)
        self._contract.check(method, PREFIX + path.partition("?")[0], response)
        return response

    def get(self, path: str, **query: Any) -> Any:
        return self.call("get", path, query_params=query)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.call("post", path, body, **options)

    def put(self, path: str, body: Any = None) -> Any:
        return self.call("put", path, body)

    def patch(self, path: str, body: Any = None) -> Any:
        return self.call("patch", path, body)

    def delete(self, path: str) -> Any:
        return self.call("delete", path)


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract()


@pytest.fixture
def call_as(contract: Contract) -> Callable[..., Caller]:
    """`call_as(ann)` is ann's browser, `call_as()` somebody who isn't signed in."""
    return lambda user=None, **how: Caller(contract, user, **how)


def refused(response: Any, status: int, code: str) -> dict[str, list[str]]:
    """The refusal has this status and code, the one shape, and a sentence; its fields come back."""
    assert response.status_code == status, response.content
    told = response.json()
    assert set(told) == {"code", "detail", "fields"}
    assert told["code"] == code
    assert told["detail"]
    assert all(isinstance(sentence, str) for sentences in told["fields"].values() for sentence in sentences)
    fields: dict[str, list[str]] = told["fields"]
    return fields
