"""The same question put to other engines: may this uploader upload for a convention on which his organisation acts?

casbin holds everything, people and mandates, as g-rules, as its documentation does it. The others are given the facts
with the question and hold the rules only, read once. `make bench` installs them in `var/benchmarks`; the project does
not need them.
"""

import importlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from authz.rules import ActionRule

PEERS = Path(__file__).parents[1] / "var/benchmarks"
Ask = Callable[[int], bool]
"""Answers for the mandate with this ordinal."""

_CASBIN_MODEL = """
[request_definition]
r = user, organisation, convention, act
[policy_definition]
p = role, rel, act, eft
[role_definition]
g = _, _, _
g2 = _, _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.act == p.act && g(r.user, p.role, r.organisation) && g2(r.organisation, p.rel, r.convention)
"""
MANDATES_A_CONVENTION = 10


def casbin_with_g_rules(rules: Iterable[ActionRule], *, mandates: int) -> Ask:
    """casbin with so many mandates in memory, ten a convention, each of another organisation with one uploader."""
    casbin = importlib.import_module("casbin")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as model:
        model.write(_CASBIN_MODEL)
        model.flush()
        enforcer = casbin.Enforcer(model.name)
    enforcer.add_policies([list(rule.fields) for rule in rules])
    # As its adapters load them: its own way to add a line looks through all lines before it.
    assertions = enforcer.model["g"]
    assertions["g"].policy += [
        [f"u{organisation}", "uploader", f"o{organisation}"]
        for organisation in range(mandates // MANDATES_A_CONVENTION)
    ]
    ends = (_ends(mandate, mandates) for mandate in range(mandates))
    assertions["g2"].policy += [[f"o{one}", "mandated_to_upload", f"c{other}"] for one, other in ends]
    enforcer.build_role_links()

    def ask(mandate: int) -> bool:
        organisation, convention = _ends(mandate % mandates, mandates)
        return enforcer.enforce(f"u{organisation}", f"o{organisation}", f"c{convention}", "upload")

    return ask


def cedarpy() -> Ask | None:
    """Cedar in Rust; none when it is not installed."""
    cedar = _installed("cedarpy")
    if cedar is None:
        return None
    policies = 'permit(principal, action == Action::"upload", resource) when {'
    policies += ' principal.roles.contains("uploader") && resource.mandated.contains(principal.organisation) };'
    read = cedar.PolicySet.from_str(policies)

    def ask(mandate: int) -> bool:
        entities = [
            _entity("User", "u", {"roles": ["uploader"], "organisation": f"o{mandate}"}),
            _entity("Convention", "c", {"mandated": [f"o{mandate}"]}),
        ]
        request = {"principal": 'User::"u"', "action": 'Action::"upload"', "resource": 'Convention::"c"', "context": {}}
        return bool(cedar.is_authorized(request, read, json.dumps(entities)).allowed)

    return ask


def regorus() -> Ask | None:
    """Rego in Rust, as the wheel of `celine-regorus` builds it; none when it is not installed."""
    rego = _installed("regorus")
    if rego is None:
        return None
    engine = rego.Engine()
    engine.add_policy(
        "mandaat.rego",
        "package mandaat\nimport rego.v1\ndefault allow := false\n"
        'allow if { input.action == "upload"; "uploader" in input.roles; input.organisation in input.mandated }\n',
    )

    def ask(mandate: int) -> bool:
        organisation = f"o{mandate}"
        facts = {"action": "upload", "roles": ["uploader"], "organisation": organisation, "mandated": [organisation]}
        engine.set_input_json(json.dumps(facts))
        return bool(engine.eval_rule("data.mandaat.allow"))

    return ask


def _ends(mandate: int, mandates: int) -> tuple[int, int]:
    """The organisation and the convention of a mandate."""
    convention, place = divmod(mandate, MANDATES_A_CONVENTION)
    organisations = mandates // MANDATES_A_CONVENTION
    return (convention + place * 101) % organisations, convention


def _entity(kind: str, name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"uid": {"type": kind, "id": name}, "attrs": attributes, "parents": []}


def _installed(name: str) -> ModuleType | None:
    if str(PEERS) not in sys.path:
        # Last, so that nothing of ours comes from there.
        sys.path.append(str(PEERS))
    with suppress(ModuleNotFoundError):
        return importlib.import_module(name)
    return None
