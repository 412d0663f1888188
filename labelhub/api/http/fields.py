"""Fields that say exactly what they take."""

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

LARGEST = 2**31 - 1  # of an integer column; more would be the database's error, not the caller's


class WholeField(serializers.IntegerField):
    """An integer, and neither "3" nor 3.0 nor true: what is stored as an int came as one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST, **options})

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


class ListedField(serializers.CharField):
    """One of the names that `listed` gives when it is read: of rules, say, which are added without a new schema."""

    default_error_messages = serializers.ChoiceField.default_error_messages

    def __init__(self, listed: Callable[[], Collection[str]], **options: Any) -> None:
        super().__init__(**options)
        self.listed = listed

    def to_internal_value(self, data: Any) -> str:
        if data not in self.listed():
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 1})
class ShareField(serializers.DecimalField):
    """A share between 0 and 1, exact to four places inside, a plain number outside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=5, decimal_places=4, min_value=Decimal(0), max_value=Decimal(1), **options)

    def to_representation(self, value: Any) -> Any:
        return float(value)


@extend_schema_field({"type": "number", "minimum": 0})
class MoneyField(serializers.DecimalField):
    """An amount, exact to two places inside, a plain number outside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=9, decimal_places=2, min_value=Decimal(0), **options)

    def to_representation(self, value: Any) -> Any:
        return float(value)
