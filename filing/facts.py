"""What the department knows of parts that are delivered, as the rules take it: rights through the gate, the rest read.

For all parts of a stretch together, one query a kind. A convention that the sender may not see has no facts at all, so
that no answer tells it from one that does not exist.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from domain.caller import Caller
from domain.decisions import Lack
from domain.findings import PartSummary
from domain.months import Month, MonthPeriod
from domain.vocabulary import Action, Mode, OrganisationKind
from filing.earlier_in_file import EarlierInFile
from filing.office import Office
from filing.subjects import OnConvention
from persistence.database import Connection
from persistence.register import (
    FiledVersions,
    Key,
    KnownConvention,
    PersonFiled,
    conventions_numbered,
    employees_staying,
    fiches_on,
    mandate_periods,
    numbers_replaced,
    people_filed,
    related_employers,
    versions_filed,
)
from validation.document import Part
from validation.register import (
    UNKNOWN_CONVENTION,
    AcceptedVersion,
    ConventionFacts,
    CurrentVersion,
    Facts,
    Fiche,
    OtherShare,
    UploadRight,
)

_ASKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class KnownOfParts:
    """*facts* by number of the part; *convention_ids* by number of the convention, only those within sight.

    *versions* are what was filed for those conventions in the months of the parts.
    """

    facts: Mapping[int, Facts]
    convention_ids: Mapping[str, str]
    versions: Mapping[Key, FiledVersions]


@dataclass(frozen=True, slots=True)
class UploadRights:
    """What the sender may do under which convention: *visible* conventions, *granted* and *refused* months."""

    visible: frozenset[str]
    granted: frozenset[Key]
    periods: Mapping[str, tuple[MonthPeriod, ...]] = field(default_factory=dict[str, tuple[MonthPeriod, ...]])

    def on(self, convention_id: str, month: Month, sender: Caller) -> UploadRight:
        periods = self.periods.get(convention_id, ())
        if (convention_id, month) in self.granted:
            covering = [period for period in periods if period.covers(month)]
            # A secretariat files by mandate; a promotor, who needs none, has no last month.
            return UploadRight(mandate_last_month=covering[-1].last if covering else None)
        if sender.organisation_kind is OrganisationKind.SECRETARIAT and not any(one.covers(month) for one in periods):
            return UploadRight(lack=Lack.MANDATE_PERIOD if periods else Lack.FIRST_MANDATE)
        return UploadRight(lack=Lack.ROLE)


async def upload_rights(
    office: Office, sender: Caller, keys: Sequence[Key], mode: Mode, connection: Connection | None = None
) -> UploadRights:
    """Which of *keys* the sender may upload now, and which of their conventions he may see."""
    convention_ids = sorted({convention_id for convention_id, _ in keys})
    months = sorted(set(keys))
    subjects = [OnConvention(one) for one in convention_ids] + [OnConvention(*key, mode) for key in months]
    visible: set[str] = set()
    granted: set[Key] = set()
    for start in range(0, len(subjects), _ASKED_AT_ONCE):
        some = subjects[start : start + _ASKED_AT_ONCE]
        table, held = await office.gate.pairs_on(sender, some, connection)
        for subject, pairs in zip(some, held, strict=True):
            if subject.month is None:
                if table.permits(pairs, Action.READ_CONVENTION):
                    visible.add(subject.convention_id)
            elif table.permits(pairs, Action.UPLOAD):
                granted.add((subject.convention_id, subject.month))
    periods = await mandate_periods(sender.organisation_id, convention_ids, connection)
    return UploadRights(frozenset(visible), frozenset(granted), periods)


async def known_of_parts(
    office: Office,
    sender: Caller,
    parts: Sequence[Part],
    *,
    mode: Mode,
    earlier: EarlierInFile | None = None,
    connection: Connection | None = None,
) -> KnownOfParts:
    """Everything that the register rules need for *parts*, delivered by *sender* now.

    Their people are added to *earlier*, which the next parts of the same file are given.
    """
    reading = _Reading(office, sender, parts, mode, EarlierInFile() if earlier is None else earlier, connection)
    return await reading.run()


async def known_when_published(
    office: Office, sender: Caller, parts: Sequence[PartSummary], *, mode: Mode, connection: Connection
) -> KnownOfParts:
    """Only what can have changed since *parts* were checked and would keep them out: rights, and what was filed."""
    found = await conventions_numbered((part.convention for part in parts), connection)
    keys = [(found[part.convention].id, part.month) for part in parts if part.convention in found]
    rights = await upload_rights(office, sender, keys, mode, connection)
    filed = await versions_filed([key for key in keys if key[0] in rights.visible], connection)
    facts: dict[int, Facts] = {}
    for part in parts:
        convention = found.get(part.convention)
        if convention is None or convention.id not in rights.visible:
            facts[part.number] = UNKNOWN_CONVENTION
            continue
        facts[part.number] = Facts(
            convention=convention_facts(convention),
            upload_right=rights.on(convention.id, part.month, sender),
            current=current_of(filed.get((convention.id, part.month))),
        )
    visible = {number: one.id for number, one in found.items() if one.id in rights.visible}
    return KnownOfParts(facts, visible, filed)


class _Reading:
    """One stretch of parts, while what is known of them is read."""

    def __init__(
        self,
        office: Office,
        sender: Caller,
        parts: Sequence[Part],
        mode: Mode,
        earlier: EarlierInFile,
        connection: Connection | None,
    ) -> None:
        self._office = office
        self._sender = sender
        self._parts = parts
        self._mode = mode
        self._earlier = earlier
        self._connection = connection

    async def run(self) -> KnownOfParts:
        connection = self._connection
        found = await conventions_numbered((part.convention for part in self._parts), connection)
        keys = [(found[part.convention].id, part.month) for part in self._parts if part.convention in found]
        rights = await upload_rights(self._office, self._sender, keys, self._mode, connection)
        known = {number: one for number, one in found.items() if one.id in rights.visible}
        keys = [key for key in keys if key[0] in rights.visible]
        filed = await versions_filed(keys, connection)
        before = await employees_staying([(one, month.plus(-1)) for one, month in keys], connection)
        people = {employee.insz for part in self._parts for employee in part.employees}
        replaced = await numbers_replaced(people, connection)
        conventions = await self._conventions(known, people, replaced, before)
        elsewhere = await self._elsewhere(replaced)
        facts: dict[int, Facts] = {}
        for part in self._parts:
            convention = known.get(part.convention)
            if convention is None:
                facts[part.number] = UNKNOWN_CONVENTION
                continue
            versions = filed.get((convention.id, part.month))
            facts[part.number] = Facts(
                convention=conventions[part.convention],
                upload_right=rights.on(convention.id, part.month, self._sender),
                current=current_of(versions),
                accepted=accepted_of(versions),
                previous_month_employees=before.get((convention.id, part.month.plus(-1)), frozenset()),
                replaced_numbers=replaced,
                other_shares=self._shares(part, convention.id, elsewhere.get(part.month, {}), replaced),
            )
            if facts[part.number].upload_right.lack is None:
                self._earlier.add(part)
        return KnownOfParts(facts, {number: one.id for number, one in known.items()}, filed)

    async def _conventions(
        self,
        known: Mapping[str, KnownConvention],
        people: set[str],
        replaced: Mapping[str, str],
        before: Mapping[Key, frozenset[str]],
    ) -> Mapping[str, ConventionFacts]:
        related = await related_employers((one.promotor_id for one in known.values()), self._connection)
        asked = people.union(replaced.values(), *before.values())
        held = await fiches_on([one.id for one in known.values()], asked, self._connection)
        fiches = _Fiches()
        return {
            number: replace(
                convention_facts(one),
                related_employers=related.get(one.promotor_id, frozenset()),
                fiches={insz: fiches[days] for insz, days in held.get(one.id, {}).items()},
            )
            for number, one in known.items()
        }

    async def _elsewhere(self, replaced: Mapping[str, str]) -> Mapping[Month, Mapping[str, PersonFiled]]:
        people: defaultdict[Month, set[str]] = defaultdict(set)
        for part in self._parts:
            people[part.month].update(employee.insz for employee in part.employees)
        for some in people.values():
            some.update([replaced[insz] for insz in some.intersection(replaced)])
        return {month: await people_filed(month, some, self._connection) for month, some in people.items()}

    def _shares(
        self, part: Part, convention_id: str, filed: Mapping[str, PersonFiled], replaced: Mapping[str, str]
    ) -> Mapping[str, tuple[OtherShare, ...]]:
        shares: dict[str, tuple[OtherShare, ...]] = {}
        elsewhere_in_file = self._earlier.asking(part.month, part.convention)
        for employee in part.employees:
            found: list[OtherShare] = []
            insz = employee.insz
            # Somebody whose number was replaced is the same person under both.
            for number in (insz, replaced[insz]) if replaced.get(insz, insz) != insz else (insz,):
                person = filed.get(number)
                found += () if person is None else _other_shares(person, convention_id)
                found += elsewhere_in_file(number)
            if found:
                shares[insz] = tuple(found)
        return shares


class _Fiches(dict[tuple[tuple[date, date | None], ...], tuple[Fiche, ...]]):
    """Fiches by their days: those of different people are often the same."""

    def __missing__(self, days: tuple[tuple[date, date | None], ...]) -> tuple[Fiche, ...]:
        fiches = self[days] = tuple(Fiche(*period) for period in days)
        return fiches


def current_of(versions: FiledVersions | None) -> CurrentVersion | None:
    if versions is None:
        return None
    return CurrentVersion(versions.version, versions.revision, versions.state, versions.is_by_hand)


def accepted_of(versions: FiledVersions | None) -> AcceptedVersion | None:
    if versions is None or versions.accepted_version is None:
        return None
    return AcceptedVersion(versions.accepted_version, versions.accepted_full_time_equivalents_ten_thousandths)


def convention_facts(convention: KnownConvention) -> ConventionFacts:
    return ConventionFacts(
        number=convention.number,
        promotor=convention.promotor,
        programme=convention.programme,
        validity=convention.validity,
        approved_full_time_equivalents_ten_thousandths=convention.approved_full_time_equivalents_hundredths * 100,
    )


def _other_shares(person: PersonFiled, convention_id: str) -> list[OtherShare]:
    return [
        OtherShare(one.begin, one.end, one.weekly_hours_hundredths, one.full_time_hours_hundredths)
        for one in person.filed_before(convention_id)
        if one.full_time_hours_hundredths > 0
    ]
