"""Answers: dataclasses that queries and services return, written to the wire as they are and described by their types.

A view's return annotation says what it answers: `Answer[Queue]`, `Answer[list[Check]]`, `Created[Gold]`. mypy holds the
view to it, and the schema reads it. A field's type says whether it may be null or holds many; what a type can't say is
beside it: `Annotated[str, Gold.Purpose, "Set apart for."]`, the values it is one of and a sentence.

djangorestframework-dataclasses derives serializers too, but takes a field's sentence in `field(metadata=...)` alone,
and runs the serializer for every row. Here one is made for the schema only: orjson writes a dataclass by itself, four
times as fast. It writes all that the instance holds, so an answer has no cached properties, and a dataclass that holds
more than may be told (an endpoint's key) is no answer.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from rest_framework import serializers
from rest_framework.response import Response

from labelhub.api.http.fields import ShareField

Told = TypeVar("Told")

PLAIN: dict[Any, type[serializers.Field[Any, Any, Any, Any]]] = {
    bool: serializers.BooleanField,
    int: serializers.IntegerField,
    float: serializers.FloatField,
    Decimal: ShareField,  # the only decimals that are told
    str: serializers.CharField,
    UUID: serializers.UUIDField,
    date: serializers.DateField,
    datetime: serializers.DateTimeField,
    Any: serializers.JSONField,
}


class Answer(Generic[Told], Response):  # Response comes last: its own __class_getitem__ forgets the type
    """200 with a dataclass, or with a list of them."""

    status = 200

    def __init__(self, told: Told) -> None:
        super().__init__(told, status=self.status)


class Created(Answer[Told]):
    """201 with what was made."""

    status = 201


class Accepted(Answer[Told]):
    """202 with the job that does it."""

    status = 202


def answers_of(method: Callable[..., Any]) -> dict[int, Any]:
    """By status, the field that describes what the view's method answers; empty where it returns no Answer."""
    returned = get_type_hints(method).get("return")
    kind = get_origin(returned)
    return {kind.status: field_of(*get_args(returned))} if kind in (Answer, Created, Accepted) else {}


def field_of(hint: Any, **options: Any) -> Any:
    """The field, or the serializer, that describes values of this type."""
    arguments, origin = get_args(hint), get_origin(hint)
    if origin is Annotated:
        return field_of(arguments[0], **_beside(*arguments[1:]), **options)
    if origin in (Union, UnionType):
        (some,) = (each for each in arguments if each is not NoneType)
        return field_of(some, allow_null=True, **options)
    if "choices" in options:
        return serializers.ChoiceField(**options)
    if origin is dict:
        return serializers.DictField(child=field_of(arguments[1]), **options)
    if origin is list and not is_dataclass(arguments[0]):
        return serializers.ListField(child=field_of(arguments[0]), **options)
    if origin is list:
        return serializer_of(arguments[0])(many=True, **options)
    return PLAIN[hint](**options) if hint in PLAIN else serializer_of(hint)(**options)


def _beside(*said: Any) -> dict[str, Any]:
    """A sentence is a string; choices are Django's, or the values themselves."""
    return {"help_text" if isinstance(each, str) else "choices": getattr(each, "choices", each) for each in said}


@cache
def serializer_of(told: Any) -> type[serializers.Serializer[Any]]:
    """The serializer with the dataclass's fields, docstring and name, but for the Row that tells it from a model's."""
    hints = get_type_hints(told, include_extras=True)
    members: dict[str, Any] = {field.name: field_of(hints[field.name]) for field in fields(told)}
    if not told.__doc__.startswith(f"{told.__name__}("):  # as `dataclass` writes it where there is none
        members["__doc__"] = told.__doc__
    return type(f"{told.__name__.removesuffix('Row')}Serializer", (serializers.Serializer,), members)
