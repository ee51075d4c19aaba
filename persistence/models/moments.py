"""A column of moments, written in UTC whatever zone the value came in.

SQLite keeps moments as text and compares them as text, and tortoise writes the zone that a value happens to have: two
moments an hour apart could then sort the wrong way round.
"""

from datetime import UTC, datetime
from typing import Any

from tortoise.fields import DatetimeField
from tortoise.models import Model


class MomentField(DatetimeField[Any]):
    """A moment with a time zone; reads as UTC."""

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        converted = super().to_db_value(value, instance)
        return converted.astimezone(UTC) if isinstance(converted, datetime) else converted
