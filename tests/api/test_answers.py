"""What a view answers is a dataclass: its fields are the answer's keys, and their types are the schema's."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import orjson
import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.serializers import ChoiceField
from rest_framework.views import APIView

from labelhub.api.http.answers import Answer, Created, answers_of, field_of, serializer_of
from labelhub.api.http.bodies import JsonRenderer
from labelhub.models import Gold


@dataclass(frozen=True)
class Pear:
    """A fruit."""

    grams: Annotated[int, "In air."]
    ripe: bool | None


@dataclass(frozen=True)
class BasketRow:
    id: UUID
    pears: Annotated[list[Pear], "The heaviest first."]
    best: Pear | None
    purpose: Annotated[str | None, Gold.Purpose, "What for."]
    size: Annotated[str, ("small", "large")]
    notes: list[str]
    counts: dict[str, int]
    picked_at: datetime
    picked_on: date
    rest: Any


PEAR = Pear(grams=200, ripe=None)
BASKET = BasketRow(
    id=UUID(int=1),
    pears=[PEAR],
    best=None,
    purpose="check",
    size="small",
    notes=["bruised"],
    counts={"green": 1},
    picked_at=datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=UTC),
    picked_on=date(2026, 1, 2),
    rest={"share": Decimal("0.5")},
)


def rendered(told: Any) -> Any:
    return orjson.loads(JsonRenderer().render(told))


def test_it_is_written_as_its_fields_in_their_order_and_times_end_in_z():
    assert list(rendered(BASKET).items()) == [
        ("id", "00000000-0000-0000-0000-000000000001"),
        ("pears", [{"grams": 200, "ripe": None}]),
        ("best", None),
        ("purpose", "check"),
        ("size", "small"),
        ("notes", ["bruised"]),
        ("counts", {"green": 1}),
        ("picked_at", "2026-01-02T03:04:05.000060Z"),
        ("picked_on", "2026-01-02"),
        ("rest", {"share": 0.5}),
    ]


def test_times_end_in_z_outside_of_a_dataclass_too():
    assert rendered({"at": datetime(2026, 1, 2, tzinfo=UTC)}) == {"at": "2026-01-02T00:00:00Z"}


@pytest.mark.parametrize("told", [BASKET, [BASKET, BASKET]])
def test_it_is_written_as_the_serializer_that_describes_it_would(told):
    serializer = serializer_of(BasketRow)
    described = serializer(told, many=True).data if isinstance(told, list) else serializer(told).data
    assert rendered(told) == rendered(described)


def test_the_description_has_its_name_its_docstring_and_the_sentences_beside_its_fields():
    assert serializer_of(Pear).__name__ == "PearSerializer"
    assert serializer_of(Pear).__doc__ == "A fruit."
    assert serializer_of(BasketRow).__name__ == "BasketSerializer"
    assert not serializer_of(BasketRow).__doc__
    found = serializer_of(BasketRow)().fields
    assert {name: field.help_text for name, field in found.items() if field.help_text} == {
        "pears": "The heaviest first.",
        "purpose": "What for.",
    }
    assert {name for name, field in found.items() if field.allow_null} == {"best", "purpose"}
    purpose, size = found["purpose"], found["size"]
    assert isinstance(purpose, ChoiceField) and purpose.choices == dict(Gold.Purpose.choices)
    assert isinstance(size, ChoiceField) and list(size.choices) == ["small", "large"]


def test_a_type_that_nothing_describes_is_refused():
    with pytest.raises(TypeError):
        field_of(complex)


class View(APIView):
    def get(self, request: Any) -> Answer[list[Pear]]:
        return Answer([PEAR])

    def post(self, request: Any) -> Created[Pear]:
        return Created(PEAR)

    def delete(self, request: Any) -> None: ...


def test_a_views_annotation_says_what_it_answers_and_the_status():
    [(status, field)] = answers_of(View.get).items()
    assert (status, field.child.__class__) == (200, serializer_of(Pear))
    [(status, field)] = answers_of(View.post).items()
    assert (status, field.__class__) == (201, serializer_of(Pear))
    assert answers_of(View.delete) == {}
    assert (View().get(None).status_code, View().post(None).status_code) == (200, 201)


def test_a_view_names_refusals_beside_its_answer():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    gold = schema["paths"]["/api/v1/projects/{slug}/gold"]["post"]["responses"]
    assert {"201", "409"} <= set(gold)
    assert "200" not in gold
