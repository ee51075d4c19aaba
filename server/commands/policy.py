"""`mandaat policy`: checking a policy before it is used, and changing the one in force from the keyboard.

What the operator of the machine changes here he could change in the file too; the audit trail names no person for it.
"""

import os
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from authz.availability import stops
from authz.decision_table import DecisionTable
from authz.policy_faults import FaultLevel, PolicyFault, PolicyRefused
from authz.policy_file import read_policy
from authz.policy_layout import canonical
from authz.remarks import remarks
from domain.catalogue import problem_message
from domain.months import system_clock
from domain.vocabulary import Action, Effect, Language, Relation, Role
from filing.policies import Activated, ActivatePolicy, activate_from_keyboard, roll_back_from_keyboard
from filing.policy_acceptance import NeedsSecondAdministrator, PolicyUnconfirmed, require_tests_pass
from filing.policy_in_force import Accepted, PolicyInForce, compile_policy, in_database
from filing.policy_on_disk import policy_tests_beside
from filing.policy_weighing import PolicyCheck, weigh_policy
from persistence.durable import replace_durably
from persistence.policies import latest_policy_sequence
from server.commands.files import FileNotRead, FileNotWritten
from server.languages import terminal_language
from server.offices import NotReadyToServe, migrated_database
from server.settings import Settings
from server.settings_at_start import load_settings

policy_app = App(name="policy", help="Who may do what: check, compare, change and explain the policy.")

PolicyFile = Annotated[Path, Parameter(help="A policy file, as policy.csv.")]
Reason = Annotated[str, Parameter(help="Why, for the history and the audit trail.")]
Tests = Annotated[
    Path | None, Parameter(help="A file of tests; without it, policy_tests.csv beside FILE when it is there.")
]
Confirm = Annotated[
    list[str] | None, Parameter(help="Code of a loss that is meant, such as POLICY_STOPS_PROMOTOR; may be repeated.")
]

DryRun = Annotated[bool, Parameter(negative=(), help="Ask and refuse all the same, but change nothing.")]
Write = Annotated[bool, Parameter(negative=(), help="Write it to the file instead of printing it.")]

_KINDS = {FaultLevel.ERROR: "", FaultLevel.CONFIRMATION: "confirm {code}: ", FaultLevel.WARNING: "warning: "}


@policy_app.command
async def check(file: PolicyFile, /, *, tests: Tests = None) -> tuple[str, int]:
    """Say what is wrong in a policy file; needs no database. Ends with 0 when it is acceptable, 1 when not."""
    policy = _read(file)
    model = load_settings().casbin_model_path.read_text(encoding="utf-8")
    try:
        table = await compile_policy(policy, model)
        await require_tests_pass(table, _tests(file, tests))
    except PolicyRefused as refused:
        return "\n".join(_lines(file, refused.faults)), 1
    told = _lines(file, [*stops(table), *remarks(table.rules)])
    return "\n".join([*told, f"{file}: acceptable, version {table.version}"]), 0


@policy_app.command(name="format")
def format_(file: PolicyFile, /, *, write: Write = False) -> tuple[str, int]:
    """Print a policy file in its canonical spelling: the same lines and comments, without what a spreadsheet adds.

    Ends with 0, or 1 for a file that does not read; that one is left as it is.
    """
    data = _read(file)
    try:
        text = canonical(read_policy(data))
    except PolicyRefused as refused:
        return "\n".join(_lines(file, refused.faults)), 1
    if not write:
        return text, 0
    if text.encode() == data:
        return f"{file}: was so already", 0
    try:
        replace_durably(file, text.encode())
    except OSError as error:
        raise FileNotWritten(f"{file} cannot be written: {error.strerror}") from error
    return f"{file}: written", 0


@policy_app.command
async def diff(file: PolicyFile, /, *, tests: Tests = None) -> tuple[str, int]:
    """Say what a policy file would change, in rights and in people; ends with 0 for nothing, 1 for something."""
    policy = _read(file)
    async with _policy_in_force(load_settings()) as in_force:
        weighed = await weigh_policy(policy, in_force, system_clock, _tests(file, tests))
    if weighed.difference is None:
        raise PolicyRefused(weighed.faults)
    return "\n".join(_changes(weighed)), 0 if weighed.difference.is_empty else 1


@policy_app.command
async def activate(
    file: PolicyFile,
    /,
    *,
    reason: Reason,
    confirm: Confirm = None,
    tests: Tests = None,
    dry_run: DryRun = False,
) -> tuple[str, int]:
    """Put a policy file in force, and in the place of the file that is read at start; ends with 1 when refused.

    A policy that lets more people submit is refused here: two policy administrators do that by `policyActivate` and
    `policyApprove`, each with his own token.
    """
    policy, asked = _read(file), _tests(file, tests)
    settings = load_settings()
    async with _policy_in_force(settings) as in_force:
        weighed = await weigh_policy(policy, in_force, system_clock, asked)
        if weighed.table is None:
            return "\n".join(_lines(file, weighed.faults)), 1
        told = [*_lines(file, weighed.faults), *_changes(weighed)]
        request = ActivatePolicy(policy.decode("utf-8-sig"), reason, None, asked, tuple(confirm or ()))
        try:
            activated = await activate_from_keyboard(
                in_force, settings.policy_path, system_clock, request, dry_run=dry_run
            )
        except (PolicyUnconfirmed, NeedsSecondAdministrator) as needed:
            return "\n".join([*told, problem_message(needed.code, needed.values, _language())]), 1
    return "\n".join([*told, _outcome(activated, settings)]), 0


@policy_app.command
async def rollback(sequence: int, /, *, reason: Reason, confirm: Confirm = None, dry_run: DryRun = False) -> str:
    """Put an older version in force again, by its number in the history, as a new version."""
    settings = load_settings()
    async with _policy_in_force(settings) as in_force:
        activated = await roll_back_from_keyboard(
            in_force,
            settings.policy_path,
            system_clock,
            sequence=sequence,
            reason=reason,
            confirm=tuple(confirm or ()),
            dry_run=dry_run,
        )
    told = [*_changes(activated)] if isinstance(activated, PolicyCheck) else []
    return "\n".join([*told, _outcome(activated, settings)])


@policy_app.command
async def explain(
    role: Role, relation: Relation, action: Action, /, *, file: PolicyFile | None = None
) -> tuple[str, int]:
    """Say by which line a role in a relation may do an action, or may not; ends with 0 for yes, 1 for no.

    Parameters
    ----------
    file: Ask this policy file; without it, the policy in force.
    """
    settings = load_settings()
    if file is not None:
        table = await compile_policy(_read(file), settings.casbin_model_path.read_text(encoding="utf-8"))
    else:
        async with _policy_in_force(settings) as in_force:
            table = await in_force.table()
    return _explanation(table, role, relation, action)


def _explanation(table: DecisionTable, role: Role, relation: Relation, action: Action) -> tuple[str, int]:
    asked = f"{role}, {relation}, {action}"
    ruling = table.deciding_line([(role, relation)], action)
    if ruling is None:
        others = ", ".join(f"{held} as {standing}" for held, standing in sorted(table.granting_pairs(action)))
        return f"no: {asked}: no line allows it; allowed for {others or 'nobody'}", 1
    allowed = ruling.effect is Effect.ALLOW
    return f"{'yes' if allowed else 'no'}: {asked}: line {ruling.line}: {ruling.text}", 0 if allowed else 1


@asynccontextmanager
async def _policy_in_force(settings: Settings) -> AsyncGenerator[PolicyInForce]:
    model = settings.casbin_model_path.read_text(encoding="utf-8")
    async with migrated_database(settings):
        sequence = await latest_policy_sequence()
        if sequence is None:
            raise NotReadyToServe("no policy was accepted yet; the first start of mandaat serve accepts one")
        yield PolicyInForce(model, Accepted(sequence, await in_database(sequence, model, None)))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileNotRead(f"{file} cannot be read: {error.strerror}") from error


def _tests(file: Path, tests: Path | None) -> str | None:
    """The tests named, else those beside *file*, else none: those of the policy in force then count."""
    return policy_tests_beside(file) if tests is None else _read(tests).decode("utf-8-sig", "replace")


def _lines(file: Path, faults: Iterable[PolicyFault]) -> Iterator[str]:
    language = _language()
    for fault in faults:
        place = str(file) if fault.line is None else f"{file}:{fault.line}:{fault.column or 1}"
        kind = _KINDS[fault.level].format(code=fault.code)
        yield f"{place}: {kind}{fault.message(language)}"


def _changes(weighed: PolicyCheck) -> Iterator[str]:
    found = weighed.difference
    if found is None or found.is_empty:
        yield "decides everything as the policy in force"
        return
    yield from found.lines
    for line in weighed.widened:
        yield f"second administrator: {line}"
    for one in weighed.affected:
        yield f"{one.action}: {one.gaining} people gain it, {one.losing} lose it"
    for effect in weighed.effects:
        verb = "gains" if effect.is_gain else "loses"
        yield f"{effect.role} {verb} {effect.action} on {effect.conventions:,} conventions, {effect.users:,} users"


def _outcome(done: Activated | PolicyCheck, settings: Settings) -> str:
    if isinstance(done, PolicyCheck):
        return "nothing was changed"
    told = f"version {done.row.sequence} is in force"
    written = f"{told}; {settings.policy_path} could not be written and still says something else"
    return told if done.is_in_file else written


def _language() -> Language:
    return terminal_language(os.environ)
