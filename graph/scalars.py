"""Scalars of the contract: months, enterprise numbers and uploads."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.file_uploads import Upload, UploadDefinition

from domain.errors import InvalidValue
from domain.identifiers import EnterpriseNumber
from domain.months import Month


def _parse_month(value: Any) -> Month:
    if not isinstance(value, str):
        raise InvalidValue("month", found=type(value).__name__, expected="YYYY-MM, for example 2026-10")
    return Month.parse(value)


def _parse_enterprise_number(value: Any) -> EnterpriseNumber:
    if not isinstance(value, str):
        raise InvalidValue("enterpriseNumber", found=type(value).__name__, expected="a string of ten digits")
    return EnterpriseNumber.parse(value)


SCALARS: Mapping[object, Any] = {
    Month: strawberry.scalar(
        name="Month",
        description="A calendar month, `YYYY-MM` (maand), for example `2026-10`.",
        serialize=str,
        parse_value=_parse_month,
    ),
    EnterpriseNumber: strawberry.scalar(
        name="EnterpriseNumber",
        description="An enterprise number (ondernemingsnummer, KBO): ten digits with right check digits.",
        serialize=str,
        parse_value=_parse_enterprise_number,
    ),
    Upload: UploadDefinition,
}
