"""Types of the names and fields that are measured, answered from memory: the least that a Strawberry server can be."""

from datetime import date
from decimal import Decimal

import strawberry
from strawberry.schema.config import StrawberryConfig

from domain.identifiers import EnterpriseNumber
from domain.months import Month
from domain.vocabulary import OrganisationKind, Programme
from graph.connections import Edge, PageInfo
from graph.organisations import Organisation
from graph.performance_files import Totals
from graph.performance_lines import PerformanceLine
from graph.scalars import SCALARS

LINES = 200


@strawberry.type
class User:
    name: str


@strawberry.type
class Viewer:
    user: User


@strawberry.type
class Convention:
    id: strawberry.ID
    number: str
    programme: Programme


@strawberry.type
class Lines:
    edges: list[Edge[PerformanceLine]]
    page_info: PageInfo


@strawberry.type
class File:
    id: strawberry.ID
    month: Month
    version: int
    totals: Totals

    @strawberry.field
    async def convention(self) -> Convention:
        return _CONVENTION

    @strawberry.field
    async def promotor(self) -> Organisation:
        return _PROMOTOR

    @strawberry.field
    async def lines(self, first: int) -> Lines:  # noqa: ARG002 - always all of them
        return _LINES


@strawberry.type
class Files:
    edges: list[Edge[File]]
    page_info: PageInfo


@strawberry.type
class Query:
    @strawberry.field
    async def viewer(self) -> Viewer:
        return Viewer(user=User(name="Pol Promotor"))

    @strawberry.field
    async def performance_files(self, first: int) -> Files:  # noqa: ARG002 - there is one
        return Files(edges=[Edge(cursor="f", node=_FILE)], page_info=_PAGE_INFO)


_PAGE_INFO = PageInfo(has_next_page=False, has_previous_page=False, start_cursor="a", end_cursor="z")
_CONVENTION = Convention(id=strawberry.ID("Q29u"), number="104233", programme=next(iter(Programme)))
_PROMOTOR = Organisation(
    id=strawberry.ID("T3Jn"),
    name="Voorbeeld vzw",
    enterprise_number=EnterpriseNumber("0000000097"),
    kind=OrganisationKind.PROMOTOR,
)
_LINES = Lines(
    edges=[
        Edge(
            cursor=f"c{number}",
            node=PerformanceLine(
                number=number,
                employee=f"{number:011}",
                employer=None,
                employment_number=1,
                begin=date(2026, 1, 1),
                end=None,
                weekly_hours=Decimal("38.00"),
                full_time_hours=Decimal("38.00"),
                code="1",
                days=Decimal("20.0"),
                hours=Decimal("152.00"),
                from_=None,
                until=None,
            ),
        )
        for number in range(1, LINES + 1)
    ],
    page_info=_PAGE_INFO,
)
_FILE = File(
    id=strawberry.ID("UGVy"),
    month=Month.parse("2026-10"),
    version=1,
    totals=Totals(
        employees=LINES,
        lines=LINES,
        hours=Decimal("30400.00"),
        days=Decimal("4000.0"),
        full_time_equivalents=Decimal("200.0000"),
    ),
)

SCHEMA = strawberry.Schema(query=Query, config=StrawberryConfig(scalar_map=SCALARS))
