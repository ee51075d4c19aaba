"""Parts, facts and contexts with good defaults: one part-time employee in October 2026, without any fault.

`only` and `nothing` also say each fault in all four languages, so that no rule can leave a sentence unfilled.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from domain.catalogue import sentence, sentences
from domain.decisions import Lack
from domain.demo_register import ELS
from domain.demo_world import DE_BRUG
from domain.findings import Header
from domain.months import Month, MonthPeriod
from domain.vocabulary import DeliveryStatus, Language, Mode, Severity
from validation.configuration import RuleSettings, rule_settings
from validation.contexts import EnvelopeContext, OfferContext, PartContext, RegisterContext
from validation.document import Employee, Employment, Line, Part
from validation.register import ConventionFacts, Facts, Fiche
from validation.rule import Fault, Rule
from validation.rules import check_employees, check_part, check_register

OCTOBER = Month(2026, 10)
TODAY = date(2026, 11, 5)
LONG_AGO = date(2024, 3, 1)
Checked = Iterable[tuple[Rule[Any], Fault]]


def a_line(
    number: int = 1,
    code: str = "1",
    *,
    days: int | None = 100,
    hours: int | None = 7600,
    dated: tuple[date, date] | None = None,
) -> Line:
    """Ten days of 7.60 hours; *days* in tenths, *hours* in hundredths."""
    return Line(number, code, days, hours, *(dated or (None, None)))


def an_employment(
    *lines: Line,
    number: int = 1,
    begin: date = LONG_AGO,
    end: date | None = None,
    weekly: int = 1900,
    full_time: int = 3800,
) -> Employment:
    """Half-time, 19 of 38 hours; without *lines* it has the default one."""
    return Employment(number, begin, end, weekly, full_time, lines or (a_line(),))


def an_employee(*employments: Employment, insz: str = ELS, employer: str | None = None) -> Employee:
    return Employee(insz, employer, employments or (an_employment(),))


def a_part(
    *employees: Employee,
    month: Month = OCTOBER,
    programme: str = "GESCO",
    status: DeliveryStatus = DeliveryStatus.NEW,
    replaces: str | None = None,
    nobody: bool = False,
) -> Part:
    """The part of De Brug for 104233; *nobody* makes it a nil return."""
    staff = () if nobody else employees or (an_employee(),)
    return Part(1, DE_BRUG, None, status, replaces, "104233", programme, month, staff)


def a_convention(
    *,
    number: str = "104233",
    promotor: str = DE_BRUG,
    programme: str = "GESCO",
    validity: MonthPeriod = MonthPeriod(Month(2024, 1), None),  # noqa: B008  # a frozen value
    approved: int = 50_000,
    related: frozenset[str] = frozenset(),
    fiches: dict[str, tuple[Fiche, ...]] | None = None,
) -> ConventionFacts:
    """Els has an open fiche on it."""
    return ConventionFacts(
        number, promotor, programme, validity, approved, related, fiches or {ELS: (Fiche(LONG_AGO, None),)}
    )


def facts(convention: ConventionFacts | None = None, **known: Any) -> Facts:
    return Facts(convention=convention or a_convention(), **known)


def a_header(*, environment: str = "P", sender: str = "0999000327") -> Header:
    return Header("ALFA-1", environment, "2026-11-03T08:15:00+01:00", sender, "1.0", None)


def an_envelope(
    header: Header | None = None,
    *,
    mode: Mode | None = Mode.PRODUCTION,
    sender: str | None = "0999000327",
    admitted: bool = True,
) -> EnvelopeContext:
    return EnvelopeContext(header or a_header(), mode, sender, admitted)


def an_offer(*, tested: int | None = 7, lack: Lack | None = None) -> OfferContext:
    """Revision 7 is about to be submitted; *tested* is the revision of the newest test."""
    return OfferContext("104233", OCTOBER, 7, tested, lack)


def check_lines(*lines: Line, settings: RuleSettings | None = None, **employment: Any) -> Checked:
    """The employee rules over one employment with exactly these lines."""
    return check_staff(an_employee(replace(an_employment(**employment), lines=lines)), settings=settings)


def check_staff(*employees: Employee, settings: RuleSettings | None = None, **part: Any) -> Checked:
    return check_employees(a_part(*employees, **part), settings or rule_settings())


def check_alone(part: Part, *, today: date = TODAY) -> Checked:
    return check_part(PartContext(part, rule_settings(), today))


def check_beside(part: Part, known: Facts, *, today: date = TODAY, is_delivery: bool = True) -> Checked:
    return check_register(RegisterContext(part, known, rule_settings(), today, is_delivery))


def only(code: str, checked: Checked) -> Fault:
    """The one fault there is, of the rule *code*."""
    found = list(said(checked))
    assert [rule.code for rule, _ in found] == [code]
    return found[0][1]


def codes(checked: Checked) -> list[str]:
    return [rule.code for rule, _ in said(checked)]


def severity_of(code: str, checked: Checked) -> Severity:
    ((rule, fault),) = said(checked)
    assert rule.code == code
    return fault.severity or rule.severity


def said(checked: Checked) -> Iterator[tuple[Rule[Any], Fault]]:
    """The same faults, each said in all languages on the way; raises `KeyError` when a value is missing."""
    for rule, fault in checked:
        for language in Language:
            for kind in ("message", "advice"):
                assert "{" not in say(rule.code, fault, kind, language)
        yield rule, fault


def say(code: str, fault: Fault, kind: str = "message", language: Language = Language.NL) -> str:
    named = {"value": fault.value, "expected": fault.expected}
    values = {name: value for name, value in named.items() if value is not None} | dict(fault.values)
    return sentence(sentences("validation", "messages", language), code, kind, values)
