"""Changing the policy: in force at once for every worker, never half, and never so that nobody could mend it."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from collective import demo_office, persona
from policies import MODEL, SHIPPED, replaced

from authz.policy_faults import PolicyRefused
from domain.caller import Caller
from domain.decisions import NotAllowed
from domain.errors import InvalidValue, NotFound
from domain.months import Clock, Month
from domain.vocabulary import Action, Role
from filing import policy_in_force
from filing.gate import Gate
from filing.office import Office
from filing.policies import (
    Activated,
    ActivatePolicy,
    PolicyOutdated,
    activate_from_keyboard,
    activate_policy,
    roll_back_from_keyboard,
    roll_back_policy,
)
from filing.policy_at_start import policy_at_start
from filing.policy_effect import Affected
from filing.policy_weighing import check_policy
from filing.subjects import OnConvention
from persistence.audit import verify_chain
from persistence.database import Database, rows

PROMOTOR_SUBMITS = "p, promotor, owner, submit, allow"
WITHOUT_SUBMIT = replaced(PROMOTOR_SUBMITS, "")[0]
FROZEN = ("POLICY_STOPS_PROMOTOR",)
EDITED = f"{SHIPPED}p, case_handler, department, read_mandates, allow\n"
LOCKED_OUT = replaced("p, policy_administrator, department, change_policy, allow", "")[0]


@pytest.fixture
async def office(database: Database, tmp_path: Path, clock: Clock) -> Office:
    (tmp_path / "policy.csv").write_text(SHIPPED, encoding="utf-8")
    return await demo_office(tmp_path / "files", clock)


@pytest.fixture
async def administrator(office: Office) -> Caller:
    return await persona(office, "policy-admin")


async def activate(office: Office, caller: Caller, policy: str = WITHOUT_SUBMIT, **changes: Any) -> int:
    version = (await office.policy.table()).version
    request = ActivatePolicy(policy=policy, reason="nieuwe afspraak", expected_version=version, confirm=FROZEN)
    activated = await activate_policy(office, caller, replace(request, **changes))
    assert isinstance(activated, Activated)
    return activated.row.sequence


async def on_own_convention(number: str = "104233") -> OnConvention:
    found = await rows("SELECT id FROM convention WHERE number = ?", [number])
    return OnConvention(found[0]["id"], Month(2026, 10))


async def kept(office: Office) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
    """Everything that a change of policy writes: versions, audit entries, the file."""
    versions = await rows("SELECT * FROM policy_version ORDER BY sequence")
    entries = await rows("SELECT * FROM audit_entry ORDER BY sequence")
    return versions, entries, office.policy_path.read_text(encoding="utf-8")


async def test_another_process_decides_by_the_new_policy_at_its_next_decision(
    office: Office, administrator: Caller, clock: Clock
) -> None:
    elsewhere = Gate(await policy_at_start(SHIPPED.encode(), MODEL, clock), clock)
    promotor, own = await persona(office, "promotor"), await on_own_convention()
    assert await elsewhere.permits(promotor, Action.SUBMIT, own)

    await activate(office, administrator)

    assert not await elsewhere.permits(promotor, Action.SUBMIT, own)
    assert await elsewhere.permits(promotor, Action.CONSULT, own)


async def test_a_version_is_kept_whole_with_author_and_reason_and_in_the_file(
    office: Office, administrator: Caller
) -> None:
    before = await office.policy.table()

    sequence = await activate(office, administrator, reason="  nieuwe afspraak ")

    versions, entries, file = await kept(office)
    after = await office.policy.table()
    assert sequence == 2
    assert [(row["sequence"], row["author_id"], row["reason"]) for row in versions] == [
        (1, None, "policy file at start"),
        (2, administrator.user_id, "nieuwe afspraak"),
    ]
    assert versions[1]["policy"] == file == WITHOUT_SUBMIT
    assert [row["changes"] for row in versions] == [None, "- p, promotor, owner, submit"]
    assert [(row["action"], row["outcome"], row["object_id"], row["policy_version"]) for row in entries] == [
        ("policyActivate", "DONE", "2", before.version)
    ]
    assert after.version == versions[1]["version"] != before.version
    assert (await verify_chain()).first_bad is None


async def test_a_policy_that_nobody_could_change_any_more_is_refused_and_nothing_is_kept(
    office: Office, administrator: Caller
) -> None:
    before = await kept(office)

    with pytest.raises(PolicyRefused) as refused:
        await activate(office, administrator, LOCKED_OUT)

    assert [fault.code for fault in refused.value.faults] == ["POLICY_LOCKS_ITSELF_OUT"]
    assert await kept(office) == before


@pytest.mark.parametrize(
    ("policy", "code", "line"),
    [
        ("", "POLICY_EMPTY", None),
        (f"{SHIPPED}p, *, *, *, allow\n", "POLICY_ALLOW_FOR_ANY", SHIPPED.count("\n") + 1),
        (f"{SHIPPED}p, promotor, owner\n", "POLICY_FIELD_COUNT", SHIPPED.count("\n") + 1),
        (f'{SHIPPED}p, "promotor, owner, submit, allow\n', "POLICY_UNBALANCED_QUOTES", SHIPPED.count("\n") + 1),
        (f"{SHIPPED}p, promotr, owner, submit, allow\n", "POLICY_MISSPELT_WORD", SHIPPED.count("\n") + 1),
        ("\ud800", "POLICY_NOT_UTF8", 1),
        ("p\x00", "POLICY_UTF16", 1),
    ],
)
async def test_a_28_nonsense_is_refused_with_its_line_and_the_old_policy_stays(
    office: Office, administrator: Caller, policy: str, code: str, line: int | None
) -> None:
    before = await kept(office)

    with pytest.raises(PolicyRefused) as refused:
        await activate(office, administrator, policy)

    assert (refused.value.faults[0].code, refused.value.faults[0].line) == (code, line)
    assert await kept(office) == before


async def test_who_began_with_an_older_version_is_told_and_changes_nothing(
    office: Office, administrator: Caller
) -> None:
    began_with = (await office.policy.table()).version
    await activate(office, administrator)
    before = await kept(office)

    with pytest.raises(PolicyOutdated) as outdated:
        await activate(office, administrator, SHIPPED, expected_version=began_with)

    assert outdated.value.current_version == (await office.policy.table()).version
    assert await kept(office) == before


async def test_of_two_who_change_the_same_version_at_once_one_is_told_to_read_again(
    office: Office, administrator: Caller
) -> None:
    began_with = (await office.policy.table()).version
    other = replaced("p, promotor, owner, test, allow", "")[0]

    answers = await asyncio.gather(
        activate(office, administrator, WITHOUT_SUBMIT, expected_version=began_with),
        activate(office, administrator, other, expected_version=began_with),
        return_exceptions=True,
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["PolicyOutdated", "int"]
    assert len((await kept(office))[0]) == 2


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("promotor", NotFound), ("helpdesk", NotFound), ("nobody", NotFound), ("auditor", NotAllowed)],
)
async def test_who_may_not_change_the_policy_changes_nothing(
    office: Office, name: str, refusal: type[Exception]
) -> None:
    before = await kept(office)

    with pytest.raises(refusal):
        await activate(office, await persona(office, name))
    with pytest.raises(refusal):
        await roll_back_policy(office, await persona(office, name), 1, "terug")

    assert await kept(office) == before


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2001, "\x00", "\udc00"])
async def test_a_change_says_why(office: Office, administrator: Caller, reason: str) -> None:
    before = await kept(office)

    with pytest.raises(InvalidValue):
        await activate(office, administrator, reason=reason)

    assert await kept(office) == before


async def test_a_change_that_fails_at_the_end_is_never_decided_by(
    office: Office, administrator: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await kept(office)
    table = await office.policy.table()

    async def fail(*_: object) -> int:
        raise LookupError

    monkeypatch.setattr(policy_in_force, "append", fail)
    with pytest.raises(LookupError):
        await activate(office, administrator)

    assert await kept(office) == before
    assert await office.policy.table() is table
    assert office.policy.sequence == 1


async def test_a_file_that_cannot_be_written_does_not_undo_the_change(office: Office, administrator: Caller) -> None:
    elsewhere = replace(office, policy_path=office.policy_path.parent / "no-such-folder" / "policy.csv")
    request = ActivatePolicy(WITHOUT_SUBMIT, "nieuwe afspraak", None, confirm=FROZEN)

    activated = await activate_policy(elsewhere, administrator, request)

    assert isinstance(activated, Activated)
    assert (activated.row.sequence, activated.is_in_file) == (2, False)
    assert await office.policy.table() is not None
    assert office.policy.sequence == 2


async def test_the_file_keeps_its_rights_and_leaves_no_other_behind(office: Office, administrator: Caller) -> None:
    office.policy_path.chmod(0o640)
    folder = sorted(office.policy_path.parent.iterdir())

    await activate(office, administrator)

    assert office.policy_path.stat().st_mode & 0o777 == 0o640
    assert sorted(office.policy_path.parent.iterdir()) == folder


async def test_rolling_back_puts_the_older_text_in_force_as_a_new_version(
    office: Office, administrator: Caller
) -> None:
    first = await office.policy.table()
    await activate(office, administrator)

    activated = await roll_back_policy(office, administrator, 1, "vergissing")

    assert isinstance(activated, Activated)
    versions, entries, file = await kept(office)
    assert (activated.row.sequence, activated.row.version, activated.row.reason) == (3, first.version, "vergissing")
    assert versions[2]["policy"] == file == SHIPPED
    assert [row["action"] for row in entries] == ["policyActivate", "policyRollback"]
    assert (await office.policy.table()).version == first.version


@pytest.mark.parametrize(("sequence", "refusal"), [(1, InvalidValue), (2, NotFound), (-1, NotFound)])
async def test_only_an_older_version_can_be_rolled_back_to(
    office: Office, administrator: Caller, sequence: int, refusal: type[Exception]
) -> None:
    before = await kept(office)

    with pytest.raises(refusal):
        await roll_back_policy(office, administrator, sequence, "terug")

    assert await kept(office) == before


async def test_checking_counts_the_people_who_gain_and_lose_and_changes_nothing(
    office: Office, administrator: Caller
) -> None:
    before = await kept(office)
    policy = f"{WITHOUT_SUBMIT}p, case_handler, department, read_mandates, allow\n"

    checked = await check_policy(office, administrator, policy)

    # Two promotors submit their own; one submitter of a secretariat still does.
    assert checked.affected == (Affected(Action.SUBMIT, 0, 2), Affected(Action.READ_MANDATES, 1, 0))
    assert checked.difference is not None
    assert [cell[0] for cell in checked.difference.lost] == [Role.PROMOTOR]
    assert await kept(office) == before


async def test_an_auditor_may_check_and_a_promotor_may_not(office: Office) -> None:
    assert (await check_policy(office, await persona(office, "auditor"), SHIPPED)).faults == ()
    with pytest.raises(NotFound):
        await check_policy(office, await persona(office, "promotor"), SHIPPED)


async def test_a_stale_copy_of_an_older_policy_does_not_come_back_at_start(
    office: Office, administrator: Caller, clock: Clock
) -> None:
    await activate(office, administrator)
    before = await kept(office)

    started = await policy_at_start(SHIPPED.encode(), MODEL, clock)

    assert started.sequence == 2
    assert (await started.table()).version == (await office.policy.table()).version
    assert await kept(office) == before


async def test_a_file_edited_on_disk_becomes_a_version_at_start_and_is_audited(office: Office, clock: Clock) -> None:
    started = await policy_at_start(EDITED.encode(), MODEL, clock)

    versions, entries, _ = await kept(office)
    assert started.sequence == 2
    assert [(row["author_id"], row["reason"]) for row in versions[1:]] == [(None, "policy file at start")]
    assert [(row["action"], row["user_id"], row["object_id"]) for row in entries] == [("policyActivate", None, "2")]


async def test_of_processes_that_start_together_with_an_edited_file_one_makes_the_version(
    office: Office, clock: Clock
) -> None:
    started = await asyncio.gather(*(policy_at_start(EDITED.encode(), MODEL, clock) for _ in range(3)))

    assert [one.sequence for one in started] == [2, 2, 2]


async def test_other_comments_make_no_other_version(office: Office, clock: Clock) -> None:
    before = await kept(office)

    await policy_at_start(b"\xef\xbb\xbf# nieuw\n" + SHIPPED.encode(), MODEL, clock)

    assert await kept(office) == before


async def test_a_corrupt_file_starts_nothing_and_says_the_line(office: Office, clock: Clock) -> None:
    before = await kept(office)
    broken, line = replaced(PROMOTOR_SUBMITS, "p, promotor, owner, submit")

    with pytest.raises(PolicyRefused) as refused:
        await policy_at_start(broken.encode(), MODEL, clock)

    assert [fault.line for fault in refused.value.faults] == [line]
    assert await kept(office) == before


async def test_the_operator_changes_the_policy_without_a_name(office: Office, clock: Clock) -> None:
    path = office.policy_path
    request = ActivatePolicy(WITHOUT_SUBMIT, "onderhoud", None, confirm=FROZEN)
    await activate_from_keyboard(office.policy, path, clock, request)
    await roll_back_from_keyboard(office.policy, path, clock, sequence=1, reason="terug")

    versions, entries, file = await kept(office)
    assert [(row["author_id"], row["reason"]) for row in versions[1:]] == [(None, "onderhoud"), (None, "terug")]
    assert [(row["action"], row["user_id"]) for row in entries] == [("policyActivate", None), ("policyRollback", None)]
    assert file == SHIPPED
