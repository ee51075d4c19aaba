"""casbin as referee: the model and the accepted rules in, its answer on every cell out.

It is asked once for each cell when a policy version is accepted, never in a request: a question takes casbin a
walk over all rules, and its management calls are not safe beside running ones. Nothing else here knows casbin.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, cast

import casbin  # pyright: ignore[reportMissingTypeStubs]  # the distribution pycasbin has no types
from casbin.core_enforcer import EnforceContext  # pyright: ignore[reportMissingTypeStubs]  # the same
from casbin.model import Model  # pyright: ignore[reportMissingTypeStubs]  # the same

from authz.policy_faults import ModelRefused
from authz.rules import AnyRule, PolicyRules
from authz.rulings import ACTION_CELLS, GRANT_CELLS, Ruling, Rulings
from domain.vocabulary import Effect

_EFFECT = "some(where (p_eft == allow)) && !some(where (p_eft == deny))"
_PROVED_MODEL: Mapping[str, str] = {
    "r": "role, rel, act",
    "r2": "granter, rel, role",
    "p": "role, rel, act, eft",
    "p2": "granter, rel, role, eft",
    "e": _EFFECT,
    # casbin evaluates every request with the effect of `e`, whatever `e2` says: they must not differ.
    "e2": _EFFECT,
    "m": '(p_role == "*" || p_role == r_role) && (p_rel == "*" || p_rel == r_rel) && (p_act == "*" || p_act == r_act)',
    "m2": (
        '(p2_granter == "*" || p2_granter == r2_granter) && (p2_rel == "*" || p2_rel == r2_rel)'
        ' && (p2_role == "*" || p2_role == r2_role)'
    ),
}
"""Every definition of the model, as casbin understands it; the safety of the policy was proved with these."""

_ABSENT = "-"


class _Enforcer(Protocol):
    """What is used of casbin's enforcer; `enforce_ex` answers with the fields of the deciding rule, if any."""

    def enforce_ex(self, *request: object) -> tuple[bool, Sequence[str]]: ...


class _Assertion(Protocol):
    value: str
    policy: list[list[str]]


def rulings_by_casbin(rules: PolicyRules, model_text: str) -> Rulings:
    """casbin's ruling on every cell; takes some tenths of a second.

    Raises `ModelRefused` when the model is not the one that this version was proved with.
    """
    enforcer = _enforcer(rules, model_text)
    action_rules = {rule.fields: rule for rule in rules.actions}
    grant_rules = {rule.fields: rule for rule in rules.grants}
    grants = EnforceContext("r2", "p2", "e2", "m2")
    on_actions = {
        cell: _ruling(action_rules, enforcer.enforce_ex(*(word.value for word in cell))) for cell in ACTION_CELLS
    }
    on_grants = {
        cell: _ruling(grant_rules, enforcer.enforce_ex(grants, *(word.value for word in cell))) for cell in GRANT_CELLS
    }
    return Rulings(
        actions={cell: ruling for cell, ruling in on_actions.items() if ruling is not None},
        grants={cell: ruling for cell, ruling in on_grants.items() if ruling is not None},
    )


def model_definitions(model_text: str) -> Mapping[str, str]:
    """Every definition in a model text, as casbin understands it, by its name (`r`, `p2`, `m`...)."""
    return {name: assertion.value for name, assertion in _assertions(_model(model_text))}


def require_proved_model(model_text: str) -> None:
    """Raise `ModelRefused` on the first definition that differs from the proved model."""
    definitions = model_definitions(model_text)
    for name in (*_PROVED_MODEL, *definitions):
        found, expected = definitions.get(name, _ABSENT), _PROVED_MODEL.get(name, _ABSENT)
        if "".join(found.split()) != "".join(expected.split()):
            raise ModelRefused(name=name, found=found, expected=expected)


def _enforcer(rules: PolicyRules, model_text: str) -> _Enforcer:
    require_proved_model(model_text)
    model = _model(model_text)
    for name, assertion in _assertions(model):
        # Straight into the model: no adapter reads a file behind the back of our reader.
        if name == "p":
            assertion.policy = [list(rule.fields) for rule in rules.actions]
        elif name == "p2":
            assertion.policy = [list(rule.fields) for rule in rules.grants]
    return cast("_Enforcer", casbin.Enforcer(model))


def _model(model_text: str) -> Model:
    model = Model()
    load = cast("Callable[[str], None]", model.load_model_from_text)  # pyright: ignore[reportUnknownMemberType]  # untyped
    try:
        load(model_text)
    except RuntimeError as error:
        raise ModelRefused(
            name=_ABSENT, found=str(error), expected="definitions in the sections of a casbin model"
        ) from error
    return model


def _assertions(model: Model) -> Iterable[tuple[str, _Assertion]]:
    sections = cast("Mapping[str, Mapping[str, _Assertion]]", model)
    for section in sections.values():
        yield from section.items()


def _ruling(rules: Mapping[tuple[str, str, str, str], AnyRule], answer: tuple[bool, Sequence[str]]) -> Ruling | None:
    allowed, fields = answer
    if not fields:
        # No line matched. An answer yes without a line would be a policy that nobody wrote.
        if allowed:
            raise AssertionError("casbin allows without a line")
        return None
    role, relation, last, effect = fields
    ruling = Ruling.by(rules[role, relation, last, effect])
    if allowed is not (ruling.effect is Effect.ALLOW):
        raise AssertionError(f"casbin answers {allowed} by the line {ruling.text}")
    return ruling
